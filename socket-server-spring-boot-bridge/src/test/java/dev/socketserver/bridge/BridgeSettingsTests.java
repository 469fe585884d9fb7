package dev.socketserver.bridge;

import java.util.concurrent.CompletableFuture;

import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.settings.SocketSettingsAutoConfiguration;
import dev.socketserver.bridge.autoconfigure.SocketBridgeAutoConfiguration;
import dev.socketserver.settings.Setting;
import dev.socketserver.settings.SettingsChange;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.settings.Verdict;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/** What a change of a bridge does while its server runs. */
class BridgeSettingsTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class,
				SocketSettingsAutoConfiguration.class, SocketBridgeAutoConfiguration.class))
		.withBean("store", MessageStore.class, () -> (message) -> CompletableFuture.completedFuture(null))
		.withBean("second", MessageStore.class, () -> (message) -> CompletableFuture.completedFuture(null))
		.withPropertyValues("socket.servers.in.port=0", "socket.servers.in.bridge.to=store",
				"socket.servers.in.bridge.acknowledge=OK", "socket.servers.in.bridge.in-flight=8",
				"socket.servers.other.port=0", "socket.servers.other.bridge.to=store",
				"socket.servers.other.bridge.acknowledge=OK");

	@Test
	void eachKeyOfABridgeIsShown() {
		this.runner.run((context) -> assertThat(
				context.getBean(SocketSettings.class).of(context.getBean(SocketServers.class).get("in")))
			.filteredOn((setting) -> setting.key().startsWith("bridge."))
			.extracting(Setting::key, Setting::value, Setting::onChange)
			.hasSize(11)
			.contains(tuple("bridge.to", "store", Verdict.RESTART),
					tuple("bridge.timeout", "30s", Verdict.NEW_SESSIONS)));
	}

	@Test
	void anotherStoreRestartsTheServerAndWithItTheRestOfItsBridge() {
		this.runner.run((context) -> {
			SocketSettings settings = context.getBean(SocketSettings.class);
			settings.plan();
			TestPropertyValues
				.of("socket.servers.in.bridge.to=second", "socket.servers.in.bridge.in-flight=9",
						"socket.servers.in.limits.sessions=7")
				.applyTo(context);

			assertThat(settings.plan().changes()).extracting(SettingsChange::key, SettingsChange::verdict)
				.containsExactly(tuple("bridge.in-flight", Verdict.RESTART), tuple("bridge.to", Verdict.RESTART),
						tuple("limits.sessions", Verdict.APPLIED));
			assertThat(settings.apply(settings.plan(), Verdict.RESTART).left()).isEmpty();
		});
	}

	@Test
	void anotherServerNeedsNoHandlerMeanwhile() {
		this.runner.run((context) -> {
			SocketSettings settings = context.getBean(SocketSettings.class);
			settings.plan();
			TestPropertyValues.of("socket.servers.other.limits.sessions=7").applyTo(context);

			assertThat(settings.plan().changes()).extracting(SettingsChange::key, SettingsChange::verdict)
				.containsExactly(tuple("limits.sessions", Verdict.APPLIED));
		});
	}

}
