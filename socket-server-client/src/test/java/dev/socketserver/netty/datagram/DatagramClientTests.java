package dev.socketserver.netty.datagram;

import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import dev.socketserver.DatagramDrop;
import dev.socketserver.SocketServer;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.client.Received;
import dev.socketserver.client.Route;
import dev.socketserver.client.ServerAddress;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.network.SocketTable;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.InterruptedFraming;
import dev.socketserver.netty.connect.Socat;
import dev.socketserver.operator.Counter;
import dev.socketserver.operator.CounterSource;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.PayloadException;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.Outbound;
import dev.socketserver.spec.OutboundOverflow;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.tls.TlsBundle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/** Clients of UDP. */
class DatagramClientTests {

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	private SocketClient client(SocketTransport transport, int port) {
		return this.fixture.start(port,
				(spec) -> spec.transport(transport).datagrams(true).byHand(PayloadConverter.text(UTF_8)));
	}

	@Every.DefaultTransport
	void asksAServer(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.servers.lines(String::toUpperCase,
				(spec) -> spec.transport(transport).udp((udp) -> udp));
		SocketClient client = client(transport, server.localAddress().getPort());
		for (int i = 0; i < 20; i++) {
			assertThat(Patience.await(client.ask("a line\nof " + i, Duration.ofHours(1)))).isEqualTo("A LINE\nOF " + i);
		}
		assertThat(server.statistics().opened()).isOne();
	}

	/** Linux says of no interface of loopback that it has such an address. */
	@Every.DefaultTransport
	@EnabledOnOs(OS.LINUX)
	void sendsToAllOfLoopback(SocketTransport transport) throws Exception {
		try (DatagramSocket everybody = new DatagramSocket()) {
			everybody.setSoTimeout((int) Patience.limit().toMillis());
			SocketClient client = this.fixture.start(everybody.getLocalPort(),
					(spec) -> spec.host("127.255.255.255")
						.transport(transport)
						.datagrams(true)
						.route((route) -> route.broadcast(true))
						.byHand(PayloadConverter.text(UTF_8)));
			ClientFixture.await(client, ClientState.CONNECTED);
			client.send("to all");
			DatagramPacket packet = new DatagramPacket(new byte[10], 10);
			everybody.receive(packet);
			assertThat(new String(packet.getData(), 0, packet.getLength(), UTF_8)).isEqualTo("to all");
		}
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> ClientSpec.builder("alone").host("127.255.255.255").port(9).datagrams(true).build())
			.withMessageContaining("must be true to send to all of a network");
	}

	@Every.DefaultTransport
	void sessionThatIsJustBeingOpenedCanBeClosed(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.servers.lines(String::toUpperCase,
				(spec) -> spec.transport(transport).udp((udp) -> udp));
		AtomicReference<Runnable> meanwhile = new AtomicReference<>();
		SocketClient client = this.fixture.clients.register(ClientSpec.builder("it")
			.port(server.localAddress().getPort())
			.transport(transport)
			.datagrams(true)
			.framing(new InterruptedFraming(meanwhile))
			.drainTimeout(Duration.ofHours(1))
			.byHand(PayloadConverter.text(UTF_8))
			.build());
		meanwhile.set(client::disconnect);
		client.start();
		await().until(() -> client.statistics().connected() == 1);
		assertThat(client.stop()).succeedsWithin(Patience.limit());

		client.start();
		assertThat(Patience.await(client.ask("again", Duration.ofHours(1)))).isEqualTo("AGAIN");
		assertThat(client.stop()).succeedsWithin(Patience.limit());
	}

	@Every.DefaultTransport
	void whereNobodyIsTheConnectionOfWhoOnlySendsStays(SocketTransport transport) throws Exception {
		int port = Ports.free();
		SocketClient client = client(transport, port);
		await().until(() -> this.fixture.events.contains("connected"));
		List<CompletableFuture<?>> sent = new ArrayList<>();
		await().pollInterval(Duration.ofMillis(10)).until(() -> {
			sent.add(client.send("anybody?"));
			return client.refused();
		});
		// It is of those before that the system says so.
		assertThat(sent).allSatisfy((each) -> assertThat(each).succeedsWithin(Patience.limit()));
		long refused = CounterSource.of(client.statistics()).sum(Counter.DATAGRAMS_DROPPED, DatagramDrop.REFUSED);
		assertThat(refused).isBetween(3L, (long) sent.size());
		assertThat(this.fixture.events).containsExactly("connected");
		try (DatagramSocket here = socket(port)) {
			here.setSoTimeout(100);
			DatagramPacket packet = new DatagramPacket(new byte[100], 100);
			await().ignoreExceptions().until(() -> {
				client.send("again");
				here.receive(packet);
				return true;
			});
			assertThat(new String(packet.getData(), 0, packet.getLength(), UTF_8)).isEqualTo("again");
			here.send(new DatagramPacket(packet.getData(), packet.getLength(), packet.getSocketAddress()));
			await().until(() -> ClientFixture.next(client) instanceof Received.Payload);
			assertThat(client.refused()).isFalse();
		}
		assertThat(this.fixture.events).containsExactly("connected");
	}

	@Every.DefaultTransport
	void whereNobodyIsTheConnectionOfWhoAsksEnds(SocketTransport transport) {
		SocketClient client = client(transport, Ports.free());
		client.ask("anybody?", Duration.ofHours(1));
		await().until(() -> this.fixture.events.contains("disconnected PEER_RESET"));
	}

	@Every.DefaultTransport
	void aDatagramDoesNotWaitForLong(SocketTransport transport) throws Exception {
		AtomicInteger port = new AtomicInteger();
		SocketClient client = this.fixture.clients.register(ClientSpec.builder("it")
			.port(port::get)
			.reconnect(ClientFixture.SOON)
			.transport(transport)
			.datagrams(true)
			.build());
		client.start();
		List<CompletableFuture<?>> early = new ArrayList<>();
		for (int i = 0; i < 2_000; i++) {
			// More than outbound.capacity, for which nobody waits.
			early.add(client.send("early"));
		}
		CompletableFuture<Object> reply = client.ask("a request", Duration.ofHours(1));
		early.forEach((each) -> assertThat(each).failsWithin(Patience.limit()));
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> early.get(1_999).get())
			.withCauseInstanceOf(ConnectException.class);
		// Those that waited for too long make room for later ones, if this JVM stood
		// still.
		assertThat(client.statistics().undelivered()).isGreaterThanOrEqualTo(1_023);
		assertThat(client.statistics().outboundDropped() + client.statistics().undelivered()).isEqualTo(2_000);
		assertThat(client.statistics().pending()).isOne();
		try (DatagramSocket here = socket(0)) {
			here.setSoTimeout(Patience.millis());
			port.set(here.getLocalPort());
			DatagramPacket packet = new DatagramPacket(new byte[100], 100);
			here.receive(packet);
			assertThat(new String(packet.getData(), 0, packet.getLength(), UTF_8)).isEqualTo("a request");
			here.send(packet);
			assertThat(reply).succeedsWithin(Patience.limit());
		}
	}

	@Test
	void theOldestIsDroppedUnlessAnotherOverflowIsSet() {
		ClientSpec.Builder spec = ClientSpec.builder("it").port(1);
		assertThat(spec.build().session().outbound().overflow()).isEqualTo(OutboundOverflow.BLOCK);
		spec.datagrams(true).outbound((block) -> block.capacity(7));
		Outbound outbound = spec.build().session().outbound();
		assertThat(outbound.overflow()).isEqualTo(OutboundOverflow.DROP_OLDEST);
		assertThat(outbound.capacity()).isEqualTo(7);
		spec.outbound((block) -> block.overflow(OutboundOverflow.BLOCK));
		assertThat(spec.build().session().outbound().overflow()).isEqualTo(OutboundOverflow.BLOCK);
	}

	@Every.DefaultTransport
	void anotherAddressIsTakenWhereNobodyIs(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.servers.lines(String::toUpperCase,
				(spec) -> spec.transport(transport).udp((udp) -> udp));
		int here = server.localAddress().getPort();
		int gone = Ports.free();
		SocketClient client = this.fixture.clients.register(ClientSpec.builder("it")
			.failOver((block) -> block.addresses("127.0.0.1:" + gone, "127.0.0.1:" + here))
			.reconnect(ClientFixture.SOON)
			.transport(transport)
			.datagrams(true)
			.build());
		client.start();
		await().ignoreExceptions()
			.until(() -> Patience.await(client.ask("hello", Duration.ofSeconds(1))).equals("HELLO"));
		await().untilAsserted(() -> assertThat(this.fixture.events).contains("disconnected PEER_RESET"));
	}

	@Every.DefaultTransport
	void aProbeThatWasConnectedIsNotCountedAsCancelledToo(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.servers.lines(String::toUpperCase,
				(spec) -> spec.transport(transport).udp((udp) -> udp));
		int here = server.localAddress().getPort();
		AtomicInteger attempts = new AtomicInteger();
		ServerAddress first = new ServerAddress("127.0.0.1", () -> {
			if (attempts.getAndIncrement() == 0) {
				throw new IllegalStateException("provoked");
			}
			return here;
		});
		SocketClient client = this.fixture.clients.register(ClientSpec.builder("it")
			.failOver((block) -> block.addresses(List.of(first, ServerAddress.of("127.0.0.1", here))).failures(1))
			.connectTimeout(Patience.limit())
			.reconnect(ClientFixture.SOON)
			.transport(transport)
			.datagrams(true)
			.build());
		client.start();
		// One is a probe, which is given up when it has shown that somebody may be there.
		await().until(() -> client.statistics().connected() == 2);
		assertThat(client.stop()).succeedsWithin(Patience.limit());
		assertThat(client.statistics().attempts()).isEqualTo(3);
		assertThat(client.statistics().failed()).containsEntry(ConnectFailure.OTHER, 1L);
		assertThat(client.statistics().cancelled()).isZero();
	}

	@Every.DefaultTransport
	@EnabledOnOs(OS.LINUX) // tells which sockets there are
	void aProbeThatHasTakenTooLongLeavesNoSocket(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.servers.lines(String::toUpperCase,
				(spec) -> spec.transport(transport).udp((udp) -> udp));
		int here = server.localAddress().getPort();
		int gone = Ports.free();
		AtomicReference<SocketClient> asking = new AtomicReference<>();
		AtomicInteger attempts = new AtomicInteger();
		AtomicBoolean over = new AtomicBoolean();
		ServerAddress slow = new ServerAddress("127.0.0.1", () -> {
			int probes = attempts.getAndIncrement();
			// The port of the first attempt is known at once, and that of others too
			// late; an attempt that was given up does not count as one that took too
			// long.
			long late = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
			await().until(() -> over.get() || timeouts(asking.get()) >= probes || System.nanoTime() > late);
			return gone;
		});
		SocketClient client = this.fixture.clients.register(ClientSpec.builder("it")
			.failOver((block) -> block.addresses(List.of(slow, ServerAddress.of("127.0.0.1", here))).failures(1))
			.connectTimeout(Duration.ofMillis(200))
			.reconnect(ClientFixture.SOON)
			.transport(transport)
			.datagrams(true)
			.build());
		asking.set(client);
		client.start();
		await().ignoreExceptions().until(() -> {
			client.ask("anybody?", Duration.ofSeconds(1));
			return client.session().orElseThrow().remoteAddress().getPort() == here;
		});
		// One comes after the other.
		await().until(() -> attempts.get() > 3);
		await().untilAsserted(() -> assertThat(socketsTo(gone)).isEmpty());
		// The end of the client waits for the last one.
		over.set(true);
	}

	private static long timeouts(SocketClient client) {
		return client.statistics().failed().getOrDefault(ConnectFailure.TIMEOUT, 0L);
	}

	/**
	 * Returns the sockets of UDP that are connected to a port, as the system has them.
	 */
	private static List<SocketTable.Row> socketsTo(int port) throws IOException {
		return SocketTable.of("udp").stream().filter((socket) -> socket.remotePort() == port).toList();
	}

	@Every.DefaultTransport
	void aDatagramHasAPayloadOrSeveralFrames(SocketTransport transport) throws Exception {
		try (DatagramSocket server = socket(0)) {
			server.setSoTimeout(Patience.millis());
			SocketClient client = this.fixture.start(server.getLocalPort(),
					(spec) -> spec.transport(transport)
						.datagrams(true)
						.framing(Framing.line())
						.correlator((payload) -> payload.toString().split(" ")[0]));
			CompletableFuture<Object> one = client.ask("1 a", Duration.ofSeconds(30));
			CompletableFuture<Object> two = client.ask("2 b", Duration.ofSeconds(30));
			DatagramPacket packet = new DatagramPacket(new byte[100], 100);
			server.receive(packet);
			assertThat(new String(packet.getData(), 0, packet.getLength(), UTF_8)).isEqualTo("1 a\n");
			server.receive(packet);
			byte[] replies = "2 B\n1 A\n".getBytes(UTF_8);
			server.send(new DatagramPacket(replies, replies.length, packet.getSocketAddress()));
			assertThat(Patience.await(one)).isEqualTo("1 A");
			assertThat(Patience.await(two)).isEqualTo("2 B");
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> Patience.await(client.send("x".repeat(65_508))))
				.withCauseInstanceOf(PayloadException.class);
		}
	}

	@Every.DefaultTransport
	void aSilentServerIsConnectedToAnew(SocketTransport transport) throws Exception {
		try (DatagramSocket silent = socket(0)) {
			SocketClient client = this.fixture.start(silent.getLocalPort(),
					(spec) -> spec.transport(transport)
						.datagrams(true)
						.timeouts((block) -> block.idle(Duration.ofMillis(100))));
			await().until(() -> this.fixture.events.contains("disconnected IDLE_TIMEOUT"));
			ClientFixture.await(client, ClientState.CONNECTED);
		}
	}

	@Every.DefaultTransport
	void eachReplyOfManyIsMatched(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.servers.lines(String::toUpperCase,
				(spec) -> spec.transport(transport).inbound((inbound) -> inbound.capacity(1_000)).udp((udp) -> udp));
		SocketClient client = this.fixture.start(server.localAddress().getPort(),
				(spec) -> spec.transport(transport)
					.datagrams(true)
					.byHand(PayloadConverter.text(UTF_8))
					.correlator((payload) -> payload.toString().split(" ")[0]));
		List<CompletableFuture<Object>> replies = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			replies.add(client.ask(i + " a", Duration.ofHours(1)));
		}
		for (int i = 0; i < 50; i++) {
			assertThat(Patience.await(replies.get(i))).isEqualTo(i + " A");
		}
		assertThat(Patience.await(client.ask("50 a", Duration.ofHours(1)))).isEqualTo("50 A");
	}

	@Every.DefaultTransport
	void asksSocat(SocketTransport transport) throws Exception {
		int port = Ports.free();
		Process socat = Socat.start("UDP4-RECVFROM:" + port + ",fork,bind=127.0.0.1", "EXEC:cat");
		try {
			SocketClient client = client(transport, port);
			await().ignoreExceptions()
				.until(() -> Patience.await(client.ask("hello", Duration.ofSeconds(1))).equals("hello"));
		}
		finally {
			socat.destroyForcibly().waitFor();
		}
	}

	@Test
	void whatHasNoMeaningIsRefused() {
		invalid((spec) -> spec.transport(SocketTransport.IO_URING), "transport");
		invalid((spec) -> spec.failOver((block) -> block.failBack(Duration.ofSeconds(1))), "failBack");
		invalid((spec) -> spec
			.route((block) -> block.proxy(new Route.Proxy(Route.Proxy.Type.HTTP, "it", 1, null, null))), "proxy.type");
		TlsBundle tls = Certificates.TRUSTED.bundle("localhost");
		invalid((spec) -> spec.host("localhost").ssl((block) -> block.bundle(tls)), "ssl");
	}

	private static void invalid(UnaryOperator<ClientSpec.Builder> spec, String component) {
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> spec.apply(ClientSpec.builder("it").port(1).datagrams(true)).build())
			.withMessageContaining(component);
	}

	private static DatagramSocket socket(int port) throws IOException {
		return new DatagramSocket(new InetSocketAddress("127.0.0.1", port));
	}

}
