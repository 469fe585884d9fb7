package dev.socketserver.netty.datagram;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.network.DatagramPeer;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.spec.SocketTransport;
import io.netty.channel.epoll.Epoll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.socketserver.netty.datagram.Datagrams.peer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** Where replies leave from. */
class DatagramAddressTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@Test
	void aReplyLeavesFromTheAddressThatWasAsked() throws Exception {
		Assumptions.assumeTrue(Epoll.isAvailable(), "only epoll knows the addresses of 127.0.0.0/8");
		SocketServer server = Datagrams.echo(this.fixture, (spec) -> spec.address("any"));
		int port = server.localAddress().getPort();
		InetSocketAddress first = new InetSocketAddress("127.0.0.1", port);
		InetSocketAddress second = new InetSocketAddress("127.0.0.2", port);
		try (DatagramPeer peer = new DatagramPeer(first)) {
			for (int i = 0; i < 3; i++) {
				assertThat(peer.sendTo(second, "to two".getBytes(UTF_8)).receive()).isEqualTo("to two");
				assertThat(peer.answeredFrom()).isEqualTo(second);
				assertThat(peer.sendTo(first, "to one".getBytes(UTF_8)).receive()).isEqualTo("to one");
				assertThat(peer.answeredFrom()).isEqualTo(first);
			}
			// A session is a peer at one local address.
			assertThat(server.sessions().map(SocketSession::localAddress)).containsExactlyInAnyOrder(first, second);
		}
		server.stop();
		assertThat(server.statistics().active()).isZero();
	}

	@Every.DefaultTransport
	void alsoFromEachAddressOfAnInterface(SocketTransport transport) throws Exception {
		SocketServer server = Datagrams.echo(this.fixture, (spec) -> spec.transport(transport).address("any"));
		int port = server.localAddress().getPort();
		for (InetAddress own : ownAddresses()) {
			InetSocketAddress asked = new InetSocketAddress(own, port);
			try (DatagramPeer peer = new DatagramPeer(asked, own)) {
				assertThat(peer.ask("hello")).isEqualTo("hello");
				assertThat(peer.answeredFrom()).isEqualTo(asked);
			}
		}
	}

	private static List<InetAddress> ownAddresses() throws IOException {
		return java.net.NetworkInterface.networkInterfaces()
			.flatMap((each) -> each.inetAddresses())
			.filter((each) -> !each.isLinkLocalAddress())
			.toList();
	}

}
