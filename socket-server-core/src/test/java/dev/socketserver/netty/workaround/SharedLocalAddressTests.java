package dev.socketserver.netty.workaround;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

class SharedLocalAddressTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture(1);

	@Test
	@EnabledIf("io.netty.channel.epoll.Epoll#isAvailable")
	void connectionsOfAListenerHaveOneObjectForOurAddress() throws Exception {
		Queue<Channel> channels = new ConcurrentLinkedQueue<>();
		this.fixture.customizers.add((pipeline, spec) -> channels.add(pipeline.channel()));
		SocketServer server = this.fixture.echo("shared", UnaryOperator.identity());
		try (Peer one = new Peer(server); Peer other = new Peer(server)) {
			assertThat(one.ask("a")).isEqualTo("shared a");
			assertThat(other.ask("b")).isEqualTo("shared b");

			List<InetSocketAddress> addresses = server.sessions().map(SocketSession::localAddress).toList();
			assertThat(addresses).hasSize(2).allSatisfy((address) -> assertThat(address).isSameAs(addresses.get(0)));
			assertThat(channels).hasSize(2)
				.allSatisfy((channel) -> assertThat(channel.localAddress()).isSameAs(addresses.get(0)));
			assertThat(addresses.get(0).getPort()).isEqualTo(server.port());
		}
	}

	@Test
	void eachHasTheAddressToWhichItIsConnected() throws Exception {
		SocketServer server = this.fixture.echo("every", (spec) -> spec.address("0.0.0.0"));
		for (String host : List.of("127.0.0.1", "127.0.0.2", "127.0.0.2", "127.0.0.1")) {
			this.fixture.opened.clear();
			try (Socket peer = new Socket(host, server.port())) {
				peer.getOutputStream().write("a\n".getBytes(US_ASCII));
				assertThat(peer.getInputStream().readNBytes(8)).isEqualTo("every a\n".getBytes(US_ASCII));

				assertThat(this.fixture.opened).singleElement()
					.extracting(SocketSession::localAddress)
					.isEqualTo(new InetSocketAddress(host, server.port()));
			}
		}
	}

	@Test
	void equalAddressesOfTwoInterfacesAreNotShared() throws Exception {
		SharedLocalAddress shared = new SharedLocalAddress();
		Accepted first = new Accepted(1);
		Accepted second = new Accepted(2);
		Accepted third = new Accepted(2);
		assertThat(second.local).isEqualTo(first.local);

		shared.share(first);
		shared.share(second);
		shared.share(third);

		assertThat(second.local).isNotSameAs(first.local);
		assertThat(third.local).isSameAs(second.local);
	}

	@Test
	void channelThatKeepsItElsewhereKeepsItsOwn() {
		SharedLocalAddress shared = new SharedLocalAddress();
		Channel first = new EmbeddedChannel();
		Channel second = new EmbeddedChannel();

		shared.share(first);
		shared.share(second);

		assertThat(second.localAddress()).isEqualTo(first.localAddress());
	}

	/** Keeps its address as Netty's channels of native transports do. */
	private static final class Accepted extends EmbeddedChannel {

		private volatile SocketAddress local;

		/** One with a link-local address of an interface. */
		Accepted(int scope) throws UnknownHostException {
			byte[] address = InetAddress.getByName("fe80::1").getAddress();
			this.local = new InetSocketAddress(Inet6Address.getByAddress(null, address, scope), 4711);
		}

	}

}
