package dev.socketserver.netty.listen;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import dev.socketserver.BindPolicy;
import dev.socketserver.ListenerSpec;
import dev.socketserver.ListenerState;
import dev.socketserver.ListenerStatus;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.ServerStartException.Problem;
import dev.socketserver.ServerState;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketSession;
import dev.socketserver.address.Cidr;
import dev.socketserver.engine.server.ManagedServer;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.network.DatagramPeer;
import dev.socketserver.fixtures.network.UnixPeer;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.settings.ChangingServer;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.OnFull;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.gate.OnExceeded;
import dev.socketserver.spec.gate.Rate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Servers that listen in several places, for one set of sessions.
 */
@SuppressWarnings("try") // closing a peer earlier is what some tests do
class SeveralListenersTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final LogLines log = new LogLines(SocketServer.class);

	@RegisterExtension
	final LogLines ports = new LogLines(KeptPort.class);

	@TempDir
	Path directory;

	static Stream<SocketTransport> transports() {
		return ServerFixture.transports();
	}

	/** Replies with the listener and the line; {@code as X} binds the session first. */
	private SocketServer gateway(UnaryOperator<ServerSpec.Builder> spec) {
		SessionHandler handler = (payload, session) -> {
			String line = (String) payload;
			if (line.equals("fail")) {
				throw new IllegalStateException("asked to");
			}
			if (line.startsWith("as ")) {
				session.bind("device", line.substring(3), BindPolicy.REPLACE);
			}
			return session.listener() + " " + line;
		};
		SocketServer server = this.fixture.servers.register(
				spec.apply(ServerSpec.builder("gateway").handler(ServerFixture.messages("gateway", handler)).port(0))
					.build());
		server.start();
		return server;
	}

	private static Consumer<ListenerSpec.Builder> tls() {
		return (listener) -> listener.port(0).tls(Certificates.patient(Certificates.TRUSTED.bundle("localhost")));
	}

	private static Consumer<ListenerSpec.Builder> datagrams() {
		return (listener) -> listener.port(0).udp((udp) -> udp.amplification(100));
	}

	private Path path() {
		return this.directory.resolve("run").resolve("gateway.sock");
	}

	@BeforeEach
	void makeDirectory() throws IOException {
		Files.createDirectory(this.directory.resolve("run"));
	}

	private Consumer<ListenerSpec.Builder> local() {
		return (listener) -> listener.domainSocket((socket) -> socket.path(path().toString()));
	}

	private UnaryOperator<ServerSpec.Builder> everywhere() {
		return (spec) -> spec.listener("tls", tls()).listener("local", local()).listener("datagrams", datagrams());
	}

	private static ListenerStatus status(SocketServer server, String listener) {
		return server.listeners().stream().filter((each) -> each.name().equals(listener)).findFirst().orElseThrow();
	}

	private static Peer tcp(SocketServer server, String listener) throws IOException {
		return new Peer(ServerFixture.port(server, listener), 0);
	}

	private static boolean isReset(SocketServer server, String listener) {
		try (Peer peer = tcp(server, listener)) {
			return peer.sawReset();
		}
		catch (IOException ex) {
			return true;
		}
	}

	private static Peer tls(SocketServer server) throws IOException {
		return new Peer(ServerFixture.port(server, "tls"), 0, Certificates.TRUSTED.client());
	}

	private static DatagramPeer udp(SocketServer server) throws IOException {
		return new DatagramPeer(
				new InetSocketAddress(InetAddress.getLoopbackAddress(), ServerFixture.port(server, "datagrams")));
	}

	private static void await(Runnable assertion) {
		Awaitility.await().untilAsserted(assertion::run);
	}

	@ParameterizedTest
	@MethodSource("transports")
	void sessionsOfAllListenersAreOneSet(SocketTransport transport) throws Exception {
		SocketServer server = gateway((spec) -> everywhere().apply(spec.transport(transport)));
		try (Peer main = new Peer(server);
				Peer secured = tls(server);
				UnixPeer local = UnixPeer.connect(path());
				DatagramPeer datagrams = udp(server)) {
			assertThat(main.ask("a")).isEqualTo("main a");
			assertThat(secured.ask("b")).isEqualTo("tls b");
			assertThat(local.ask("c")).isEqualTo("local c");
			assertThat(datagrams.ask("d")).isEqualTo("datagrams d");

			assertThat(server.sessions().map(SocketSession::listener)).containsExactlyInAnyOrder("main", "tls", "local",
					"datagrams");
			assertThat(server.sessions().map(SocketSession::id)).containsExactly("gateway-1", "gateway-2", "gateway-3",
					"gateway-4");
			assertThat(server.broadcast("all")).isEqualTo(4);
			assertThat(List.of(main.line(), secured.line(), local.line(), datagrams.receive())).containsOnly("all");
			assertThat(server.statistics().accepted()).isEqualTo(4);
			assertThat(server.listeners()).extracting(ListenerStatus::name)
				.containsExactly("main", "datagrams", "local", "tls");
			assertThat(server.listeners()).allSatisfy((each) -> {
				assertThat(each.state()).isEqualTo(ListenerState.LISTENING);
				assertThat(each.accepted()).isEqualTo(1);
				assertThat(each.sessions()).isEqualTo(1);
				assertThat(each.failure()).isNull();
			});
			assertThat(status(server, "local").address()).isEqualTo("unix:" + path());
			assertThat(status(server, "local").port()).isNull();
			assertThat(server.port()).isEqualTo(ServerFixture.port(server, "main")).isPositive();
			assertThat(status(server, "tls").address()).isEqualTo("127.0.0.1:" + ServerFixture.port(server, "tls"));
		}
		await(() -> assertThat(server.listeners()).filteredOn((each) -> !each.name().equals("datagrams"))
			.allSatisfy((each) -> assertThat(each.sessions()).isZero()));
		server.stop();
		assertThat(server.listeners()).allSatisfy((each) -> {
			assertThat(each.state()).isEqualTo(ListenerState.CLOSED);
			assertThat(each.accepted()).isEqualTo(1);
			assertThat(each.sessions()).isZero();
		});
		assertThat(server.port()).isEqualTo(-1);
		assertThat(path()).doesNotExist();
	}

	@Test
	void identityMovesFromUdpToTlsAndBack() throws Exception {
		SocketServer server = gateway(everywhere());
		try (Peer secured = tls(server); DatagramPeer datagrams = udp(server)) {
			assertThat(datagrams.ask("as one")).isEqualTo("datagrams as one");
			assertThat(server.find("device", "one")).extracting(SocketSession::listener).containsExactly("datagrams");
			assertThat(secured.ask("as one")).isEqualTo("tls as one");
			assertThat(server.find("device", "one")).extracting(SocketSession::listener).containsExactly("tls");
			server.find("device", "one").get(0).send("here");
			assertThat(secured.line()).isEqualTo("here");
			await(() -> assertThat(status(server, "datagrams").sessions()).isZero());

			assertThat(datagrams.ask("as one")).isEqualTo("datagrams as one");
			assertThat(server.find("device", "one")).extracting(SocketSession::listener).containsExactly("datagrams");
			assertThat(secured.rest()).isEmpty();
			server.find("device", "one").get(0).send("there");
			assertThat(datagrams.receive()).isEqualTo("there");
		}
	}

	@Test
	void allAreBoundOrNone() throws Exception {
		int free = Ports.free();
		try (ServerSocket taken = new ServerSocket(Ports.free(), 1, InetAddress.getLoopbackAddress())) {
			SocketServer server = this.fixture.servers.register(ServerSpec.builder("gateway")
				.handler(ServerHandler.function("echo", PayloadConverter.text(UTF_8), (line) -> line))
				.port(free)
				.listener("local", local())
				.listener("tls", tls().andThen((listener) -> listener.port(taken.getLocalPort())))
				.build());

			assertThatExceptionOfType(ServerStartException.class).isThrownBy(server::start).satisfies((ex) -> {
				assertThat(ex).hasMessageStartingWith("Server 'gateway/tls' cannot listen on 127.0.0.1:");
				assertThat(ex.server()).isEqualTo("gateway");
				assertThat(ex.listener()).isEqualTo("tls");
				assertThat(ex.problem()).isEqualTo(Problem.PORT_IN_USE);
			});

			assertThat(server.state()).isEqualTo(ServerState.FAILED);
			assertThat(server.listeners()).extracting(ListenerStatus::state).containsOnly(ListenerState.CLOSED);
			assertThat(path()).doesNotExist();
			new ServerSocket(free, 1, InetAddress.getLoopbackAddress()).close();
			taken.close();
			server.start();
			try (Peer peer = new Peer(server)) {
				assertThat(peer.ask("x")).isEqualTo("x");
			}
		}
	}

	@Test
	void oneIsPausedAndTheOthersAccept() throws Exception {
		SocketServer server = gateway(everywhere());

		assertThat(server.pause("main")).isTrue();
		assertThat(server.pause("main")).isFalse();
		assertThat(server.state()).isEqualTo(ServerState.RUNNING);
		assertThat(server.listeners()).extracting(ListenerStatus::state)
			.containsExactly(ListenerState.PAUSED, ListenerState.LISTENING, ListenerState.LISTENING,
					ListenerState.LISTENING);
		try (Peer waits = new Peer(server); Peer secured = tls(server); DatagramPeer datagrams = udp(server)) {
			waits.send("late\n");
			assertThat(secured.ask("x")).isEqualTo("tls x");
			assertThat(datagrams.ask("x")).isEqualTo("datagrams x");
			assertThat(status(server, "main").accepted()).isZero();

			assertThat(server.resume("main")).isTrue();
			assertThat(server.resume("main")).isFalse();
			assertThat(waits.line()).isEqualTo("main late");
		}
		assertThat(this.log.messages()).anyMatch((line) -> line.endsWith("'gateway/main' is paused: connections wait"))
			.anyMatch((line) -> line.endsWith("'gateway/main' accepts connections again"));
		assertThatIllegalArgumentException().isThrownBy(() -> server.pause("other"))
			.withMessage("Server 'gateway' has no listener 'other'");
	}

	@Test
	void serverIsPausedWhenAllListenersAre() throws Exception {
		SocketServer server = gateway((spec) -> spec.listener("tls", tls()));

		assertThat(server.pause("tls")).isTrue();
		assertThat(server.state()).isEqualTo(ServerState.RUNNING);
		assertThat(server.pause("main")).isTrue();
		assertThat(server.state()).isEqualTo(ServerState.PAUSED);
		assertThat(server.pause()).isFalse();
		assertThat(server.resume("tls")).isTrue();
		assertThat(server.state()).isEqualTo(ServerState.RUNNING);
		assertThat(server.pause()).as("pauses those that are not").isTrue();
		assertThat(server.resume()).isTrue();
		assertThat(server.listeners()).extracting(ListenerStatus::state).containsOnly(ListenerState.LISTENING);
		assertThat(server.resume()).isFalse();
		try (Peer secured = tls(server)) {
			assertThat(secured.ask("x")).isEqualTo("tls x");
		}
	}

	@Test
	void limitsCountSessionsOfAllListeners() throws Exception {
		SocketServer server = gateway(
				(spec) -> everywhere().apply(spec).limits((limits) -> limits.sessions(2).onFull(OnFull.WAIT)));
		try (Peer main = new Peer(server); UnixPeer local = UnixPeer.connect(path())) {
			main.ask("x");
			local.ask("x");
			try (Peer waits = tcp(server, "tls"); DatagramPeer datagrams = udp(server)) {
				// UDP may displace sessions of UDP only, and there is none.
				datagrams.send("x");
				await(() -> assertThat(server.statistics().rejected()).containsEntry(RejectReason.LIMIT_SESSIONS, 1L));
				assertThat(status(server, "tls").accepted()).isZero();
				waits.close();
			}
			main.close();
			// Who has waited is accepted then, and has a place until it is seen that it
			// is gone.
			await(() -> assertThat(server.statistics().abandoned()).isEqualTo(1));
			await(() -> assertThat(((ManagedServer) server).admission().taken()).isEqualTo(1));
			try (DatagramPeer first = udp(server); DatagramPeer second = udp(server)) {
				assertThat(first.ask("x")).isEqualTo("datagrams x");
				assertThat(second.ask("x")).as("displaces the first").isEqualTo("datagrams x");
				assertThat(local.ask("still here")).isEqualTo("local still here");
			}
		}
	}

	@Test
	void listenerHasAddressesAndPaceOfItsOwn() throws Exception {
		SocketServer server = gateway((spec) -> spec.limits((limits) -> limits.deny(List.of(Cidr.of("127.0.0.9/32"))))
			.listener("none", (listener) -> listener.port(0).allow(List.of(Cidr.of("10.0.0.0/8"))))
			.listener("open", (listener) -> listener.port(0).deny(List.of()))
			.listener("slow", (listener) -> listener.port(0).acceptRate(4)));
		assertThat(isReset(server, "none")).isTrue();
		assertThat(server.statistics().rejected()).containsEntry(RejectReason.DENIED, 1L);
		try (Peer main = new Peer(server)) {
			assertThat(main.ask("x")).isEqualTo("main x");
		}
		List<Peer> peers = new CopyOnWriteArrayList<>();
		long begin = System.nanoTime();
		for (int i = 0; i < 3; i++) {
			peers.add(tcp(server, "slow").send(i + "\n"));
		}
		try (Peer other = tcp(server, "open")) {
			assertThat(other.ask("x")).as("accepts while another waits").isEqualTo("open x");
		}
		for (Peer peer : peers) {
			assertThat(peer.line()).startsWith("slow ");
			peer.close();
		}
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(375));
	}

	@Test
	void rateOfTheServerHoldsForAllTogether() throws Exception {
		SocketServer server = gateway((spec) -> spec.limits((limits) -> limits.acceptRate(10))
			.listener("a", (listener) -> listener.port(0))
			.listener("b", (listener) -> listener.port(0)));
		long begin = System.nanoTime();
		List<Peer> peers = new CopyOnWriteArrayList<>();
		for (String listener : List.of("main", "a", "b", "main", "a", "b")) {
			peers.add(tcp(server, listener).send("x\n"));
		}
		for (Peer peer : peers) {
			assertThat(peer.line()).endsWith(" x");
			peer.close();
		}
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(350));
	}

	@Test
	void listenerHasFramingAndFarewellOfItsOwn() throws Exception {
		SocketServer server = gateway((spec) -> spec.farewell("bye")
			.listener("other", (listener) -> listener.port(0).framing(Framing.delimiter(";")).farewell("gone"))
			.listener("silent", (listener) -> listener.port(0).farewell(null)));
		try (Peer main = new Peer(server); Peer other = tcp(server, "other"); Peer silent = tcp(server, "silent")) {
			assertThat(main.ask("x")).isEqualTo("main x");
			assertThat(new String(other.send("x;").bytes(8), UTF_8)).isEqualTo("other x;");
			assertThat(silent.ask("x")).isEqualTo("silent x");

			server.drain(Duration.ofSeconds(20));

			assertThat(main.line()).isEqualTo("bye");
			assertThat(new String(other.bytes(5), UTF_8)).isEqualTo("gone;");
			server.stop();
			assertThat(silent.rest()).isEmpty();
		}
	}

	@Test
	void restartKeepsFreePortsAndListensInAllPlaces() throws Exception {
		Ports.untaken(this.ports, this::keepsFreePortsAndListensInAllPlaces);
	}

	private void keepsFreePortsAndListensInAllPlaces() throws Exception {
		this.fixture.servers.remove("gateway");
		SocketServer server = gateway(everywhere());
		List<ListenerStatus> before = server.listeners();
		server.pause("tls");

		assertThat(server.restart(Duration.ofSeconds(1))).isTrue();

		await(() -> assertThat(server.state()).isEqualTo(ServerState.RUNNING));
		assertThat(server.listeners()).isEqualTo(before);
		try (Peer secured = tls(server); UnixPeer local = UnixPeer.connect(path()); DatagramPeer udp = udp(server)) {
			assertThat(secured.ask("x")).isEqualTo("tls x");
			assertThat(local.ask("x")).isEqualTo("local x");
			assertThat(udp.ask("x")).isEqualTo("datagrams x");
		}
	}

	@Test
	void oneHealsWhileTheOthersGoOn() throws Exception {
		SocketServer server = gateway(everywhere());
		try (UnixPeer before = UnixPeer.connect(path())) {
			before.ask("x");
			Files.delete(path());
			Awaitility.await().ignoreExceptions().until(() -> {
				try (UnixPeer after = UnixPeer.connect(path())) {
					return after.ask("x").equals("local x");
				}
			});
			assertThat(before.ask("y")).isEqualTo("local y");
		}
		await(() -> assertThat(status(server, "local").state()).isEqualTo(ListenerState.LISTENING));
		assertThat(server.statistics().listenersReplaced()).isEqualTo(1);
		try (Peer main = new Peer(server)) {
			assertThat(main.ask("x")).isEqualTo("main x");
		}
	}

	@Test
	void oneThatCannotHealIsFailedUntilItCan() throws Exception {
		BlockingQueue<String> alarms = new LinkedBlockingQueue<>();
		this.fixture.listeners.add(new SocketServerListener() {

			@Override
			public void alarm(SocketServer server, Alarm alarm) {
				alarms.add(alarm.detail());
			}

		});
		SocketServer server = gateway(everywhere());
		// At once: where it could be made again in between, it might be.
		Files.move(path().getParent(), this.directory.resolve("gone"));
		await(() -> assertThat(status(server, "local").state()).isEqualTo(ListenerState.FAILED));
		assertThat(status(server, "local").failure()).isNotNull();
		assertThat(server.failure()).isNotNull();
		assertThat(server.state()).isEqualTo(ServerState.RUNNING);
		assertThat(server.listeners()).filteredOn((each) -> !each.name().equals("local"))
			.extracting(ListenerStatus::state)
			.containsOnly(ListenerState.LISTENING);
		try (Peer main = new Peer(server)) {
			assertThat(main.ask("x")).isEqualTo("main x");
		}

		makeDirectory();

		await(() -> assertThat(status(server, "local").state()).isEqualTo(ListenerState.LISTENING));
		assertThat(server.failure()).isNull();
		assertThat(Patience.next(alarms))
			.startsWith("connections cannot be accepted by gateway/local on unix:" + path());
		assertThat(Patience.next(alarms))
			.isEqualTo("connections are accepted by gateway/local on unix:" + path() + " again");
	}

	@Test
	void failedHandlerIsLoggedWithTheListener() throws Exception {
		SocketServer server = gateway((spec) -> spec.listener("other", (listener) -> listener.port(0)));
		try (Peer peer = tcp(server, "other")) {
			peer.send("fail\n");
			await(() -> assertThat(this.log.messages()).anyMatch((line) -> line
				.contains("'gateway/other': session gateway-1 of 127.0.0.1:" + peer.localPort() + ": handler")));
		}
	}

	@Test
	void logNamesTheListener() throws Exception {
		SocketServer server = gateway((spec) -> everywhere().apply(spec)
			.listener("tls", (listener) -> listener.deny(List.of(Cidr.of("127.0.0.0/8")))));
		assertThat(isReset(server, "tls")).isTrue();
		assertThat(this.log.messages()).anyMatch((line) -> line.contains("'gateway/main' listens on 127.0.0.1:"))
			.anyMatch((line) -> line.contains("'gateway/tls' listens on 127.0.0.1:") && line.contains("TLS, line"))
			.anyMatch((line) -> line.contains("'gateway/local' listens on unix:"))
			.anyMatch((line) -> line.contains("'gateway/datagrams' listens on 127.0.0.1:"));
		await(() -> assertThat(this.log.messages())
			.anyMatch((line) -> line.contains("'gateway/tls' has refused a connection from 127.0.0.1:")));
	}

	@Test
	void onlyListenerOfAnotherNameIsTheServer() throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase, (spec) -> spec.listener("b", datagrams()));

		assertThat(server.listeners()).extracting(ListenerStatus::name).containsExactly("b");
		assertThat(server.port()).isEqualTo(ServerFixture.port(server, "b"));
		assertThat(this.log.messages()).anyMatch((line) -> line.contains("'test' listens on 127.0.0.1:"));
	}

	@Test
	void oneShotServesTheFirstConnectionAtAnyListener() throws Exception {
		SocketServer server = gateway((spec) -> spec.oneShot(true).listener("tls", tls()));
		try (Peer secured = tls(server)) {
			assertThat(secured.ask("x")).isEqualTo("tls x");
			assertThat(isReset(server, "main")).isTrue();
		}
		await(() -> assertThat(server.state()).isEqualTo(ServerState.STOPPED));
	}

	@Test
	void wrongListenersAreNamed() {
		assertThatWrong((spec) -> spec.port(7000).listener("main", (listener) -> listener.port(7001)))
			.isEqualTo("listeners.main");
		assertThatWrong((spec) -> spec.port(7000).listener("a", (listener) -> {
		})).isEqualTo("listeners.a.port");
		assertThatWrong((spec) -> spec.port(7000).listener("a", (listener) -> listener.port(7000)))
			.isEqualTo("listeners.a.port");
		assertThatWrong((spec) -> spec.port(7000).listener("A", (listener) -> listener.port(7001)))
			.isEqualTo("listeners.A.name");
		assertThatWrong((spec) -> spec.port(7000).listener("a", datagrams().andThen((listener) -> listener.backlog(3))))
			.isEqualTo("listeners.a.backlog");
		assertThatWrong((spec) -> spec.port(7000).listener("a", local().andThen((listener) -> listener.port(3))))
			.isEqualTo("listeners.a.port");
		assertThatWrong(
				(spec) -> spec.handler(ServerHandler.function("bytes", PayloadConverter.bytes(), (bytes) -> bytes))
					.framing(Framing.line())
					.port(7000)
					.rate((rate) -> rate.messages(Rate.messages("1/s")).onExceeded(OnExceeded.DROP))
					.listener("a", (listener) -> listener.port(7001).framing(Framing.raw())))
			.isEqualTo("rate.onExceeded");
	}

	private static org.assertj.core.api.AbstractStringAssert<?> assertThatWrong(
			UnaryOperator<ServerSpec.Builder> spec) {
		ServerSpec.Builder builder = spec.apply(ServerSpec.builder("wrong")
			.handler(ServerHandler.function("echo", PayloadConverter.text(UTF_8), (line) -> line)));
		InvalidSpecException thrown = org.junit.jupiter.api.Assertions.assertThrows(InvalidSpecException.class,
				builder::build);
		return assertThat(thrown.component()).as(thrown.getMessage());
	}

	@Test
	void whatHasNoMeaningForOneKindIsNotInherited() throws Exception {
		SocketServer server = gateway((spec) -> everywhere().apply(spec.backlog(7)
			.address("127.0.0.1")
			.tls(Certificates.patient(Certificates.TRUSTED.bundle("localhost")))
			.limits((limits) -> limits.allow(List.of(Cidr.of("127.0.0.0/8"))).sessionsPerAddress(5))));
		try (UnixPeer local = UnixPeer.connect(path()); DatagramPeer udp = udp(server)) {
			assertThat(udp.ask("x")).isEqualTo("datagrams x");
			assertThat(server.spec().listener("datagrams").tls()).isNull();
			assertThat(server.spec().listener("local").tls()).isNotNull();
			assertThat(server.spec().listener("local").allow()).isEmpty();
			assertThat(server.spec().listener("datagrams").allow()).hasSize(1);
		}
	}

	@Test
	void whatIsRefusedByAListenerThatIsGoneIsLogged() throws Exception {
		AtomicBoolean secured = new AtomicBoolean(true);
		ChangingServer changing = new ChangingServer(this.fixture,
				ServerFixture.messages("gateway", (line, session) -> line),
				(spec) -> secured.get() ? spec.listener("tls", tls()) : spec);
		SocketServer server = changing.server();
		try (Peer pending = new Peer(ServerFixture.port(server, "tls"), 0)) {
			pending.send(new byte[] { 0x16, 0x03 });
			await(() -> assertThat(server.statistics().accepted()).isEqualTo(1));
			server.closeListener();
			secured.set(false);
			changing.change(UnaryOperator.identity());
			pending.send("no handshake");
			pending.endOutput();
			await(() -> assertThat(this.log.messages())
				.anyMatch((line) -> line.startsWith("'test/tls' has refused a connection from ")
						&& line.contains("TLS_FAILED")));
		}
	}

}
