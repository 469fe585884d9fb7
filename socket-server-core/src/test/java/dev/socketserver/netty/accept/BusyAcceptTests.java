package dev.socketserver.netty.accept;

import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import dev.socketserver.ListenerStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStatistics;
import dev.socketserver.SocketServer;
import dev.socketserver.admission.SessionLimit;
import dev.socketserver.engine.server.ManagedServer;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.fixtures.process.Descriptors;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.settings.ChangingServer;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.OnFull;
import dev.socketserver.spec.SocketTransport;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Connections that arrive on an event loop that has always something to do. What the loop
 * does for a busy session once is a turn: time is counted in turns, so that a slow
 * machine changes nothing.
 */
class BusyAcceptTests {

	private static final int NEWCOMERS = 50;

	/** More than one turn has, several times over. */
	private static final int MANY = 400;

	/** One by one, they would need fifty. */
	private static final int MAX_TURNS = 10;

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture(1);

	@Every.Transport
	void connectionsThatComeTogetherWaitForFewTurns(SocketTransport transport) throws Exception {
		BusyHandler handler = new BusyHandler();
		SocketServer server = this.fixture.lines(handler::answer,
				(spec) -> spec.transport(transport).execution((e) -> e.mode(ExecutionMode.EVENT_LOOP)));
		CountDownLatch everybodyWaits = handler.pause();
		List<Peer> newcomers = new ArrayList<>();
		try {
			handler.keepBusy(server);
			for (int i = 0; i < NEWCOMERS; i++) {
				newcomers.add(new Peer(server).send("x\n"));
			}
			everybodyWaits.countDown();
			for (Peer newcomer : newcomers) {
				assertThat(newcomer.line()).isEqualTo("x");
			}
			assertThat(handler.lastTurn).isLessThan(MAX_TURNS);
		}
		finally {
			handler.rest();
			Opened.closeAll(newcomers);
		}
	}

	/**
	 * Four hundred sessions have a line to handle before newcomers connect: the first is
	 * handled before most of them, on a transport that reports a part of them at a time.
	 * With many newcomers, the others are not kept waiting either. So it is where the
	 * server listens in more places than are asked at a time.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 1, 20 })
	void newcomersDoNotWaitForEverybodyWhoWasBeforeThem(int listeners) throws Exception {
		try (Crowd crowd = new Crowd(listeners)) {
			crowd.waitForTheLoop();
			List<ListenerStatus> places = crowd.server.listeners();
			for (int i = 0; i < NEWCOMERS; i++) {
				crowd.peers.add(new Peer(places.get(i % places.size()).port(), 0).send("new\n"));
			}
			crowd.go.countDown();
			for (Peer peer : crowd.peers.subList(1, crowd.peers.size())) {
				assertThat(peer.line()).isIn("busy", "new");
			}
			assertThat(crowd.handled.indexOf("new")).isLessThan(MANY / 2);
			assertThat(crowd.handled.subList(0, MANY / 2)).filteredOn("busy"::equals).hasSizeGreaterThan(MANY / 4);
		}
	}

	/** What it accepted would stay a descriptor more. */
	@Test
	void aPausedListenerIsNotAskedBetweenTwoTurns() throws Exception {
		try (Crowd crowd = new Crowd(1)) {
			crowd.server.pause();
			crowd.waitForTheLoop();
			for (int i = 0; i < NEWCOMERS; i++) {
				crowd.peers.add(new Peer(crowd.server).send("new\n"));
			}
			int descriptors = Descriptors.open();
			crowd.go.countDown();
			for (Peer peer : crowd.peers.subList(1, MANY)) {
				assertThat(peer.line()).isEqualTo("busy");
			}
			Awaitility.await().until(() -> Descriptors.open() <= descriptors);
			crowd.server.resume();
			for (Peer newcomer : crowd.peers.subList(MANY, crowd.peers.size())) {
				assertThat(newcomer.line()).isEqualTo("new");
			}
		}
	}

	/**
	 * Whatever holds the gate in the midst of a batch, no connection is lost or accepted
	 * too early.
	 */
	@Every.Transport
	void everybodyIsServedUnderEveryLimit(SocketTransport transport) throws Exception {
		int rounds = Rounds.of("busyaccept.rounds", 8, 500);
		for (long seed = 0; seed < rounds; seed++) {
			Random random = new Random(seed);
			int busy = 1 + random.nextInt(4);
			int sessions = random.nextBoolean() ? busy + 1 + random.nextInt(40) : 1_000;
			int rate = random.nextBoolean() ? 200 + random.nextInt(2_000) : 0;
			BusyHandler handler = new BusyHandler();
			String name = transport.name().toLowerCase(Locale.ROOT).replace('_', '-') + seed;
			SocketServer server = this.fixture.servers.register(ServerSpec.builder(name)
				.transport(transport)
				.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP))
				.limits((l) -> l.sessions(sessions).onFull(OnFull.WAIT).acceptRate(rate))
				.handler(ServerHandler.function("busy", PayloadConverter.text(UTF_8), handler::answer))
				.build());
			server.start();
			handler.watched = server;
			try {
				for (int i = 0; i < busy; i++) {
					handler.keepBusy(server);
				}
				Awaitility.await().until(() -> server.statistics().active() == busy);
				int descriptors = Descriptors.open();
				comeAndGo(server, random);
				ServerStatistics counted = server.statistics();
				// The last ones ask for nothing, so that it was not seen that they were
				// accepted.
				Awaitility.await().until(() -> counted.accepted() >= busy + NEWCOMERS);
				Awaitility.await().until(() -> counted.active() == busy && counted.pending() == 0);
				assertThat(counted.accepted()).isEqualTo(busy + NEWCOMERS);
				assertThat(counted.opened() + counted.abandoned()).isEqualTo(counted.accepted());
				assertThat(handler.mostSessions.get()).isLessThanOrEqualTo(sessions);
				Awaitility.await().until(() -> Descriptors.open() <= descriptors);
			}
			catch (Exception | AssertionError ex) {
				throw new AssertionError("seed %d: %d busy, %d sessions, rate %d; %s".formatted(seed, busy, sessions,
						rate, server.statistics()), ex);
			}
			finally {
				handler.rest();
				server.stop();
			}
		}
	}

	/** The first is accepted first, so that none waits for one behind. */
	private static void comeAndGo(SocketServer server, Random random) throws IOException {
		List<Peer> newcomers = new ArrayList<>();
		List<Peer> asking = new ArrayList<>();
		try {
			for (int i = 0; i < NEWCOMERS; i++) {
				Peer newcomer = new Peer(server);
				newcomers.add(newcomer);
				switch (random.nextInt(4)) {
					case 0 -> newcomer.reset();
					case 1 -> newcomer.close();
					default -> asking.add(newcomer.send("x\n"));
				}
			}
			for (Peer newcomer : asking) {
				assertThat(newcomer.line()).isEqualTo("x");
				newcomer.close();
			}
		}
		finally {
			Opened.closeAll(newcomers);
		}
	}

	@Tag("long")
	@Every.Transport
	void everybodyIsServedWhoseDescriptorWasMissingInABatch(SocketTransport transport) throws Exception {
		assumeTrue(Stream.of("/bin", "/usr/bin").anyMatch((path) -> Files.isExecutable(Path.of(path, "prlimit"))));
		int rounds = Rounds.of("busyaccept.descriptors", 2, 50);
		try (OtherJvm jvm = new OtherJvm(List.of("prlimit", "--nofile=200:"), List.of("-XX:-MaxFDLimit"), Program.class,
				transport.name())) {
			int port = Integer.parseInt(jvm.next());
			try (Peer operator = new Peer(port, 0)) {
				// Without descriptors no class could be loaded any more.
				for (String line : List.of("state", "sessions", "leave 40", "free", "x")) {
					operator.ask(line);
				}
				for (long seed = 0; seed < rounds; seed++) {
					int left = new Random(seed).nextInt(40);
					assertThat(operator.ask("leave " + left)).isEqualTo("left");
					List<Peer> newcomers = new ArrayList<>();
					try {
						for (int i = 0; i < NEWCOMERS; i++) {
							newcomers.add(new Peer(port, 0).send("x\n"));
						}
						Awaitility.await().until(() -> operator.ask("state").equals("failed"));
						assertThat(operator.ask("free")).isEqualTo("freed");
						for (Peer newcomer : newcomers) {
							assertThat(newcomer.line()).isEqualTo("x");
						}
					}
					catch (Exception | AssertionError ex) {
						throw new AssertionError("seed %d: %d left".formatted(seed, left), ex);
					}
					finally {
						Opened.closeAll(newcomers);
					}
					// That of the operator, and the busy one.
					Awaitility.await().until(() -> operator.ask("sessions").equals("2"));
				}
			}
		}
	}

	/** Many sessions of one loop, which has a line of each to handle at once. */
	private final class Crowd implements AutoCloseable {

		private final List<String> handled = new CopyOnWriteArrayList<>();

		private final List<Peer> peers = new ArrayList<>();

		private final CountDownLatch held = new CountDownLatch(1);

		private final CountDownLatch go = new CountDownLatch(1);

		private final SocketServer server;

		Crowd(int listeners) throws IOException {
			assumeTrue(ServerFixture.everyTransport().anyMatch((each) -> each == SocketTransport.EPOLL));
			this.server = BusyAcceptTests.this.fixture.lines(this::answer, (spec) -> {
				for (int i = 0; i < listeners; i++) {
					spec.listener("l" + i, (listener) -> listener.port(0));
				}
				return spec.transport(SocketTransport.EPOLL).execution((e) -> e.mode(ExecutionMode.EVENT_LOOP));
			});
			for (int i = 0; i < MANY; i++) {
				this.peers.add(new Peer(this.server).send("before\n"));
			}
			for (Peer peer : this.peers) {
				assertThat(peer.line()).isEqualTo("before");
			}
			this.handled.clear();
		}

		private String answer(String line) {
			this.handled.add(line);
			if (line.equals("hold")) {
				this.held.countDown();
				Patience.hold(this.go);
			}
			return line;
		}

		/** The first holds the loop up, and the others send a line meanwhile. */
		void waitForTheLoop() throws Exception {
			this.peers.get(0).send("hold\n");
			this.held.await();
			for (Peer peer : this.peers.subList(1, MANY)) {
				peer.send("busy\n");
			}
		}

		@Override
		public void close() throws IOException {
			this.go.countDown();
			Opened.closeAll(this.peers);
		}

	}

	/** Answers, and keeps the event loop busy. */
	private static final class BusyHandler {

		private static final String TURN = "turn";

		private final List<Peer> busy = new ArrayList<>();

		private final AtomicInteger turns = new AtomicInteger();

		private final AtomicInteger mostSessions = new AtomicInteger();

		private volatile @Nullable SocketServer watched;

		private volatile @Nullable CountDownLatch paused;

		/** The last turn in which a newcomer was served. */
		private volatile int lastTurn;

		private volatile boolean resting;

		/** Has the first turn wait. */
		CountDownLatch pause() {
			CountDownLatch latch = new CountDownLatch(1);
			this.paused = latch;
			return latch;
		}

		/** Adds a session that has always something to do. */
		void keepBusy(SocketServer server) throws IOException {
			Peer peer = new Peer(server);
			int number = this.busy.size();
			this.busy.add(peer);
			peer.send(TURN + number + "\n");
		}

		void rest() throws IOException {
			this.resting = true;
			Opened.closeAll(this.busy);
		}

		/** Within the call for a line of a busy session, the next line is sent. */
		String answer(String line) {
			SocketServer server = this.watched;
			if (server != null) {
				this.mostSessions.accumulateAndGet((int) server.statistics().active(), Math::max);
			}
			if (!line.startsWith(TURN)) {
				this.lastTurn = this.turns.get();
				return line;
			}
			try {
				CountDownLatch latch = this.paused;
				if (latch != null) {
					latch.await();
				}
				this.turns.incrementAndGet();
				if (!this.resting) {
					Peer peer = this.busy.get(Integer.parseInt(line.substring(TURN.length())));
					peer.send(line + "\n");
					peer.in().skip(peer.in().available());
				}
				return line;
			}
			catch (IOException ex) {
				if (this.resting) {
					return line;
				}
				throw new UncheckedIOException(ex);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	/** The gate is still open when another listener takes the last permit. */
	@Test
	void whoeverComesInTheSameMomentAsAnotherElsewhereWaits() throws Exception {
		ChangingServer changing = new ChangingServer(this.fixture,
				ServerFixture.messages((payload, session) -> payload),
				(spec) -> spec.limits((limits) -> limits.sessions(1).onFull(OnFull.WAIT)));
		SocketServer server = changing.server();
		SessionLimit permits = Objects.requireNonNull(((ManagedServer) server).admission()).sessions();
		assertThat(permits.tryAcquire(1)).isTrue();
		SocketServer other = this.fixture.echo("other", (spec) -> spec);
		try (Peer peer = new Peer(server).send("x\n"); Peer behind = new Peer(other)) {
			// The one loop has come to both.
			assertThat(behind.ask("y")).isEqualTo("other y");
			assertThat(server.statistics().accepted()).isZero();
			permits.release();
			changing.change(UnaryOperator.identity());
			assertThat(peer.line()).isEqualTo("x");
		}
		assertThat(server.statistics().accepted()).isEqualTo(1);
		assertThat(server.statistics().rejected()).isEmpty();
	}

	/** A server of few descriptors, with one busy session. */
	static final class Program {

		private final List<Closeable> taken = new ArrayList<>();

		private final BusyHandler handler = new BusyHandler();

		private final NettySocketServers servers = new NettySocketServers(List::of, 1);

		public static void main(String[] arguments) throws IOException {
			Program program = new Program();
			SocketServer server = program.servers.register(ServerSpec.builder("program")
				.transport(SocketTransport.valueOf(arguments[0]))
				.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP))
				.handler(ServerHandler.function("program", PayloadConverter.text(UTF_8), program::answer))
				.build());
			server.start();
			program.handler.watched = server;
			program.handler.keepBusy(server);
			OtherJvm.say(String.valueOf(server.localAddress().getPort()));
		}

		private String answer(String line) {
			SocketServer server = this.servers.get("program");
			return switch (line.split(" ")[0]) {
				case "leave" -> leave(Integer.parseInt(line.split(" ")[1]));
				case "free" -> free(this.taken.size());
				case "state" -> (server.failure() != null) ? "failed" : "fine";
				case "sessions" -> String.valueOf(server.statistics().active());
				default -> this.handler.answer(line);
			};
		}

		private String leave(int count) {
			try {
				while (true) {
					this.taken.add(new FileInputStream("/dev/null"));
				}
			}
			catch (IOException ex) {
				free(count);
				return "left";
			}
		}

		private String free(int count) {
			try {
				for (int i = 0; i < count; i++) {
					this.taken.remove(this.taken.size() - 1).close();
				}
				return "freed";
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
