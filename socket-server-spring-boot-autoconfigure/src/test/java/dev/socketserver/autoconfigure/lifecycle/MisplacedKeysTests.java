package dev.socketserver.autoconfigure.lifecycle;

import java.util.List;

import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.UpperHandler;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class MisplacedKeysTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withUserConfiguration(UpperHandler.class);

	@ParameterizedTest
	@CsvSource({ "socket.port, servers.<name>.port", "socket.host, servers.<name>.address",
			"socket.server.port, servers.<name>.port", "socket-server.port, servers.<name>.port",
			"socketservers.port, servers.<name>.port", "socket.framing.type, servers.<name>.framing",
			"socket.server.upper.port, servers.upper.port", "socket.server.upper.framing.type, servers.upper.framing",
			"socket.client.meter.host, clients.meter.host", "socket-clients.port, clients.<name>.port" })
	void aKeyThatIsOfNoServerPointsToWhereItBelongs(String property, String meant, CapturedOutput output) {
		for (String servers : List.of("", "socket.servers.upper.port=0")) {
			int before = output.length();
			this.runner.withPropertyValues(property + "=1", servers).run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(output.toString().substring(before))
					.containsOnlyOnce("if it is meant for one, write socket." + meant + System.lineSeparator());
			});
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "socket.servers.port", "socket.servers.upper.prt", "socket.servers.upper.ports" })
	void aKeyThatIsNearlyThatOfAServerFailsTheStart(String property) {
		this.runner.withPropertyValues("socket.servers.upper.port=0", property + "=1")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("nearest: 'socket.servers.")
				.hasMessageContaining(".port'"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "socket.ports=1", "socket.proxy.port=1", "socket.port.0=1", "socket.timeout=1",
			"sockets.port=1", "socket.server.service.port=1", "socket.server.port=tcp://192.0.2.1:9000",
			"socket.server.port.9000.tcp.port=9000" })
	void otherKeysAreThoseOfTheApplicationOrOfKubernetes(String property, CapturedOutput output) {
		this.runner.withPropertyValues(property, "socket.servers.upper.port=0").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).doesNotContain("if it is meant for one");
		});
	}

}
