package dev.socketserver.demo;

import java.time.Duration;
import java.util.Map;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.registration.SocketServerSpecFactory;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The example of {@code docs/lifecycle.md}.
 */
@DemoTest
class LifecycleTests {

	@Autowired
	private SocketServers servers;

	@Test
	void aServerCanComeAndGoWhileTheApplicationRuns() {
		int port = Ports.free();
		ServerSpec spec = ServerSpec.builder("shout")
			.port(port)
			.handler(ServerHandler.function("shout", PayloadConverter.text(UTF_8), (line) -> line.toUpperCase() + "!"))
			.limits((l) -> l.sessions(100).frame(1024))
			.drainTimeout(Duration.ofSeconds(5))
			.build();
		SocketServer server = this.servers.register(spec);
		server.start();

		try (SocketTestClient client = SocketTestClient.connect(server)) {
			assertThat(client.ask("hello")).isEqualTo("HELLO!");
			assertThat(server.pause()).isTrue();
			assertThat(client.ask("still")).isEqualTo("STILL!");
			assertThat(server.resume()).isTrue();
			assertThat(this.servers.remove("shout")).isTrue();
			client.expectClosed();
		}
		SocketTestClient.expectRefused(port);
		assertThat(server.state()).isEqualTo(ServerState.STOPPED);
		assertThat(this.servers.server("shout")).isEmpty();
	}

	@Test
	void aServerInCodeHasWhatThePropertiesSay(@Autowired SocketServerSpecFactory specs) {
		ServerSpec spec = specs
			.builder("shout", Map.of("port", "0", "framing.type", "delimiter", "framing.delimiters", ";"))
			.handler(ServerHandler.function("shout", PayloadConverter.text(UTF_8), (text) -> text.toUpperCase() + "!"))
			.build();
		SocketServer server = this.servers.register(spec);
		server.start();

		try (SocketTestClient client = SocketTestClient.connect(server)) {
			assertThat(client.ask("hello")).isEqualTo("HELLO!");
		}
		this.servers.remove("shout");
	}

}
