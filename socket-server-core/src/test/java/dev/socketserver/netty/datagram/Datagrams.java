package dev.socketserver.netty.datagram;

import java.io.IOException;
import java.util.function.UnaryOperator;

import dev.socketserver.DatagramDrop;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.network.DatagramPeer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.payload.PayloadConverter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Servers of UDP, and what they have dropped. */
final class Datagrams {

	static final UnaryOperator<ServerSpec.Builder> UDP = (spec) -> spec.udp((udp) -> udp);

	private Datagrams() {
	}

	static UnaryOperator<ServerSpec.Builder> udp(UnaryOperator<ServerSpec.Builder> more) {
		return (spec) -> more.apply(UDP.apply(spec));
	}

	/** Starts a server that sends each datagram back. */
	static SocketServer echo(ServerFixture fixture, UnaryOperator<ServerSpec.Builder> more) {
		return fixture.start(ServerHandler.function("echo", PayloadConverter.bytes(), (bytes) -> bytes), udp(more));
	}

	static long dropped(SocketServer server, DatagramDrop reason) {
		return server.statistics().datagrams().dropped().getOrDefault(reason, 0L);
	}

	static void awaitDropped(SocketServer server, DatagramDrop reason, long count) {
		await().untilAsserted(() -> assertThat(dropped(server, reason)).isEqualTo(count));
	}

	static DatagramPeer peer(SocketServer server) throws IOException {
		return new DatagramPeer(server.localAddress());
	}

}
