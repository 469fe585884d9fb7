package dev.socketserver.autoconfigure.settings;

import dev.socketserver.SocketServers;
import dev.socketserver.settings.SettingsChange;
import dev.socketserver.settings.SettingsRefusedException;
import dev.socketserver.settings.SettingsRefusedException.Refusal;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.settings.Verdict;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Names of servers and clients that come while the application runs, and with which it
 * could not start.
 */
class WrongNamesTests {

	private static final String[] PRESENT = { "socket.servers.upper.port=0", "socket.servers.upper.handler=upper" };

	private final ApplicationContextRunner runner = ChangingApplication.with(PRESENT);

	@ParameterizedTest
	@CsvSource({ "Other,Other", "[a/b],a/b", "[a.b],a.b", "2nd,2nd", "[false],false" })
	void nameOfAServerIsRefusedAsByAStart(String written, String name) {
		isRefused("servers." + name, "socket.servers." + written + ".port=0",
				"socket.servers." + written + ".handler=upper");
	}

	@ParameterizedTest
	@CsvSource({ "Other,Other", "[a/b],a/b", "2nd,2nd" })
	void nameOfAClientIsRefusedAsByAStart(String written, String name) {
		isRefused("clients." + name, "socket.clients." + written + ".host=localhost",
				"socket.clients." + written + ".port=9");
	}

	private void isRefused(String entry, String one, String other) {
		String name = entry.substring(entry.indexOf('.') + 1);
		this.runner.run((context) -> {
			SocketSettings settings = context.getBean(SocketSettings.class);
			Environments.set(context, PRESENT[0], PRESENT[1], "socket.servers.upper.limits.sessions=7",
					one.replace(".[", "["), other.replace(".[", "["));
			assertThat(settings.plan().changes()).filteredOn((change) -> entry.equals(change.entry()))
				.singleElement()
				.extracting(SettingsChange::verdict)
				.isEqualTo(Verdict.REFUSED);
			assertThatExceptionOfType(SettingsRefusedException.class)
				.isThrownBy(() -> settings.apply(settings.plan(), Verdict.REMOVE))
				.satisfies((refused) -> assertThat(refused.refused()).singleElement().satisfies((refusal) -> {
					assertThat(refusal).extracting(Refusal::entry, Refusal::value).containsExactly(entry, name);
					assertThat(refusal.reason()).contains("is '" + name + "'");
				}));
			assertThat(context.getBean(SocketServers.class)).singleElement()
				.satisfies((server) -> assertThat(server.spec().limits().sessions()).isNotEqualTo(7));
		});
	}

}
