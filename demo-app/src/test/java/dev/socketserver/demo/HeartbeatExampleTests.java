package dev.socketserver.demo;

import java.net.Socket;
import java.time.Duration;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Framing;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.Heartbeat;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The example of {@code docs/heartbeats.md}.
 */
@DemoTest
class HeartbeatExampleTests {

	@Autowired
	private SocketServers servers;

	@Test
	void aServerInCodeSendsAnEmptyFrameAndCutsWhoIsSilent() throws Exception {
		ServerSpec spec = ServerSpec.builder("beating")
			.handler(ServerHandler.function("beating", PayloadConverter.bytes(), (bytes) -> bytes))
			.framing(Framing.lengthField().build())
			.heartbeat((h) -> h.period(Duration.ofMillis(200)).timeout(Duration.ofSeconds(1)))
			.build();
		SocketServer server = this.servers.register(spec);
		server.start();
		try (Socket peer = new Socket(server.localAddress().getAddress(), server.localAddress().getPort())) {
			peer.setSoTimeout(Patience.millis());
			assertThat(peer.getInputStream().readNBytes(4)).containsOnly(0);
			await().untilAsserted(
					() -> assertThat(server.statistics().closed()).containsOnlyKeys(CloseReason.HEARTBEAT_TIMEOUT));
		}
		finally {
			this.servers.remove("beating");
		}
		assertThat(ClientSpec.builder("plant")
			.port(9000)
			.framing(Framing.lengthField().build())
			.heartbeat(Heartbeat.of(Duration.ofSeconds(5)))
			.build()
			.session()
			.heartbeat()).isEqualTo(new Heartbeat(Duration.ofSeconds(5), Duration.ofSeconds(20)));
	}

}
