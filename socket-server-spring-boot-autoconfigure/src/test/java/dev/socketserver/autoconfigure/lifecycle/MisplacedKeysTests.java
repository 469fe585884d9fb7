package dev.socketserver.autoconfigure.lifecycle;

import java.util.function.UnaryOperator;

import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class MisplacedKeysTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withUserConfiguration(Handlers.class);

	@ParameterizedTest
	@CsvSource({ "socket.port, port", "socket.host, address", "socket.server.port, port", "socket-server.port, port",
			"socket.framing.type, framing" })
	void aKeyThatIsOfNoServerPointsToWhereItBelongs(String property, String key, CapturedOutput output) {
		this.runner.withPropertyValues(property + "=1").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).contains("if it is meant for one, write socket.servers.<name>." + key);
		});
	}

	@Test
	void applicationsWithServersMayHaveKeysOfTheirOwn(CapturedOutput output) {
		this.runner.withPropertyValues("socket.port=1", "socket.servers.upper.port=0").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).doesNotContain("Property socket.port");
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		@Bean
		@SocketHandler("upper")
		UnaryOperator<String> upper() {
			return String::toUpperCase;
		}

	}

}
