package dev.socketserver.netty.listen;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

import dev.socketserver.BindPolicy;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketSession;
import dev.socketserver.address.Cidr;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.network.DatagramPeer;
import dev.socketserver.fixtures.network.PassedSockets;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.spec.RequestOrder;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Listeners of different kinds beside each other: with the PROXY protocol and without,
 * inherited and not; and what is asked of an identity, by whichever of them it came.
 */
class ListenersTogetherTests {

	private final List<String> rejected = new CopyOnWriteArrayList<>();

	private final NettySocketServers servers = new NettySocketServers(List.of(new SocketServerListener() {

		@Override
		public void rejected(SocketServer server, String listener, InetSocketAddress peer, RejectReason reason,
				@Nullable String detail) {
			ListenersTogetherTests.this.rejected
				.add(server.name() + " " + listener + " " + peer.getAddress().getHostAddress() + " " + reason);
		}

	}));

	@AfterEach
	void close() {
		this.servers.close();
	}

	private SocketServer gateway(UnaryOperator<ServerSpec.Builder> spec) {
		SessionHandler handler = (payload, session) -> {
			String line = (String) payload;
			if (line.startsWith("as ")) {
				session.bind("device", line.substring(3), BindPolicy.REPLACE);
			}
			return session.listener() + " " + session.remoteAddress().getAddress().getHostAddress();
		};
		SocketServer server = this.servers.register(
				spec.apply(ServerSpec.builder("gateway").handler(ServerFixture.messages("gateway", handler)).port(0))
					.build());
		server.start();
		return server;
	}

	private static DatagramPeer udp(SocketServer server, String listener) throws Exception {
		return new DatagramPeer(
				new InetSocketAddress(InetAddress.getLoopbackAddress(), ServerFixture.port(server, listener)));
	}

	@Test
	void oneHasHeadersOfProxiesAndTheOthersHaveNone() throws Exception {
		SocketServer server = gateway(
				(spec) -> spec
					.listener("proxied",
							(listener) -> listener.port(0)
								.proxyProtocol((proxy) -> proxy.mode(ProxyMode.REQUIRED)
									.trusted(List.of(Cidr.of("127.0.0.0/8")))))
					.listener("datagrams", (listener) -> listener.port(0).udp((udp) -> udp.amplification(100)))
					.listener("denied", (listener) -> listener.port(0).deny(List.of(Cidr.of("127.0.0.1/32")))));
		try (Peer main = new Peer(server);
				Peer proxied = new Peer(ServerFixture.port(server, "proxied"), 0);
				Peer without = new Peer(ServerFixture.port(server, "proxied"), 0);
				DatagramPeer datagrams = udp(server, "datagrams")) {
			assertThat(main.ask("x")).isEqualTo("main 127.0.0.1");
			assertThat(proxied.ask("PROXY TCP4 192.0.2.7 198.51.100.9 1 2\r\nx")).isEqualTo("proxied 192.0.2.7");
			assertThat(datagrams.ask("x")).isEqualTo("datagrams 127.0.0.1");
			assertThat(without.send("no header\n").sawReset()).isTrue();
			// On another listener a header is what a peer has sent.
			assertThat(main.ask("PROXY TCP4 192.0.2.7 198.51.100.9 1 2\r")).isEqualTo("main 127.0.0.1");
		}
		try (Peer denied = new Peer(ServerFixture.port(server, "denied"), 0)) {
			assertThat(denied.sawReset()).isTrue();
		}
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.rejected).containsExactlyInAnyOrder(
					"gateway proxied 127.0.0.1 " + RejectReason.PROXY_REJECTED, "gateway denied 127.0.0.1 DENIED"));
	}

	@Test
	void anIdentityIsAskedWhereverItIs() throws Exception {
		SocketServer server = gateway((spec) -> spec.requests((requests) -> requests.order(RequestOrder.ONE_AT_A_TIME))
			.listener("tls",
					(listener) -> listener.port(0).tls(Certificates.patient(Certificates.TRUSTED.bundle("localhost"))))
			.listener("datagrams", (listener) -> listener.port(0).udp((udp) -> udp.amplification(100))));
		try (Peer secured = new Peer(ServerFixture.port(server, "tls"), 0, Certificates.TRUSTED.client());
				DatagramPeer datagrams = udp(server, "datagrams")) {
			for (int i = 0; i < 3; i++) {
				assertThat(datagrams.ask("as one")).isEqualTo("datagrams 127.0.0.1");
				CompletableFuture<Object> reply = ask(server, "over UDP " + i);
				assertThat(datagrams.receive()).isEqualTo("over UDP " + i);
				datagrams.send("yes");
				assertThat(Patience.await(reply)).isEqualTo("yes");
				if (i == 0) {
					assertThat(secured.ask("as one")).isEqualTo("tls 127.0.0.1");
					reply = ask(server, "over TLS");
					assertThat(secured.line()).isEqualTo("over TLS");
					secured.send("no\n");
					assertThat(Patience.await(reply)).isEqualTo("no");
				}
			}
			assertThat(secured.rest()).isEmpty();
		}
	}

	private static CompletableFuture<Object> ask(SocketServer server, String question) {
		List<SocketSession> found = server.find("device", "one");
		assertThat(found).hasSize(1);
		return found.get(0).ask(question, Duration.ofSeconds(60));
	}

	@Test
	void oneIsInheritedAndTheOthersAreBound(@TempDir Path directory) throws Exception {
		assumeTrue(PassedSockets.available(), "python3 on Linux passes the sockets");
		try (OtherJvm program = new OtherJvm(PassedSockets.before(directory, "web=tcp:127.0.0.1:0"), List.of(),
				InheritingNode.class, "gateway,inherit=web,stream=0,datagrams=0")) {
			int inherited = Integer.parseInt(program.next().replaceAll("\\D+", ""));
			assertThat(program.next()).startsWith("started gateway 127.0.0.1:" + inherited + " web");
			int datagrams = Integer.parseInt(program.next().replaceAll("\\D+", ""));
			int bound = Integer.parseInt(program.next().replaceAll("\\D+", ""));
			try (Peer one = new Peer(inherited, 0);
					Peer other = new Peer(bound, 0);
					DatagramPeer peer = new DatagramPeer(
							new InetSocketAddress(InetAddress.getLoopbackAddress(), datagrams))) {
				assertThat(one.ask("x")).endsWith(" x");
				assertThat(other.ask("x")).endsWith(" x");
				assertThat(peer.ask("x")).endsWith(" x\n");
			}
			// The socket that waits for the next process is not shut down.
			assertThat(program.next()).startsWith("ready ");
			program.command("stop gateway");
			program.await("stop gateway true");
			program.command("start gateway");
			program.await("start gateway true");
			try (Peer one = new Peer(inherited, 0)) {
				assertThat(one.ask("y")).endsWith(" y");
			}
		}
	}

}
