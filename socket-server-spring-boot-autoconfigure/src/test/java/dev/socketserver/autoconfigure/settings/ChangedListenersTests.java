package dev.socketserver.autoconfigure.settings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

import dev.socketserver.ListenerStatus;
import dev.socketserver.SocketServers;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.spec.CertificateFiles;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.settings.SettingsChange;
import dev.socketserver.settings.SettingsOutcome;
import dev.socketserver.settings.SettingsRefusedException;
import dev.socketserver.settings.Verdict;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Listeners of a server that come and go, or change their kind.
 */
@ExtendWith(OutputCaptureExtension.class)
class ChangedListenersTests {

	private static final String EXTRA = "socket.servers.upper.listeners.extra.";

	@RegisterExtension
	private final CertificateFiles files = new CertificateFiles();

	@BeforeEach
	void certificates() throws Exception {
		this.files.write("server", CertificateFiles.sign("server"));
	}

	private static String[] file(String... pairs) {
		List<String> all = new ArrayList<>(List.of("socket.servers.upper.port=0", EXTRA + "port=0"));
		all.addAll(List.of(pairs));
		return all.toArray(String[]::new);
	}

	private ApplicationContextRunner with(String... pairs) {
		String pem = "spring.ssl.bundle.pem.server.keystore.";
		return this.files.in(ChangingApplication.with(file(pairs)))
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class))
			.withPropertyValues(pem + "certificate=${certificates}/server.crt",
					pem + "private-key=${certificates}/server.key");
	}

	private static SettingsOutcome apply(ConfigurableApplicationContext context, Verdict most, String... pairs) {
		return ChangingApplication.change(context, most, file(pairs));
	}

	private static List<String> listening(ConfigurableApplicationContext context) {
		return context.getBean(SocketServers.class)
			.get("upper")
			.listeners()
			.stream()
			.map(ListenerStatus::name)
			.toList();
	}

	@Test
	void oneThatIsDisabledIsGoneAfterARestartOfItsServer() {
		with().run((context) -> {
			assertThat(apply(context, Verdict.NEW_SESSIONS, EXTRA + "enabled=false").left())
				.extracting(SettingsChange::key, SettingsChange::verdict)
				.containsExactly(tuple("listeners.extra.enabled", Verdict.RESTART));
			assertThat(apply(context, Verdict.REMOVE, EXTRA + "enabled=false").left()).isEmpty();
			assertThat(listening(context)).containsExactly("main");
			try (TestPeer peer = TestPeer.connect(context, "upper")) {
				assertThat(peer.ask("a")).isEqualTo("A");
			}
			assertThat(apply(context, Verdict.RESTART).left()).isEmpty();
			assertThat(listening(context)).containsExactly("main", "extra");
		});
	}

	/** Its block is its own then, and has no bundle. */
	@Test
	void oneThatInheritsNoBundleAnyMoreNeedsARestart() {
		String bundle = "socket.servers.upper.ssl.bundle=server";
		with(bundle).run((context) -> {
			assertThat(apply(context, Verdict.NEW_SESSIONS, bundle, EXTRA + "ssl.handshake-timeout=9s").left())
				.extracting(SettingsChange::key, SettingsChange::verdict)
				.containsExactly(tuple("listeners.extra.ssl.handshake-timeout", Verdict.RESTART));
			assertThat(apply(context, Verdict.RESTART, bundle, EXTRA + "ssl.handshake-timeout=9s").left()).isEmpty();
			assertThat(apply(context, Verdict.RESTART, bundle, EXTRA + "ssl.handshake-timeout=9s",
					EXTRA + "ssl.bundle=server")
				.applied()).extracting(SettingsChange::key, SettingsChange::verdict)
				.containsExactly(tuple("listeners.extra.ssl.bundle", Verdict.RESTART));
			assertThat(apply(context, Verdict.NEW_SESSIONS, bundle).left()).isEmpty();
		});
	}

	/** Those need neither a port nor a handler of the server. */
	@Test
	void aClientOfAServerWithListenersOnlyChangesAsOthers(CapturedOutput output) {
		String port = "socket.clients.meter.port=${local.socket.upper/extra.port}";
		ChangingApplication.with(EXTRA + "port=0", port).run((context) -> {
			SocketClient meter = context.getBean(SocketClients.class).get("meter");
			assertThat(meter.ask("a", String.class, Patience.limit()).get()).isEqualTo("A");

			assertThat(ChangingApplication
				.change(context, Verdict.NEW_SESSIONS, EXTRA + "port=0", port, "socket.clients.meter.timeouts.idle=7s")
				.left()).isEmpty();

			assertThat(meter.spec().session().timeouts().idle()).isEqualTo(Duration.ofSeconds(7));
			assertThat(output).doesNotContain("no server of that name is configured");
		});
	}

	@Test
	void aClientOfAServerThatIsGoneOrNewChangesAsOthers() {
		String port = "socket.clients.meter.port=${local.socket.other.port}";
		String upper = "socket.servers.upper.port=0";
		String[] other = { upper, port, "socket.servers.other.port=0", "socket.servers.other.handler=upper" };
		ChangingApplication.with(upper, port).run((context) -> {
			SocketClient meter = context.getBean(SocketClients.class).get("meter");
			assertThat(ChangingApplication.change(context, Verdict.CREATE, other).left()).isEmpty();
			List<String> file = new ArrayList<>(List.of(other));
			file.add("socket.clients.meter.timeouts.idle=7s");

			assertThat(ChangingApplication.change(context, Verdict.APPLIED, file.toArray(String[]::new)).left())
				.isEmpty();

			assertThat(meter.spec().session().timeouts().idle()).isEqualTo(Duration.ofSeconds(7));
			assertThat(meter.ask("a", String.class, Patience.limit()).get()).isEqualTo("A");
		});
	}

	@Test
	void aServerWithListenersOnlyKeepsItsHandlerToItself() {
		String[] one = { "socket.servers.one.listeners.extra.port=0", "socket.servers.one.backlog=3" };
		ChangingApplication.with(one).withUserConfiguration(Nameless.class).run((context) -> {
			Environments.set(context, one[0], one[1], "socket.servers.two.port=0");
			assertThatExceptionOfType(SettingsRefusedException.class)
				.isThrownBy(() -> ChangingApplication.apply(context, Verdict.CREATE))
				.withMessageContaining("cannot tell the servers");
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class Nameless {

		@Bean
		@SocketHandler
		UnaryOperator<String> nameless() {
			return String::toLowerCase;
		}

	}

}
