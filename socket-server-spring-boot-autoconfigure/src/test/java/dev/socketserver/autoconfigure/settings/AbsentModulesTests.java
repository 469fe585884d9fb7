package dev.socketserver.autoconfigure.settings;

import java.util.List;

import dev.socketserver.settings.SettingsChange;
import dev.socketserver.settings.SettingsRefusedException;
import dev.socketserver.settings.SettingsRefusedException.Refusal;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.settings.Verdict;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Keys of modules that the application lacks, which come while it runs.
 */
class AbsentModulesTests {

	private static final String PORT = "socket.servers.upper.port=0";

	private final ApplicationContextRunner runner = ChangingApplication.with(PORT);

	@ParameterizedTest
	@ValueSource(strings = { "socket.servers.upper.bridge.to", "socket.server-defaults.bridge.to",
			"socket.servers.upper.mailbox.identity" })
	void keyIsRefusedAsByAStart(String property) {
		this.runner.run((context) -> {
			SocketSettings settings = context.getBean(SocketSettings.class);
			Environments.set(context, PORT, property + "=orders", "socket.servers.upper.limits.sessions=7");
			String module = property.contains("bridge") ? "socket-server-spring-boot-bridge"
					: "socket-server-spring-boot-mailbox";
			String text = "is 'orders': " + module;

			List<SettingsChange> changes = settings.plan().changes();
			assertThat(changes).filteredOn((change) -> change.verdict() == Verdict.REFUSED)
				.singleElement()
				.satisfies((change) -> assertThat(change.reason()).contains(text));
			assertThatExceptionOfType(SettingsRefusedException.class)
				.isThrownBy(() -> settings.apply(settings.plan(), Verdict.REMOVE))
				.satisfies((refused) -> assertThat(refused.refused()).extracting(Refusal::reason)
					.singleElement()
					.asString()
					.contains(text));
			Environments.set(context, PORT);
			assertThat(settings.plan().changes()).isEmpty();
		});
	}

}
