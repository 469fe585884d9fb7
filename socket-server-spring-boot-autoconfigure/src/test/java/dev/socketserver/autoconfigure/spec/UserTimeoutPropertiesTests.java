package dev.socketserver.autoconfigure.spec;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** A user timeout that ends connections before the time of a write is over. */
@ExtendWith(OutputCaptureExtension.class)
class UserTimeoutPropertiesTests {

	private static void start(String... properties) {
		UpperApplication.with()
			.withPropertyValues("socket.servers.upper.port=0")
			.withPropertyValues(properties)
			.run((context) -> assertThat(context.getBeanFactory()).isNotNull());
	}

	@Test
	void aShorterOneIsAWarning(CapturedOutput output) {
		start("socket.servers.upper.options.user-timeout=5s", "socket.servers.upper.timeouts.write=8s");
		assertThat(output).containsOnlyOnce("Property socket.servers.upper.options.user-timeout: a peer that does not "
				+ "read is reset after 5000 ms, before timeouts.write (8000 ms) is over");
	}

	@Test
	void anInheritedOneIsAWarningToo(CapturedOutput output) {
		start("socket.server-defaults.options.user-timeout=5s");
		assertThat(output).containsOnlyOnce("options.user-timeout: a peer that does not read is reset after 5000 ms");
	}

	@Test
	void aLongerOneAndOneWithoutATimeOfWritesAreNone(CapturedOutput output) {
		start("socket.servers.upper.options.user-timeout=60s", "socket.servers.upper.timeouts.write=8s");
		start("socket.servers.upper.options.user-timeout=5s", "socket.servers.upper.timeouts.write=0");
		start("socket.servers.upper.options.user-timeout=5s", "socket.servers.upper.timeouts.write=5s");
		assertThat(output).doesNotContain("is reset after");
	}

	@Test
	void theOneOfAClientIsAWarning(CapturedOutput output) {
		start("socket.clients.up.port=1", "socket.clients.up.options.user-timeout=5s",
				"socket.clients.up.timeouts.write=8s");
		assertThat(output).containsOnlyOnce("Property socket.clients.up.options.user-timeout: a peer that does not "
				+ "read is reset after 5000 ms, before timeouts.write (8000 ms) is over");
	}

}
