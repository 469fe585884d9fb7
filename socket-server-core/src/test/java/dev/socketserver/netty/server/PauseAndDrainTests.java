package dev.socketserver.netty.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.ListenerState;
import dev.socketserver.ListenerStatus;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.engine.server.ManagedServer;
import dev.socketserver.engine.session.Session;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.DrainPlan;
import dev.socketserver.spec.OnFull;
import dev.socketserver.spec.SocketTransport;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PauseAndDrainTests {

	/** Is over in no test. */
	private static final Duration LONG = Duration.ofHours(1);

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final LogLines log = new LogLines(SocketServer.class);

	private SocketServer upper(SocketTransport transport) {
		return this.fixture.lines(String::toUpperCase, (spec) -> spec.transport(transport));
	}

	@Every.DefaultTransport
	void whilePausedSessionsGoOnAndConnectsWait(SocketTransport transport) throws Exception {
		SocketServer server = upper(transport);
		try (Peer before = new Peer(server)) {
			assertThat(before.ask("a")).isEqualTo("A");
			assertThat(server.resume()).isFalse();
			assertThat(server.pause()).isTrue();
			assertThat(server.pause()).isFalse();
			assertThat(server.state()).isEqualTo(ServerState.PAUSED);
			assertThat(server.localAddress()).isNotNull();

			try (Peer waiting = new Peer(server)) {
				waiting.send("waited\n");
				assertThat(before.ask("b")).isEqualTo("B");
				assertThat(server.statistics().accepted()).isOne();

				assertThat(server.resume()).isTrue();
				assertThat(server.state()).isEqualTo(ServerState.RUNNING);
				assertThat(waiting.line()).isEqualTo("WAITED");
			}
		}
	}

	/** Whoever connects while listeners are notified of the start is not accepted. */
	@Every.DefaultTransport
	void aServerMayBeginPaused(SocketTransport transport) throws Exception {
		AtomicReference<ServerState> begun = new AtomicReference<>();
		AtomicReference<Peer> early = new AtomicReference<>();
		try (NettySocketServers servers = new NettySocketServers(List.of(new SocketServerListener() {
			@Override
			public void started(SocketServer server) {
				begun.set(server.state());
				try {
					early.set(new Peer(server));
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
			}
		}))) {
			SocketServer server = servers.register(spec((spec) -> spec.transport(transport)));
			ServerOperations.of(server).startPaused(Set.of("main", "other"));
			assertThat(begun).hasValue(ServerState.PAUSED);
			assertThat(server.state()).isEqualTo(ServerState.PAUSED);
			assertThat(this.log.messages()).contains("'test' is paused: connections wait");
			try (Peer waits = early.get()) {
				waits.send("a\n");
				assertThat(server.statistics().accepted()).isZero();
				assertThat(server.resume()).isTrue();
				assertThat(waits.line()).isEqualTo("A");
			}
		}
	}

	private static ServerSpec spec(UnaryOperator<ServerSpec.Builder> settings) {
		return settings
			.apply(ServerSpec.builder("test")
				.handler(ServerHandler.function("upper", PayloadConverter.text(UTF_8), String::toUpperCase)))
			.build();
	}

	@Test
	void oneOfSeveralListenersMayBeginPaused() throws Exception {
		SocketServer server = this.fixture.servers
			.register(spec((spec) -> spec.port(0).listener("second", (second) -> second.port(0))));
		ServerOperations.of(server).startPaused(Set.of("second"));
		assertThat(server.listeners()).extracting(ListenerStatus::state)
			.containsExactly(ListenerState.LISTENING, ListenerState.PAUSED);
		assertThat(server.state()).isEqualTo(ServerState.RUNNING);
		assertThat(server.pause()).isTrue();
		assertThat(server.state()).isEqualTo(ServerState.PAUSED);
	}

	@Every.DefaultTransport
	void nothingIsAcceptedOncePauseHasReturned(SocketTransport transport) throws Exception {
		SocketServer server = upper(transport);
		for (int round = 0; round < 50; round++) {
			assertThat(server.pause()).isTrue();
			long accepted = server.statistics().accepted();
			try (Peer waiting = new Peer(server)) {
				assertThat(server.statistics().accepted()).isEqualTo(accepted);
				assertThat(server.resume()).isTrue();
				assertThat(waiting.ask("x")).isEqualTo("X");
			}
		}
	}

	@Every.DefaultTransport
	void connectionsThatWaitAtAStopAreServedOrRefused(SocketTransport transport) throws Exception {
		SocketServer server = upper(transport);
		server.pause();
		List<Peer> waiting = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			waiting.add(new Peer(server).send("x\n"));
		}

		assertThat(server.stop()).isTrue();

		assertThat(server.state()).isEqualTo(ServerState.STOPPED);
		for (Peer peer : waiting) {
			assertThat(served(peer)).isIn("", "X\n");
			peer.close();
		}
	}

	/** What a peer gets before its connection ends, which it must. */
	private static String served(Peer peer) throws IOException {
		try {
			return peer.rest();
		}
		catch (SocketException ex) {
			return "";
		}
	}

	@Every.DefaultTransport
	void drainLetsSessionsEndByThemselves(SocketTransport transport) throws Exception {
		SocketServer server = upper(transport);
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("a")).isEqualTo("A");
			server.pause();

			CompletableFuture<?> end = server.drain(LONG);

			assertThat(server.state()).isEqualTo(ServerState.DRAINING);
			assertThat(server.localAddress()).isNull();
			assertThat(peer.ask("still there")).isEqualTo("STILL THERE");
			assertThat(end).isNotDone();
			assertThat(peer.endOutput().rest()).isEmpty();
			Patience.await(end);
		}
		assertThat(server.state()).isEqualTo(ServerState.STOPPED);
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
		server.start();
		assertThat(server.state()).isEqualTo(ServerState.RUNNING);
	}

	@Test
	void atItsTimeoutADrainBecomesAStop() throws Exception {
		SocketServer server = upper(SocketTransport.AUTO);
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("a")).isEqualTo("A");

			CompletableFuture<?> end = server.drain(LONG);
			assertThat(server.drain(Duration.ofMillis(50))).isNotNull();

			assertThat(peer.rest()).isEmpty();
			Patience.await(end);
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.SERVER_STOPPED);
	}

	@Test
	void ofTwoDrainsOfAnOperatorOneBeginsAndTheOtherDoesNotShortenIt() throws Exception {
		SocketServer server = upper(SocketTransport.AUTO);
		ServerOperations operations = ServerOperations.of(server);
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("a")).isEqualTo("A");

			assertThat(operations.beginDrain(DrainPlan.NONE, Duration.ofHours(1))).isTrue();

			assertThat(operations.beginDrain(DrainPlan.NONE, Duration.ZERO)).isFalse();
			assertThat(operations.endsAsked()).isOne();
			assertThat(peer.ask("b")).isEqualTo("B");
			assertThat(server.stop()).isTrue();
		}
		assertThat(operations.beginDrain(DrainPlan.NONE, LONG)).isFalse();
		assertThat(server.state()).isEqualTo(ServerState.STOPPED);
	}

	@Test
	void aDrainSaysHowManySessionsWereCut() throws Exception {
		CompletableFuture<String> never = new CompletableFuture<>();
		CountDownLatch called = new CountDownLatch(1);
		SocketServer server = this.fixture.lines((line) -> {
			called.countDown();
			return never;
		}, (spec) -> spec.drainTimeout(Duration.ofMillis(50)));
		try (Peer peer = new Peer(server)) {
			peer.send("a\n");
			// A line that is handled later is not handled any more.
			Patience.await(called);

			assertThat(server.drain(Duration.ofMillis(50))).succeedsWithin(Patience.limit());
		}
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.log.messages()).anyMatch(
					(line) -> line.matches("'test' has drained in \\d+ ms: 1 closed \\{SERVER_STOPPED=1}, 1 cut")));
	}

	@Test
	void aStopEndsADrainBeforeItsTime() throws Exception {
		SocketServer server = upper(SocketTransport.AUTO);
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("a")).isEqualTo("A");
			CompletableFuture<?> end = server.drain(LONG);

			assertThat(server.stop()).isTrue();

			assertThat(server.stop()).isFalse();
			assertThat(end).succeedsWithin(Patience.limit());
			assertThat(peer.rest()).isEmpty();
		}
	}

	/** Its handler returns when it is released. */
	private SocketServer holding(CountDownLatch called, CountDownLatch release,
			UnaryOperator<ServerSpec.Builder> spec) {
		return this.fixture.lines((line) -> {
			called.countDown();
			Patience.hold(release);
			return line;
		}, spec);
	}

	/** The sessions that are left are asked to end, and one does not. */
	@Test
	void aStopEndsADrainThatIsBehindItsTime() throws Exception {
		CountDownLatch called = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		SocketServer server = holding(called, release, (spec) -> spec.drainTimeout(Duration.ofHours(1)));
		try (Peer peer = new Peer(server).send("work\n")) {
			Patience.await(called);
			CompletableFuture<?> end = server.drain(Duration.ZERO);
			Session session = (Session) server.sessions().findFirst().orElseThrow();
			Awaitility.await().until(session::closing);

			assertThat(ServerOperations.of(server).beginStop(Duration.ofHours(1))).isTrue();

			assertThat(ServerOperations.of(server).beginStop(Duration.ofHours(1))).isFalse();
			assertThat(server.stop(Duration.ZERO)).isFalse();
			assertThat(peer.sawReset()).isTrue();
			release.countDown();
			Patience.await(end);
		}
		finally {
			release.countDown();
		}
	}

	@Test
	void drainingNothingIsDoneAtOnce() {
		SocketServer server = upper(SocketTransport.AUTO);
		server.stop();
		assertThat(server.drain(LONG)).isDone();
		assertThat(server.state()).isEqualTo(ServerState.STOPPED);
	}

	@Every.DefaultTransport
	void sessionsAreKeptWhenOnlyTheListenerStopsAndTheServerCanListenAgain(SocketTransport transport) throws Exception {
		int port = Ports.free();
		SocketServer server = this.fixture.lines(String::toUpperCase, (spec) -> spec.port(port).transport(transport));
		List<Peer> peers = new ArrayList<>();
		for (int round = 0; round < 20; round++) {
			Peer peer = new Peer(server);
			peers.add(peer);
			assertThat(peer.ask("a")).isEqualTo("A");

			assertThat(server.closeListener()).isTrue();

			assertThat(server.closeListener()).isFalse();
			assertThat(server.state()).isEqualTo(ServerState.STOPPED);
			assertThat(server.localAddress()).isNull();
			assertThat(server.sessions()).hasSize(peers.size());
			for (Peer kept : peers) {
				assertThat(kept.ask("kept")).isEqualTo("KEPT");
			}
			server.start();
		}
		CompletableFuture<?> end = server.stopped();
		assertThat(server.stop()).isTrue();

		assertThat(end).succeedsWithin(Patience.limit());
		assertThat(server.sessions()).isEmpty();
		for (Peer peer : peers) {
			assertThat(peer.rest()).isEmpty();
			peer.close();
		}
		assertThat(server.statistics().closed()).containsExactly(java.util.Map.entry(CloseReason.SERVER_STOPPED, 20L));
	}

	@Test
	void keptSessionsHaveTheirPermitsAmongThoseThatMayBe() throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase,
				(spec) -> spec.port(Ports.free()).limits((l) -> l.sessions(2).sessionsPerAddress(1)));
		try (Peer kept = new Peer(server, "127.0.0.2")) {
			assertThat(kept.ask("a")).isEqualTo("A");
			server.closeListener();
			server.start();
			assertThat(Peer.isRefused(server, "127.0.0.2")).isTrue();
			try (Peer second = new Peer(server, "127.0.0.3")) {
				assertThat(second.ask("b")).isEqualTo("B");
				assertThat(Peer.isRefused(server, "127.0.0.4")).isTrue();
				assertThat(kept.ask("c")).isEqualTo("C");
				kept.endOutput();
				Awaitility.await().until(() -> ((ManagedServer) server).admission().taken() == 1);
				try (Peer third = new Peer(server, "127.0.0.2")) {
					assertThat(third.ask("d")).isEqualTo("D");
				}
			}
		}
		assertThat(server.statistics().rejected())
			.isEqualTo(Map.of(RejectReason.LIMIT_ADDRESS, 1L, RejectReason.LIMIT_SESSIONS, 1L));
	}

	@Test
	void sessionsWhoseHandlersDoNotReturnTakeNoPermitFromAnAddressAfterAStop() throws Exception {
		CompletableFuture<String> never = new CompletableFuture<>();
		CountDownLatch called = new CountDownLatch(1);
		SocketServer server = this.fixture.lines((line) -> {
			called.countDown();
			return line.equals("stuck") ? never.join() : line;
		}, (spec) -> spec.port(Ports.free()).limits((l) -> l.sessionsPerAddress(1)));
		try (Peer stuck = new Peer(server)) {
			stuck.send("stuck\n");
			Patience.await(called);
			server.stop(Duration.ZERO);
			server.start();
			try (Peer next = new Peer(server)) {
				assertThat(next.ask("b")).isEqualTo("b");
			}
		}
		finally {
			never.complete("");
		}
	}

	@Test
	void oneShotThatIsStartedBesideItsSessionServesAnother() throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase, (spec) -> spec.port(Ports.free()).oneShot(true));
		try (Peer kept = new Peer(server)) {
			assertThat(kept.ask("a")).isEqualTo("A");
			assertThat(server.closeListener()).isTrue();
			server.start();
			try (Peer next = new Peer(server)) {
				assertThat(next.ask("b")).isEqualTo("B");
				assertThat(kept.ask("c")).isEqualTo("C");
			}
		}
	}

	@Every.DefaultTransport
	void whoComesWaitsForTheEndOfAKeptSessionWhereTheyWait(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase,
				(spec) -> spec.port(Ports.free())
					.transport(transport)
					.limits((l) -> l.sessions(1).onFull(OnFull.WAIT)));
		try (Peer kept = new Peer(server)) {
			assertThat(kept.ask("a")).isEqualTo("A");
			server.closeListener();
			server.start();
			try (Peer waiting = new Peer(server)) {
				waiting.send("b\n").timeout(Duration.ofMillis(100));
				assertThatThrownBy(waiting::line).isInstanceOf(SocketTimeoutException.class);
				assertThat(server.statistics().accepted()).isEqualTo(1);

				kept.endOutput();

				waiting.timeout(Patience.limit());
				assertThat(waiting.line()).isEqualTo("B");
			}
		}
	}

	@Test
	void keptSessionsEndWithTheApplication() throws Exception {
		SocketServer server = upper(SocketTransport.AUTO);
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("a")).isEqualTo("A");
			server.closeListener();
			assertThat(server.stopped()).isNotDone();

			this.fixture.servers.close();

			assertThat(server.stopped()).isDone();
			assertThat(peer.sawReset()).isTrue();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aDrainIsTheEndOfKeptSessionsToo(boolean listensAgain) throws Exception {
		SocketServer server = upper(SocketTransport.AUTO);
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("a")).isEqualTo("A");
			server.closeListener();
			if (listensAgain) {
				server.start();
			}

			CompletableFuture<?> end = server.drain(Duration.ofMillis(50));

			assertThat(peer.rest()).isEmpty();
			assertThat(end).succeedsWithin(Patience.limit());
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.SERVER_STOPPED);
	}

	/** While an older drain waits for sessions that were kept before it. */
	@Test
	void aDrainIsTheEndOfEverySessionThoughAnotherWaitsForSome() throws Exception {
		SocketServer server = upper(SocketTransport.AUTO);
		try (Peer kept = new Peer(server)) {
			assertThat(kept.ask("a")).isEqualTo("A");
			server.closeListener();
			server.start();
			server.drain(LONG);
			Awaitility.await().until(() -> server.state() == ServerState.STOPPED);
			server.start();
			try (Peer second = new Peer(server)) {
				assertThat(second.ask("b")).isEqualTo("B");
				assertThat(kept.ask("c")).isEqualTo("C");

				CompletableFuture<?> end = server.drain(Duration.ofMillis(50));

				assertThat(second.rest()).isEmpty();
				assertThat(kept.rest()).isEmpty();
				assertThat(end).succeedsWithin(Patience.limit());
			}
		}
		assertThat(server.state()).isEqualTo(ServerState.STOPPED);
	}

	@Test
	void aDrainCancelsARestart() throws Exception {
		CountDownLatch called = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		SocketServer server = holding(called, release, UnaryOperator.identity());
		try (Peer peer = new Peer(server).send("work\n")) {
			Patience.await(called);
			assertThat(server.restart(LONG)).isTrue();

			CompletableFuture<?> end = server.drain(LONG);

			release.countDown();
			assertThat(peer.rest()).isEqualTo("work\n");
			assertThat(end).succeedsWithin(Patience.limit());
		}
		assertThat(server.state()).isEqualTo(ServerState.STOPPED);
	}

	@Test
	void keptSessionsLeaveNothingAfterWhenTheyEnd() throws Exception {
		SocketServer server = upper(SocketTransport.AUTO);
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("a")).isEqualTo("A");
			server.closeListener();
			assertThat(peer.endOutput().rest()).isEmpty();
		}
		assertThat(server.stopped()).succeedsWithin(Patience.limit());
		Awaitility.await()
			.until(() -> Thread.getAllStackTraces()
				.keySet()
				.stream()
				.noneMatch((thread) -> thread.getName().equals("socket-server-keep-alive")));
	}

	@Test
	void restartsOnTheSamePortWhenItsSessionsHaveEnded() throws Exception {
		int port = Ports.free();
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		SocketServer server = this.fixture.lines((line) -> {
			entered.countDown();
			Patience.hold(release);
			return line;
		}, (spec) -> spec.port(port));
		try (Peer peer = new Peer(server).send("work\n")) {
			entered.await();

			assertThat(server.restart(LONG)).isTrue();

			assertThat(server.state()).isEqualTo(ServerState.DRAINING);
			assertThat(server.restart(LONG)).isFalse();
			release.countDown();
			assertThat(peer.rest()).isEqualTo("work\n");
		}
		Awaitility.await().until(() -> server.state() == ServerState.RUNNING);
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("again")).isEqualTo("again");
		}
	}

	@Test
	void aStopCancelsARestart() throws Exception {
		CountDownLatch called = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		SocketServer server = this.fixture.streams((in, out, session) -> {
			called.countDown();
			release.await();
		}, UnaryOperator.identity());
		try (Peer peer = new Peer(server)) {
			Patience.await(called);
			CompletableFuture<?> end = server.stopped();
			assertThat(server.restart(LONG)).isTrue();

			assertThat(ServerOperations.of(server).beginStop(LONG)).isTrue();

			assertThat(ServerOperations.of(server).beginStop(LONG)).isFalse();
			release.countDown();
			assertThat(end).succeedsWithin(Patience.limit());
			assertThat(server.state()).isEqualTo(ServerState.STOPPED);
			assertThat(peer.rest()).isEmpty();
		}
	}

	@Test
	void aStoppedServerHasNothingToRestartOrPause() {
		SocketServer server = upper(SocketTransport.AUTO);
		server.stop();
		assertThat(server.restart(LONG)).isFalse();
		assertThat(server.pause()).isFalse();
		assertThat(server.resume()).isFalse();
		assertThat(server.closeListener()).isFalse();
		assertThat(server.state()).isEqualTo(ServerState.STOPPED);
	}

	@Test
	void startedIsNotifiedBeforeStoppedHoweverSoonItStops() throws Exception {
		BlockingQueue<String> events = new LinkedBlockingQueue<>();
		CountDownLatch inStarted = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		try (NettySocketServers servers = new NettySocketServers(List.of(new SocketServerListener() {

			@Override
			public void started(SocketServer server) {
				inStarted.countDown();
				Patience.hold(release);
				events.add("started");
			}

			@Override
			public void stopped(SocketServer server) {
				events.add("stopped");
			}

		}))) {
			SocketServer server = servers.register(spec().build());
			CompletableFuture<Void> starting = CompletableFuture.runAsync(server::start);
			inStarted.await();
			assertThat(ServerOperations.of(server).beginStop(Duration.ZERO)).isTrue();
			CompletableFuture<?> end = server.stopped();
			Awaitility.await().until(() -> server.localAddress() == null);
			assertThat(events).isEmpty();
			release.countDown();

			assertThat(starting).succeedsWithin(Patience.limit());
			assertThat(end).succeedsWithin(Patience.limit());
			assertThat(events).containsExactly("started", "stopped");
		}
	}

	@Test
	void whoIsNotifiedOfAStartGetsItsAddressHoweverSoonItStops() throws Exception {
		AtomicReference<InetSocketAddress> address = new AtomicReference<>();
		try (NettySocketServers servers = new NettySocketServers(List.of(new SocketServerListener() {

			@Override
			public void started(SocketServer server) {
				CompletableFuture.runAsync(() -> {
					ServerOperations.of(server).beginStop(Duration.ZERO);
					await().until(() -> server.localAddress() == null);
				}).join();
			}

		}, new SocketServerListener() {

			@Override
			public void started(SocketServer server) {
				address.set(server.localAddress());
			}

		}))) {
			SocketServer server = servers.register(spec().build());
			server.start();
			assertThat(address.get()).isNotNull();
			assertThat(server.stopped()).succeedsWithin(Patience.limit());
			assertThat(server.localAddress()).isNull();
		}
	}

	@Test
	void aListenerMayStopTheServerThatHasJustStarted() {
		try (NettySocketServers servers = new NettySocketServers(List.of(new SocketServerListener() {

			@Override
			public void started(SocketServer server) {
				server.stop();
			}

		}))) {
			SocketServer server = servers.register(spec().build());
			server.start();
			assertThat(server.stopped()).succeedsWithin(Patience.limit());
			assertThat(server.state()).isEqualTo(ServerState.STOPPED);
		}
	}

	@Test
	void aStopIsTheEndOfAFailedStart() throws Exception {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			SocketServer server = this.fixture.servers.register(spec().port(taken.getLocalPort()).build());
			assertThatExceptionOfType(ServerStartException.class).isThrownBy(server::start);
			assertThat(server.state()).isEqualTo(ServerState.FAILED);

			assertThat(server.stop()).isTrue();

			assertThat(server.state()).isEqualTo(ServerState.STOPPED);
			assertThat(server.failure()).isNull();
			assertThat(server.stop()).isFalse();
		}
	}

	@Test
	void aStopWhileItBindsKeepsItFromRunning() throws Exception {
		SocketServer server = this.fixture.servers.register(spec().build());
		for (int round = 0; round < 50; round++) {
			CompletableFuture<Void> starting = CompletableFuture.runAsync(server::start);
			while (server.state() == ServerState.STOPPED && !starting.isDone()) {
				Thread.onSpinWait();
			}
			assertThat(ServerOperations.of(server).beginStop(Duration.ZERO)).isTrue();
			await().until(starting::isDone);
			await().until(() -> server.state() == ServerState.STOPPED);
			assertThat(server.localAddress()).isNull();
		}
	}

	/** Looks often: this is waited for many times. */
	private static ConditionFactory await() {
		return Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1));
	}

	private static ServerSpec.Builder spec() {
		return ServerSpec.builder("test")
			.handler(ServerHandler.function("f", PayloadConverter.text(UTF_8), (line) -> line));
	}

}
