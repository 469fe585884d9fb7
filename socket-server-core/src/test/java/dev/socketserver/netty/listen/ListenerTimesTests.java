package dev.socketserver.netty.listen;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.payload.PayloadConverter;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Times of a server whose sessions come by several listeners, and again after a stop. */
class ListenerTimesTests {

	@Test
	void sessionsOfEachListenerEndInTheirTimeAlsoAfterARestart() throws Exception {
		try (NettySocketServers servers = new NettySocketServers(List.of())) {
			SocketServer server = servers.register(spec());
			server.start();
			for (int run = 1; run <= 2; run++) {
				long ended = 2L * run;
				try (Socket tcp = new Socket(); DatagramSocket udp = new DatagramSocket()) {
					tcp.connect(new InetSocketAddress("127.0.0.1", ServerFixture.port(server, "main")));
					udp.send(new DatagramPacket(new byte[] { 'x' }, 1,
							new InetSocketAddress("127.0.0.1", ServerFixture.port(server, "datagrams"))));
					await().atMost(Patience.limit())
						.until(() -> server.statistics().closed().getOrDefault(CloseReason.IDLE_TIMEOUT, 0L) == ended);
					assertThat(tcp.getInputStream().read()).isEqualTo(-1);
				}
				assertThat(server.restart(Patience.limit())).isTrue();
				await().atMost(Patience.limit()).until(() -> server.state() == ServerState.RUNNING);
			}
		}
	}

	private static ServerSpec spec() {
		return ServerSpec.builder("times")
			.port(0)
			.framing(Framing.line())
			.timeouts((timeouts) -> timeouts.idle(Duration.ofMillis(50)))
			.listener("datagrams",
					(listener) -> listener.port(0).udp((udp) -> udp.sessionTimeout(Duration.ofMillis(50))))
			.handler(ServerHandler.function("none", PayloadConverter.text(StandardCharsets.UTF_8), (line) -> null))
			.build();
	}

}
