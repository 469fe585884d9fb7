package dev.socketserver.netty.datagram;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.time.Duration;

import dev.socketserver.SocketServer;
import dev.socketserver.client.SocketClient;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.SocketTransport;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Clients of UDP. */
class DatagramClientTests {

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	private SocketClient client(SocketTransport transport, int port) {
		return this.fixture.start(port,
				(spec) -> spec.transport(transport).datagrams(true).byHand(PayloadConverter.text(UTF_8)));
	}

	@ParameterizedTest
	@MethodSource("dev.socketserver.netty.ServerFixture#transports")
	void asksAServer(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.servers.lines(String::toUpperCase,
				(spec) -> spec.transport(transport).udp((udp) -> {
				}));
		SocketClient client = client(transport, server.localAddress().getPort());
		for (int i = 0; i < 20; i++) {
			assertThat(client.ask("a line\nof " + i, Duration.ofSeconds(20)).get()).isEqualTo("A LINE\nOF " + i);
		}
		assertThat(server.statistics().opened()).isOne();
	}

	@ParameterizedTest
	@MethodSource("dev.socketserver.netty.ServerFixture#transports")
	void whereNobodyIsTheConnectionEndsAndComesAgain(SocketTransport transport) throws Exception {
		int port;
		try (DatagramSocket gone = socket(0)) {
			port = gone.getLocalPort();
		}
		SocketClient client = client(transport, port);
		await().until(() -> this.fixture.events.contains("connected"));
		client.send("anybody?");
		await().until(() -> this.fixture.events.contains("disconnected PEER_RESET"));
		try (DatagramSocket here = socket(port)) {
			here.setSoTimeout(100);
			DatagramPacket packet = new DatagramPacket(new byte[100], 100);
			await().ignoreExceptions().until(() -> {
				client.send("again");
				here.receive(packet);
				return true;
			});
			assertThat(new String(packet.getData(), 0, packet.getLength(), UTF_8)).isEqualTo("again");
		}
	}

	private static DatagramSocket socket(int port) throws IOException {
		return new DatagramSocket(new InetSocketAddress("127.0.0.1", port));
	}

}
