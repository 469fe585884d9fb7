package dev.socketserver.test;

import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.SpringBootTest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LocalSocketPort} and {@link SocketConnection} on the components of a
 * record.
 *
 * @param port of the server
 * @param client connected to it
 */
@SpringBootTest(classes = TestServers.class,
		properties = { TestServers.ECHO_PORT, TestServers.FRAMES_PORT, TestServers.FRAMES_FRAMING })
record RecordInjectionTests(@LocalSocketPort("echo") int port, @SocketConnection("echo") SocketTestClient client) {

	@Test
	void componentsAreResolved() {
		assertThat(this.port).isPositive();
		assertThat(this.client.ask("x")).isEqualTo("x");
	}

}
