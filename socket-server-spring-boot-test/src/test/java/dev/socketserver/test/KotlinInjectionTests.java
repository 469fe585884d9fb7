package dev.socketserver.test;

import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.SpringBootTest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LocalSocketPort} and {@link SocketConnection} on what Kotlin's
 * compiler makes of properties in a constructor: parameters and final fields, both
 * annotated.
 */
@SpringBootTest(classes = TestServers.class,
		properties = { TestServers.ECHO_PORT, TestServers.FRAMES_PORT, TestServers.FRAMES_FRAMING })
class KotlinInjectionTests {

	@LocalSocketPort("echo")
	private final int port;

	@SocketConnection("echo")
	private final SocketTestClient client;

	KotlinInjectionTests(@LocalSocketPort("echo") int port, @SocketConnection("echo") SocketTestClient client) {
		this.port = port;
		this.client = client;
	}

	@Test
	void propertiesAreResolved() {
		assertThat(this.port).isPositive();
		assertThat(this.client.ask("x")).isEqualTo("x");
	}

}
