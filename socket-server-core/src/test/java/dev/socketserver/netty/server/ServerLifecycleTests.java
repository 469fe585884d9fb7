package dev.socketserver.netty.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import dev.socketserver.CloseReason;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.fixtures.process.Descriptors;
import dev.socketserver.netty.EngineSpec;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.SeenRejections;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.SocketTransport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Tag("virtual-threads")
class ServerLifecycleTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final LogLines lines = new LogLines(SocketServer.class);

	static Stream<Way> ways() {
		return ServerFixture.ways();
	}

	/** Those in which a handler may block. */
	static Stream<Way> offLoopWays() {
		return ways().filter((way) -> way.mode() != ExecutionMode.EVENT_LOOP);
	}

	static boolean refuses(InetSocketAddress address) {
		try (java.net.Socket socket = new java.net.Socket()) {
			socket.connect(address, 1_000);
			return false;
		}
		catch (ConnectException ex) {
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	static int port(SocketServer server) {
		// A restart does not wait for the start.
		return Awaitility.await().until(server::localAddress, Objects::nonNull).getPort();
	}

	@ParameterizedTest
	@MethodSource("ways")
	void stopFromInsideAHandlerReturnsAndItsReplyLeaves(Way way) throws Exception {
		CompletableFuture<SocketServer> self = new CompletableFuture<>();
		SocketServer server = this.fixture.lines((line) -> {
			boolean stopped = self.join().stop();
			return "stopped " + stopped + " " + self.join().stop();
		}, way.spec());
		self.complete(server);
		CompletableFuture<?> end = server.stopped();

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("stop\nnot handled any more\n").rest()).isEqualTo("stopped true false\n");
		}
		Patience.await(end);
		assertThat(server.state()).isEqualTo(ServerState.STOPPED);
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.SERVER_STOPPED);
	}

	@Test
	void ofConcurrentStopsExactlyOneReturnsTrue() throws Exception {
		SocketServer server = this.fixture.lines(UnaryOperator.identity(), UnaryOperator.identity());
		for (int round = 0; round < 100; round++) {
			AtomicInteger stopped = new AtomicInteger();
			List<Thread> threads = new ArrayList<>();
			CountDownLatch go = new CountDownLatch(1);
			for (int i = 0; i < 4; i++) {
				Thread thread = new Thread(() -> {
					try {
						go.await();
					}
					catch (InterruptedException ex) {
						return;
					}
					if (server.stop()) {
						stopped.incrementAndGet();
					}
				});
				thread.start();
				threads.add(thread);
			}
			go.countDown();
			for (Thread thread : threads) {
				thread.join();
			}
			assertThat(stopped).hasValue(1);
			Patience.await(server.stopped());
			server.start();
		}
	}

	@ParameterizedTest
	@MethodSource("offLoopWays")
	void stopWaitsForTheCallInProgressAndItsReply(Way way) throws Exception {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		SocketServer server = this.fixture.lines((line) -> {
			entered.countDown();
			Patience.hold(release);
			return "finished";
		}, (spec) -> way.spec().apply(spec).port(Ports.free()));

		try (Peer peer = new Peer(server)) {
			peer.send("work\n");
			entered.await();
			InetSocketAddress address = server.localAddress();
			assertThat(ServerOperations.of(server).beginStop(Duration.ofSeconds(20))).isTrue();
			assertThat(server.state()).isEqualTo(ServerState.DRAINING);
			Awaitility.await().until(() -> refuses(address));
			release.countDown();
			assertThat(peer.rest()).isEqualTo("finished\n");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.SERVER_STOPPED);
	}

	@Test
	void sessionsThatDoNotEndAreAbortedAtTheTimeout() throws Exception {
		CountDownLatch called = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		SocketServer server = this.fixture.streams((in, out, session) -> {
			called.countDown();
			release.await();
		}, UnaryOperator.identity());

		try (Peer peer = new Peer(server)) {
			Patience.await(called);
			assertThat(server.stop(Duration.ofMillis(100))).isTrue();
			assertThat(server.state()).isEqualTo(ServerState.STOPPED);
			assertThat(peer.sawReset()).isTrue();
		}
		release.countDown();
		assertThat(this.lines.messages(Level.WARN))
			.contains("'test' cuts sessions that have not ended in the 100 ms that they had: 1");
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.SERVER_STOPPED);
	}

	/** The stop has notified all sessions that there were. */
	@Every.DefaultTransport
	void sessionThatOpensAfterTheStopEndsAsTheOthersDo(SocketTransport transport) throws Exception {
		CountDownLatch accepted = new CountDownLatch(1);
		CountDownLatch stopping = new CountDownLatch(1);
		this.fixture.customizers.add((pipeline, spec) -> {
			accepted.countDown();
			stopping.await();
		});
		SocketServer server = this.fixture.lines(UnaryOperator.identity(), (spec) -> spec.transport(transport));

		try (Peer peer = new Peer(server)) {
			Patience.await(accepted);
			// Far longer than the test waits.
			assertThat(ServerOperations.of(server).beginStop(Duration.ofSeconds(60))).isTrue();
			stopping.countDown();
			assertThat(peer.rest()).isEmpty();
			Patience.await(server.stopped());
		}
		finally {
			stopping.countDown();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.SERVER_STOPPED);
	}

	@Test
	void nameCanBeTakenOnceAndTheFirstServerIsUnharmed() throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase, UnaryOperator.identity());

		assertThatThrownBy(() -> this.fixture.servers.register(server.spec()))
			.isInstanceOf(IllegalArgumentException.class)
			.hasMessageContaining("'test'");
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("a")).isEqualTo("A");
		}
		assertThat(this.fixture.servers.remove("test")).isTrue();
		assertThat(this.fixture.servers.remove("test")).isFalse();
		assertThat(server.state()).isEqualTo(ServerState.STOPPED);
		assertThatThrownBy(server::start).isInstanceOf(IllegalStateException.class).hasMessageContaining("removed");
	}

	@Test
	void idsAreNotUsedAgainByASuccessorOfTheSameName() throws Exception {
		SocketServer first = this.fixture.lines(UnaryOperator.identity(), UnaryOperator.identity());
		new Peer(first).close();
		this.fixture.nextClosed();
		this.fixture.servers.remove("test");
		SocketServer second = this.fixture.lines(UnaryOperator.identity(), UnaryOperator.identity());
		try (Peer peer = new Peer(second)) {
			assertThat(peer.ask("x")).isEqualTo("x");
			assertThat(this.fixture.servers.session("test-1")).isEmpty();
			assertThat(this.fixture.servers.session("test-2")).isPresent();
			assertThat(this.fixture.servers.session("test-02")).isEmpty();
			assertThat(this.fixture.servers.session("other-2")).isEmpty();
		}
	}

	@Every.DefaultTransport
	void limitOfSessionsHoldsAndIsFreedAgain(SocketTransport transport) throws Exception {
		SeenRejections rejected = new SeenRejections();
		try (NettySocketServers servers = new NettySocketServers(List.of(rejected))) {
			SocketServer server = servers.register(ServerSpec.builder("few")
				.handler(ServerHandler.function("f", PayloadConverter.text(UTF_8), String::toUpperCase))
				.limits((l) -> l.sessions(2))
				.transport(transport)
				.build());
			server.start();
			try (Peer first = new Peer(server); Peer second = new Peer(server)) {
				assertThat(first.ask("a") + second.ask("b")).isEqualTo("AB");
				assertThat(Peer.isRefused(server)).isTrue();
				assertThat(rejected.next()).isEqualTo(RejectReason.LIMIT_SESSIONS);
				first.reset();
				Awaitility.await().until(() -> server.sessions().count() == 1);
				Awaitility.await().ignoreExceptions().until(() -> {
					try (Peer fourth = new Peer(server)) {
						return fourth.ask("d").equals("D");
					}
				});
				assertThat(server.statistics().accepted()).isEqualTo(
						server.statistics().opened() + server.statistics().rejected().get(RejectReason.LIMIT_SESSIONS));
			}
		}
	}

	@Test
	void silentPeerIsClosedAfterTheIdleTimeoutAndABusyOneIsNot() throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase,
				(spec) -> spec.timeouts((t) -> t.idle(Duration.ofSeconds(1))));

		// While this JVM stands still, a busy peer sends nothing either.
		this.fixture.undisturbed(server, Duration.ofMillis(500), () -> onlyTheSilentOneIsClosed(server));
	}

	private void onlyTheSilentOneIsClosed(SocketServer server) throws Exception {
		long start = System.nanoTime();
		try (Peer silent = new Peer(server); Peer busy = new Peer(server)) {
			CompletableFuture<Long> closedAfter = CompletableFuture.supplyAsync(() -> {
				try {
					silent.rest();
					return System.nanoTime() - start;
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			}, (task) -> new Thread(task).start());
			while (!closedAfter.isDone()) {
				// All the time, so that it seems idle only if it gets no time at all.
				assertThat(busy.ask("tick")).isEqualTo("TICK");
			}
			assertThat(Duration.ofNanos(closedAfter.join())).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
			assertThat(busy.ask("tock")).isEqualTo("TOCK");
		}
		assertThat(List.of(this.fixture.nextClosed().reason(), this.fixture.nextClosed().reason()))
			.containsExactlyInAnyOrder(CloseReason.IDLE_TIMEOUT, CloseReason.PEER_CLOSED);
	}

	@Tag("long")
	@Every.DefaultTransport
	void twoThousandIdleSessionsLeaveNothingBehind(SocketTransport transport) throws Exception {
		int sessions = 2_000;
		SocketServer server = this.fixture.lines(UnaryOperator.identity(), (spec) -> spec.transport(transport));
		try (Peer warm = new Peer(server)) {
			warm.ask("warm");
		}
		this.fixture.nextClosed();
		int threads = threads();
		long descriptors = Descriptors.open();

		List<Peer> peers = new ArrayList<>();
		for (int i = 0; i < sessions; i++) {
			peers.add(new Peer(server));
		}
		Awaitility.await().until(() -> server.sessions().count() == sessions);
		for (int i = 0; i < 20; i++) {
			assertThat(peers.get(i * 100).ask("still served")).isEqualTo("still served");
		}
		Opened.closeAll(peers);

		Awaitility.await().until(() -> server.sessions().count() == 0);
		assertThat(server.statistics().active()).isZero();
		// Handler threads of the pool leave when they have been idle for a while.
		Awaitility.await().atMost(Patience.limit()).until(() -> threads() <= threads);
		Awaitility.await().until(() -> Descriptors.open() <= descriptors);
	}

	private static int threads() {
		return ManagementFactory.getThreadMXBean().getThreadCount();
	}

	@Test
	void registeringAServerStartsNoThread() {
		List<String> before = threadNames();
		try (NettySocketServers servers = new NettySocketServers(List.of())) {
			servers.register(ServerSpec.builder("idle")
				.handler(ServerHandler.function("f", PayloadConverter.text(UTF_8), (line) -> line))
				.build());
			assertThat(threadNames()).filteredOn((name) -> name.startsWith("socket-server")).isSubsetOf(before);
		}
	}

	@Test
	void startThatFailsLeavesNoThreads() throws IOException {
		List<Thread> before = ServerFixture.loops();
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				NettySocketServers servers = new NettySocketServers(List.of())) {
			SocketServer server = servers.register(ServerSpec.builder("taken")
				.handler(ServerHandler.function("f", PayloadConverter.text(UTF_8), (line) -> line))
				.port(taken.getLocalPort())
				.build());
			assertThatExceptionOfType(ServerStartException.class).isThrownBy(server::start);
			Awaitility.await().until(() -> before.containsAll(ServerFixture.loops()));
		}
	}

	private static List<String> threadNames() {
		return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).toList();
	}

	/** Daemon server, daemon sessions, a session, and whether the JVM lives. */
	static Stream<Arguments> flags() {
		return Rounds.some(4, Arguments.of(false, true, false, true), Arguments.of(true, false, false, false),
				Arguments.of(true, false, true, true), Arguments.of(true, true, true, false),
				Arguments.of(false, true, true, true), Arguments.of(false, false, false, true),
				Arguments.of(false, false, true, true), Arguments.of(true, true, false, false));
	}

	@ParameterizedTest
	@MethodSource("flags")
	void jvmLivesWhileAFlagAsksForIt(boolean serverDaemon, boolean sessionDaemon, boolean session, boolean lives)
			throws Exception {
		assertJvm(lives, String.valueOf(serverDaemon), String.valueOf(sessionDaemon), String.valueOf(session));
	}

	private static void assertJvm(boolean lives, String... flags) throws Exception {
		Process jvm = new ProcessBuilder(OtherJvm.command(List.of(), Program.class, flags)).redirectErrorStream(true)
			.start();
		try {
			// The program says it has left main; if nothing kept it, it would be gone
			// soon.
			BlockingQueue<String> lines = new LinkedBlockingQueue<>();
			Thread reader = new Thread(
					() -> new java.io.BufferedReader(new java.io.InputStreamReader(jvm.getInputStream(), UTF_8)).lines()
						.forEach(lines::add));
			reader.start();
			String line = Patience.next(lines);
			while (!line.startsWith("listens ")) {
				line = Patience.next(lines);
			}
			if (lives) {
				int port = Integer.parseInt(line.substring("listens ".length()));
				assertThat(jvm.waitFor(500, TimeUnit.MILLISECONDS)).isFalse();
				try (java.net.Socket socket = new java.net.Socket(InetAddress.getLoopbackAddress(), port)) {
					socket.getOutputStream().write("end\n".getBytes(UTF_8));
					assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8)).isEqualTo("ending\n");
				}
				catch (IOException ex) {
					throw new AssertionError("The program says " + lines, ex);
				}
			}
			Patience.await(jvm);
			assertThat(jvm.exitValue()).isZero();
			reader.join();
		}
		finally {
			jvm.destroyForcibly();
		}
	}

	/** Starts a server and leaves main. */
	static final class Program {

		/** Open, and not collected, where a session is to be. */
		private static volatile java.net.Socket peer = new java.net.Socket();

		private Program() {
		}

		public static void main(String[] args) throws IOException {
			Patience.begin();
			CompletableFuture<SocketServer> self = new CompletableFuture<>();
			NettySocketServers servers = new NettySocketServers(List.of());
			boolean serverDaemon = Boolean.parseBoolean(args[0]);
			boolean session = Boolean.parseBoolean(args[2]);
			SocketServer server = servers.register(ServerSpec.builder("program")
				.handler(ServerHandler.function("end", PayloadConverter.text(UTF_8), (line) -> {
					end(serverDaemon, self.join());
					return "ending";
				}))
				.requestsPerSession(1)
				.threads((t) -> t.serverDaemon(serverDaemon).sessionDaemon(Boolean.parseBoolean(args[1])))
				.build());
			self.complete(server);
			server.start();
			if (session) {
				peer.connect(server.localAddress());
				Awaitility.await().until(() -> server.sessions().count() == 1);
			}
			System.out.println("listens " + server.localAddress().getPort());
		}

		/** Takes away what may keep the JVM alive, but for the session that asks. */
		private static void end(boolean serverDaemon, SocketServer server) {
			if (!serverDaemon) {
				// Its sessions end with it.
				server.stop();
				return;
			}
			try {
				peer.close();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

	/** Main may end as soon as it sees the session. */
	@Test
	void sessionKeepsTheJvmAliveBeforeAnybodyCanSeeIt() throws Exception {
		SocketServer server = this.fixture.streams((in, out, session) -> in.readAllBytes(),
				(spec) -> spec.threads((t) -> t.serverDaemon(true).sessionDaemon(false)));
		// Of the test before, it may just be ending.
		Awaitility.await().until(() -> !keepsAlive());
		for (int round = 0; round < 20; round++) {
			try (Peer peer = new Peer(server)) {
				while (server.sessions().count() == 0) {
					Thread.onSpinWait();
				}
				assertThat(keepsAlive()).as("round %d", round).isTrue();
				assertThat(peer.localPort()).isPositive();
			}
			Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> !keepsAlive());
		}
	}

	/** Whether a thread keeps the JVM alive; it takes no longer than it must. */
	private static boolean keepsAlive() {
		Thread[] threads = new Thread[1_000];
		int count = Thread.enumerate(threads);
		return Stream.of(threads)
			.limit(count)
			.anyMatch((thread) -> thread.getName().equals("socket-server-keep-alive"));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void jvmIsKeptAliveAsTheRunWasMadeThatEnds(boolean daemon) {
		SocketServerListener changes = new SocketServerListener() {

			@Override
			public void stopped(SocketServer server) {
				if (server.name().equals("changed")) {
					ServerOperations.of(server).reconfigure(spec("changed", !daemon), 2);
				}
			}

		};
		Awaitility.await().until(() -> !keepsAlive());
		try (NettySocketServers servers = new NettySocketServers(List.of(changes))) {
			SocketServer changed = servers.register(spec("changed", daemon));
			changed.start();
			assertThat(keepsAlive()).isEqualTo(!daemon);
			changed.stop();
			Awaitility.await().until(() -> !keepsAlive());
			servers.register(spec("next", false)).start();
			assertThat(keepsAlive()).isTrue();
		}
	}

	private static ServerSpec spec(String name, boolean daemon) {
		return ServerSpec.builder(name)
			.handler(ServerHandler.function("same", PayloadConverter.text(UTF_8), UnaryOperator.identity()))
			.threads((t) -> t.serverDaemon(daemon))
			.build();
	}

	@Test
	void jvmLivesWhileAServerIsRestarted() throws Exception {
		try (OtherJvm jvm = new OtherJvm(List.of(), List.of(), Restarting.class)) {
			jvm.await("starts again");
			// If nothing kept it, it would be gone soon.
			assertThat(ProcessHandle.of(jvm.pid()).orElseThrow().onExit()).failsWithin(Duration.ofMillis(500))
				.withThrowableOfType(TimeoutException.class);
			jvm.command("go on");
			jvm.await("listens again");
		}
	}

	/**
	 * Starts a server and leaves main; restarts it, which takes until it receives a
	 * command.
	 */
	static final class Restarting {

		private Restarting() {
		}

		public static void main(String[] args) {
			AtomicInteger starts = new AtomicInteger();
			NettySocketServers servers = new NettySocketServers(() -> List.of(new SocketServerListener() {

				@Override
				public void started(SocketServer server) {
					if (starts.get() > 1) {
						OtherJvm.say("listens again");
					}
				}

			}), EngineSpec.defaults().eventLoopThreads(1), () -> null, () -> {
				if (starts.incrementAndGet() > 1) {
					OtherJvm.say("starts again");
					awaitLine();
				}
				return List.of();
			});
			SocketServer server = servers.register(ServerSpec.builder("restarting")
				.handler(ServerHandler.function("f", PayloadConverter.text(UTF_8), (line) -> line))
				.build());
			server.start();
			server.restart(Duration.ZERO);
		}

		private static void awaitLine() {
			try {
				System.in.read();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

	/** The port is tried again for a second: the server had it a moment ago. */
	@Test
	void stopThatComesWhileTheServerStartsReturnsWhenNothingStartsAnyMore() throws Exception {
		int port = Ports.free();
		SocketServer again = this.fixture.lines(String::toUpperCase, (spec) -> spec.port(port));
		again.stop();
		try (ServerSocket taken = new ServerSocket()) {
			taken.setReuseAddress(true);
			taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
			Patience.undisturbed(Duration.ofMillis(200), () -> stopsWhileItStarts(again));
		}
		again.start();
		assertThat(again.state()).isEqualTo(ServerState.RUNNING);
	}

	private static void stopsWhileItStarts(SocketServer again) throws Exception {
		// Of an attempt before it may have failed.
		again.stop();
		CompletableFuture<Void> start = CompletableFuture.runAsync(again::start);
		Awaitility.await()
			.pollInterval(Duration.ofMillis(1))
			.until(() -> again.state() == ServerState.STARTING || start.isDone());

		CompletableFuture<?> stopped = again.stopped();
		assertThat(stopped).isNotDone();
		assertThat(again.stop()).isTrue();

		assertThat(again.state()).isEqualTo(ServerState.STOPPED);
		assertThat(again.failure()).isNull();
		Patience.await(stopped);
		assertThatThrownBy(() -> Patience.await(start)).hasCauseInstanceOf(ServerStartException.class);
	}

}
