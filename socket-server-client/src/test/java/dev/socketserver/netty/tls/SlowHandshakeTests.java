package dev.socketserver.netty.tls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import javax.management.ObjectName;
import javax.net.ssl.KeyManager;

import ch.qos.logback.classic.Level;
import dev.socketserver.CloseReason;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionStatistics.TlsOutcome;
import dev.socketserver.SocketServer;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.client.SocketClient;
import dev.socketserver.engine.threads.HandshakeThreads;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.SlowTrust;
import dev.socketserver.operator.IoThread;
import dev.socketserver.spec.DrainPlan;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.connect.ClientTls;
import dev.socketserver.spec.listen.Tls;
import dev.socketserver.tls.ClientAuth;
import dev.socketserver.tls.TlsBundle;
import dev.socketserver.tls.TlsMaterial;
import io.netty.channel.DefaultChannelPipeline;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Handshakes whose computation takes long, or for ever, harm no other peer: there is one
 * event loop for everything here.
 */
@Tag("long")
class SlowHandshakeTests {

	private static final Certificates AUTHORITY = Certificates.TRUSTED;

	private static final String HOST = "localhost";

	/** As many as a server computes at a time. */
	private static final int MANY = HandshakeThreads.OF_SERVER;

	private static final Duration LONG = Duration.ofMinutes(1);

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture(new ServerFixture(1));

	@RegisterExtension
	final LogLines netty = new LogLines(DefaultChannelPipeline.class);

	private final SlowTrust trust = new SlowTrust(AUTHORITY);

	private SocketServer server(SocketTransport transport, Duration timeout) {
		return server(transport, timeout, SocketOptions.DEFAULT);
	}

	private SocketServer server(SocketTransport transport, Duration timeout, SocketOptions options) {
		TlsMaterial material = Certificates.material(List.of(Certificates.keys(AUTHORITY.sign(HOST))),
				List.of(this.trust));
		Tls tls = new Tls(new TlsBundle(HOST, material), ClientAuth.NEED, timeout, Map.of(),
				Tls.DEFAULT_CLIENT_HELLO_BYTES);
		return this.fixture.servers.lines((line) -> "<" + line + ">",
				(spec) -> spec.transport(transport).options(options).tls(tls));
	}

	/** Its own side of the handshake is done then, in one go (TLS 1.3). */
	private static Peer peer(SocketServer server) throws IOException {
		return new Peer(server, AUTHORITY.client("meter-7"), HOST);
	}

	private static void canAsk(Peer peer) throws IOException {
		assertThat(peer.ask("x")).isEqualTo("<x>");
	}

	@Every.SoakTransport
	void holdsUpNeitherSessionsNorOtherServers(SocketTransport transport) throws Exception {
		SocketServer server = server(transport, LONG);
		SocketServer other = this.fixture.servers.servers.register(ServerSpec.builder("other")
			.handler(server.spec().handler())
			.transport(transport)
			.tls(Certificates.patient(AUTHORITY.bundle(HOST)))
			.build());
		other.start();
		List<Peer> peers = new ArrayList<>();
		try (SlowTrust slow = this.trust; Peer session = peer(server)) {
			canAsk(session);
			slow.hesitate();
			for (int i = 0; i < MANY; i++) {
				peers.add(peer(server).send("x\n"));
			}
			slow.awaitAsked(MANY);
			canAsk(session);
			try (Peer another = new Peer(other)) {
				canAsk(another);
			}
			assertThat(server.statistics().pending()).isEqualTo(MANY);
			assertThat(slow.askers).noneMatch(IoThread.class::isInstance)
				.allSatisfy((thread) -> assertThat(thread.getName()).isEqualTo("socket-server-tls"));
			slow.decide();
			for (Peer peer : peers) {
				assertThat(peer.line()).isEqualTo("<x>");
			}
			assertThat(server.statistics().handshakes()).isEqualTo(Map.of(TlsOutcome.SUCCESS, MANY + 1L));
		}
		finally {
			Opened.closeAll(peers);
		}
	}

	/**
	 * Nobody is asked for a certificate here, which would be computed elsewhere as well.
	 */
	@Every.SoakTransport
	void keysOfTheApplicationHoldUpNobody(SocketTransport transport) throws Exception {
		CountDownLatch gate = new CountDownLatch(1);
		List<Thread> waiting = new CopyOnWriteArrayList<>();
		AtomicBoolean slow = new AtomicBoolean();
		KeyManager keys = Certificates.keys(AUTHORITY.sign(HOST), () -> {
			if (slow.get()) {
				waiting.add(Thread.currentThread());
				Patience.await(gate);
			}
		});
		Tls tls = new Tls(new TlsBundle(HOST, Certificates.material(List.of(keys), List.of())), ClientAuth.NONE, LONG,
				Map.of(), Tls.DEFAULT_CLIENT_HELLO_BYTES);
		SocketServer server = this.fixture.servers.lines((line) -> "<" + line + ">",
				(spec) -> spec.transport(transport).tls(tls));
		try (Peer session = new Peer(server, AUTHORITY.client(), HOST)) {
			canAsk(session);
			slow.set(true);
			CompletableFuture<Peer> late = CompletableFuture.supplyAsync(() -> connect(server),
					(task) -> new Thread(task).start());
			Awaitility.await().until(() -> !waiting.isEmpty());
			canAsk(session);
			assertThat(waiting).noneMatch(IoThread.class::isInstance);
			gate.countDown();
			try (Peer peer = late.get()) {
				canAsk(peer);
			}
		}
		finally {
			gate.countDown();
		}
	}

	private static Peer connect(SocketServer server) {
		try {
			return new Peer(server, AUTHORITY.client(), HOST);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Its session opens when others have had their turns, and has the last one. */
	@Every.SoakTransport
	void whoseHandshakeEndsDuringADrainIsServedUntilItsTurn(SocketTransport transport) throws Exception {
		// Unless this JVM stands still until that turn.
		Patience.undisturbed(Duration.ofSeconds(1), () -> servesUntilItsTurn(transport));
	}

	private void servesUntilItsTurn(SocketTransport transport) throws Exception {
		this.fixture.servers.remove("test");
		SocketServer server = server(transport, LONG);
		List<Peer> peers = new ArrayList<>();
		try (SlowTrust slow = this.trust) {
			for (int i = 0; i < 3; i++) {
				peers.add(peer(server));
				canAsk(peers.get(i));
			}
			slow.hesitate();
			Peer late = peer(server);
			peers.add(late);
			late.send("x\n");
			slow.awaitAsked(1);
			DrainPlan plan = new DrainPlan(Duration.ZERO, Duration.ofSeconds(3), DrainPlan.Order.OLDEST);

			CompletableFuture<?> end = server.drain(plan, LONG);
			assertThat(peers.get(0).rest()).isEmpty();
			assertThat(server.statistics().pending()).isOne();
			slow.decide();

			assertThat(late.line()).isEqualTo("<x>");
			for (Peer peer : peers) {
				assertThat(peer.rest()).isEmpty();
			}
			assertThat(end).succeedsWithin(LONG);
			assertThat(server.statistics().closed()).containsExactly(Map.entry(CloseReason.SERVER_STOPPED, 4L));
			assertThat(server.statistics().handshakes()).isEqualTo(Map.of(TlsOutcome.SUCCESS, 4L));
		}
		finally {
			Opened.closeAll(peers);
		}
	}

	@Every.SoakTransport
	void whatComesMeanwhileIsHandledAfterIt(SocketTransport transport) throws Exception {
		SocketServer server = server(transport, LONG);
		String line = "0123456789".repeat(100);
		int lines = 10_000;
		AtomicLong sent = new AtomicLong();
		try (SlowTrust slow = this.trust.hesitate(); Peer peer = peer(server)) {
			CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
				try {
					for (int i = 0; i < lines; i++) {
						peer.send(i + line + "\n");
						sent.set(i);
					}
					peer.endOutput();
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			}, (task) -> new Thread(task).start());
			slow.awaitAsked(1);
			// The server reads no more than it has to.
			Patience.still(sent::get);
			assertThat(sent.get()).isLessThan(lines - 1);
			assertThat(this.fixture.servers.opened).isEmpty();
			slow.decide();
			for (int i = 0; i < lines; i++) {
				assertThat(peer.line()).isEqualTo("<" + i + line + ">");
			}
			assertThat(peer.rest()).isEmpty();
			Patience.await(sending);
			assertThat(this.fixture.servers.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
		}
	}

	/** All of it in one segment, perhaps. */
	@Every.SoakTransport
	void peerMayHaveSaidAllItHasToSay(SocketTransport transport) throws Exception {
		SocketServer server = server(transport, LONG);
		try (SlowTrust slow = this.trust.hesitate(); Peer peer = peer(server)) {
			peer.send("one\ntwo\n").endOutput();
			slow.awaitAsked(1);
			slow.decide();
			assertThat(peer.rest()).isEqualTo("<one>\n<two>\n");
			assertThat(this.fixture.servers.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
		}
	}

	@Every.SoakTransport
	void peerMayGoMeanwhile(SocketTransport transport) throws Exception {
		SocketServer server = server(transport, LONG);
		List<Peer> peers = new ArrayList<>();
		try (SlowTrust slow = this.trust; Peer session = peer(server)) {
			canAsk(session);
			slow.hesitate();
			for (int i = 0; i < MANY; i++) {
				peers.add(peer(server));
			}
			slow.awaitAsked(MANY);
			Awaitility.await().until(() -> server.statistics().pending() == MANY);
			for (Peer peer : peers) {
				peer.reset();
			}
			Awaitility.await().until(() -> server.statistics().pending() == 0);
			canAsk(session);
			assertThat(server.statistics().handshakes()).containsEntry(TlsOutcome.FAILURE, (long) MANY);
			slow.decideForAll();
			try (Peer next = peer(server)) {
				canAsk(next);
			}
			assertThat(this.netty.messages(Level.WARN)).isEmpty();
		}
		finally {
			Opened.closeAll(peers);
		}
	}

	/**
	 * With the most of the server's answer not sent yet: that this fails is no result.
	 */
	@Every.SoakTransport
	void peerThatReadsNothingMayGoMeanwhile(SocketTransport transport) throws Exception {
		this.trust.times = 1400;
		SocketServer server = server(transport, LONG, SocketOptions.DEFAULT.sendBuffer(4 * 1024));
		try (SlowTrust slow = this.trust; Peer session = peer(server)) {
			canAsk(session);
			slow.hesitate();
			try (Peer peer = new Peer(ClientFixture.address(server).getPort(), 2 * 1024)) {
				peer.send(ClientHelloTests.record(HOST, "TLSv1.2"));
				peer.send(certificate());
				slow.awaitAsked(1);
				canAsk(session);
				peer.reset();
				Awaitility.await().until(() -> server.statistics().pending() == 0);
				canAsk(session);
			}
			slow.decideForAll();
			try (Peer next = peer(server)) {
				canAsk(next);
			}
			assertThat(this.netty.messages(Level.WARN)).isEmpty();
		}
	}

	/**
	 * Whom the server does not trust, as TLS 1.2 has it, where nothing is encrypted yet.
	 */
	private static byte[] certificate() throws Exception {
		byte[] certificate = Certificates.OTHER.sign("meter-7").getCertificate().getEncoded();
		int length = certificate.length;
		return ByteBuffer.allocate(15 + length)
			.put((byte) 22)
			.putShort((short) 0x0303)
			.putShort((short) (10 + length))
			.putInt((11 << 24) + 6 + length)
			.put((byte) 0)
			.putShort((short) (3 + length))
			.put((byte) 0)
			.putShort((short) length)
			.put(certificate)
			.array();
	}

	/** Peers may connect and leave for as long as all threads wait. */
	@Every.OneTransport
	void nothingIsKeptOfPeersThatHaveGone(SocketTransport transport) throws Exception {
		SocketServer server = server(transport, LONG);
		List<Peer> peers = new ArrayList<>();
		int more = 100;
		int before = handlersInTheHeap();
		try (SlowTrust slow = this.trust.hesitate()) {
			for (int i = 0; i < MANY; i++) {
				peers.add(peer(server));
			}
			slow.awaitAsked(MANY);
			int port = ClientFixture.address(server).getPort();
			for (int i = 0; i < more; i++) {
				peers.add(new Peer(port, 0).send(ClientHelloTests.record(HOST)));
			}
			Awaitility.await().until(() -> server.statistics().pending() == MANY + more);
			for (Peer peer : peers.subList(MANY, MANY + more)) {
				peer.reset();
			}
			Awaitility.await().until(() -> server.statistics().pending() == MANY);
			Awaitility.await()
				.pollInterval(Duration.ofMillis(500))
				.untilAsserted(() -> assertThat(handlersInTheHeap()).isBetween(MANY, before + MANY + more / 2));
			slow.decide();
		}
		finally {
			Opened.closeAll(peers);
		}
	}

	/** Collects garbage first. */
	private static int handlersInTheHeap() throws Exception {
		Object histogram = ManagementFactory.getPlatformMBeanServer()
			.invoke(new ObjectName("com.sun.management:type=DiagnosticCommand"), "gcClassHistogram",
					new Object[] { new String[0] }, new String[] { String[].class.getName() });
		return histogram.toString()
			.lines()
			.map((line) -> line.trim().split("\\s+"))
			.filter((columns) -> columns.length > 3 && columns[3].equals(DeferredSslHandler.class.getName()))
			.mapToInt((columns) -> Integer.parseInt(columns[1]))
			.sum();
	}

	@Every.SoakTransport
	void lastsNoLongerThanItMay(SocketTransport transport) throws Exception {
		SocketServer server = server(transport, Duration.ofSeconds(6));
		try (SlowTrust slow = this.trust; Peer session = peer(server)) {
			canAsk(session);
			slow.hesitate();
			try (Peer late = peer(server)) {
				slow.awaitAsked(1);
				late.sawReset();
				canAsk(session);
				assertThat(server.statistics().rejected()).isEqualTo(Map.of(RejectReason.TLS_FAILED, 1L));
				assertThat(server.statistics().handshakes()).containsEntry(TlsOutcome.TIMEOUT, 1L);
			}
			slow.decideForAll();
			try (Peer next = peer(server)) {
				canAsk(next);
			}
			assertThat(this.netty.messages(Level.WARN)).isEmpty();
		}
	}

	@Every.SoakTransport
	void serverStopsMeanwhile(SocketTransport transport) throws Exception {
		SocketServer server = server(transport, LONG);
		try (SlowTrust slow = this.trust.hesitate(); Peer peer = peer(server)) {
			slow.awaitAsked(1);
			server.stop();
			peer.sawReset();
			assertThat(server.statistics().pending()).isZero();
			slow.decideForAll();
			server.start();
			try (Peer next = peer(server)) {
				canAsk(next);
			}
		}
		assertThat(this.netty.messages(Level.WARN)).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void ofAClientHoldsUpNoOther(String version) throws Exception {
		SocketServer server = this.fixture.servers.lines((line) -> "<" + line + ">",
				(spec) -> spec.tls(Certificates.patient(AUTHORITY.bundle(HOST))));
		TlsMaterial hesitant = new TlsMaterial("TLS", List.of(), List.of(this.trust), List.of(version), List.of());
		try (SlowTrust slow = this.trust.hesitate()) {
			SocketClient client = this.fixture.start(server,
					(spec) -> spec.host(HOST)
						.connectTimeout(LONG)
						.tls(new ClientTls(new TlsBundle("hesitant", hesitant), null)));
			slow.awaitAsked(1);
			SocketClient other = this.fixture.clients.register(ClientSpec.builder("other")
				.host(HOST)
				.port(ClientFixture.address(server).getPort())
				.connectTimeout(LONG)
				.tls(new ClientTls(new TlsBundle("other", Certificates.material(List.of(), List.of(AUTHORITY.trust()))),
						null))
				.build());
			other.start();
			assertThat(Patience.await(other.ask("y", Patience.limit()))).isEqualTo("<y>");
			assertThat(slow.askers).hasSize(1)
				.noneMatch(IoThread.class::isInstance)
				.allSatisfy((thread) -> assertThat(thread.getName()).isEqualTo("socket-server-tls"));
			slow.decide();
			assertThat(Patience.await(client.ask("x", Patience.limit()))).isEqualTo("<x>");
		}
	}

	/**
	 * Starts a client, which waits for its first decision on whether to trust the server.
	 */
	private SocketClient hesitant(SocketServer server, SocketTransport transport, Duration connectTimeout) {
		TlsMaterial hesitant = Certificates.material(List.of(), List.of(this.trust));
		this.trust.hesitate();
		SocketClient client = this.fixture.start(server,
				(spec) -> spec.host(HOST)
					.transport(transport)
					.connectTimeout(connectTimeout)
					.tls(new ClientTls(new TlsBundle("hesitant", hesitant), null)));
		this.trust.awaitAsked(1);
		return client;
	}

	@Every.SoakTransport
	void ofAClientLastsNoLongerThanItMay(SocketTransport transport) {
		SocketServer server = this.fixture.servers.lines((line) -> "<" + line + ">",
				(spec) -> spec.transport(transport).tls(Tls.of(AUTHORITY.bundle(HOST))));
		try (SlowTrust slow = this.trust) {
			SocketClient client = hesitant(server, transport, Duration.ofSeconds(2));
			Awaitility.await().until(() -> client.statistics().failed().getOrDefault(ConnectFailure.TIMEOUT, 0L) >= 1);
			slow.decide();
			Awaitility.await()
				.atMost(Patience.limit())
				.until(() -> client.statistics().handshakes().getOrDefault(TlsOutcome.SUCCESS, 0L) >= 1);
			assertThat(this.netty.messages(Level.WARN)).isEmpty();
		}
	}

	/** Tried again at once, and not after the time that an attempt may take. */
	@Every.SoakTransport
	void ofAClientEndsWithItsServer(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.servers.lines((line) -> "<" + line + ">",
				(spec) -> spec.transport(transport).tls(Tls.of(AUTHORITY.bundle(HOST))));
		try (SlowTrust slow = this.trust) {
			SocketClient client = hesitant(server, transport, LONG);
			server.stop();
			Awaitility.await()
				.untilAsserted(() -> assertThat(client.statistics().failed()).containsKeys(ConnectFailure.TLS,
						ConnectFailure.REFUSED));
			slow.decideForAll();
			server.start();
			try (Peer next = new Peer(server)) {
				canAsk(next);
			}
			assertThat(this.netty.messages(Level.WARN)).isEmpty();
		}
	}

}
