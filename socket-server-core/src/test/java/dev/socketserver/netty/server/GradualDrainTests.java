package dev.socketserver.netty.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.session.Session;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.operator.DrainProgress;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.spec.DrainPlan;
import dev.socketserver.spec.DrainPlan.Order;
import dev.socketserver.spec.SocketTransport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.data.Percentage.withPercentage;

class GradualDrainTests {

	private static final Logger logger = LoggerFactory.getLogger(GradualDrainTests.class);

	private static final Duration LONG = Duration.ofSeconds(60);

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final LogLines log = new LogLines(SocketServer.class);

	private final CountDownLatch released = new CountDownLatch(1);

	private static DrainPlan over(Duration over) {
		return new DrainPlan(Duration.ZERO, over, Order.IDLE_FIRST);
	}

	private static DrainProgress progress(SocketServer server) {
		return ServerOperations.of(server).drain();
	}

	@Test
	void duringTheDelayConnectionsAreStillAccepted() throws Exception {
		Duration delay = Duration.ofHours(1);
		Duration over = Duration.ofMillis(200);
		SocketServer server = this.fixture.lines(String::toUpperCase, (spec) -> spec.farewell("bye"));
		try (Peer before = new Peer(server)) {
			assertThat(before.ask("a")).isEqualTo("A");

			Instant begun = Instant.now();
			server.drain(new DrainPlan(delay, over, Order.OLDEST), delay.multipliedBy(2));

			assertThat(server.state()).isEqualTo(ServerState.DRAINING);
			assertThat(progress(server).left()).isOne();
			assertThat(progress(server).endsAt()).isBetween(begun.plus(delay).plus(over),
					Instant.now().plus(delay).plus(over));
			try (Peer late = new Peer(server)) {
				assertThat(late.ask("b")).isEqualTo("B");
				assertThat(before.ask("c")).isEqualTo("C");
				assertThat(progress(server).of()).isEqualTo(2);
				server.stop();
			}
		}
		assertThat(this.log.messages()).contains("'test' drains, with 1 session, which it ends over 200 ms, oldest; it "
				+ "accepts connections for 3600000 ms");
	}

	@Test
	void afterTheDelaySessionsEnd() throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase, (spec) -> spec.farewell("bye"));
		try (Peer first = new Peer(server); Peer second = new Peer(server)) {
			assertThat(first.ask("a")).isEqualTo("A");
			assertThat(second.ask("b")).isEqualTo("B");
			long begun = System.nanoTime();

			CompletableFuture<?> end = server
				.drain(new DrainPlan(Duration.ofMillis(500), Duration.ofMillis(200), Order.OLDEST), LONG);

			assertThat(first.rest()).isEqualTo("bye\n");
			assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(Duration.ofMillis(500));
			assertThat(second.rest()).isEqualTo("bye\n");
			assertThat(end).succeedsWithin(Patience.limit());
		}
		assertThat(progress(server)).isNull();
		assertThat(server.state()).isEqualTo(ServerState.STOPPED);
		assertThat(server.statistics().closed()).containsExactly(Map.entry(CloseReason.SERVER_STOPPED, 2L));
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.log.messages())
				.anyMatch((line) -> line.matches("'test' has drained in \\d+ ms: 2 closed \\{SERVER_STOPPED=2}")));
	}

	/**
	 * What the sessions that are told last need is the time of a drain without a plan.
	 */
	@Test
	void aPlanThatLeavesTheTimeOfADrainIsNotShortened() throws Exception {
		Duration last = Duration.ofSeconds(1);
		SocketServer server = this.fixture.lines(String::toUpperCase, (spec) -> spec.drainTimeout(last));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("a")).isEqualTo("A");
			Instant before = Instant.now();
			server.drain(over(LONG), LONG.plus(last));
			assertThat(progress(server).endsAt()).isAfterOrEqualTo(before.plus(LONG));
			server.stop();
		}
	}

	@Test
	void anImmediateEndOfTheApplicationKnowsNoPlan() throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase,
				(spec) -> spec.drain(new DrainPlan(LONG, LONG, Order.IDLE_FIRST)));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("a")).isEqualTo("A");

			assertThat(ServerOperations.of(server).shutDown(Duration.ZERO)).succeedsWithin(Patience.limit());
		}
	}

	@Every.Way
	void theFarewellComesAfterTheRepliesOfTheCurrentCall(ServerFixture.Way way) throws Exception {
		CompletableFuture<String> later = new CompletableFuture<>();
		CountDownLatch called = new CountDownLatch(1);
		SocketServer server = this.fixture.lines((line) -> {
			called.countDown();
			return later;
		}, (spec) -> way.spec().apply(spec).farewell("bye"));
		try (Peer peer = new Peer(server)) {
			peer.send("a\nb\n");
			Patience.await(called);

			CompletableFuture<?> end = server.drain(over(Duration.ofMillis(50)), LONG);
			Session session = (Session) server.sessions().findFirst().orElseThrow();
			Awaitility.await().until(session::closing);
			later.complete("reply");

			assertThat(peer.rest()).isEqualTo("reply\nbye\n");
			assertThat(end).succeedsWithin(Patience.limit());
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.SERVER_STOPPED);
	}

	@Test
	void aSessionEndsAfterTheRequestsThatWaitForItsPeer() throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase, (spec) -> spec.farewell("bye"));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("a")).isEqualTo("A");
			Session session = (Session) server.sessions().findFirst().orElseThrow();
			CompletableFuture<Object> reply = session.ask("request", LONG);
			assertThat(peer.line()).isEqualTo("request");

			CompletableFuture<?> end = server.drain(over(Duration.ofMillis(50)), LONG);
			Awaitility.await().until(session::closing);
			peer.send("reply\n");

			assertThat(peer.rest()).isEqualTo("bye\n");
			assertThat(reply).succeedsWithin(Patience.limit()).isEqualTo("reply");
			assertThat(end).succeedsWithin(Patience.limit());
		}
	}

	@Test
	void aStreamSeesTheEndOfItsInputAndItsOutputStillLeavesInFrontOfTheFarewell() throws Exception {
		CountDownLatch called = new CountDownLatch(1);
		SocketServer server = this.fixture.streams((in, out, session) -> {
			called.countDown();
			in.readAllBytes();
			out.write("last ".getBytes(US_ASCII));
		}, (spec) -> spec.farewell("bye"));
		try (Peer peer = new Peer(server)) {
			Patience.await(called);

			server.drain(over(Duration.ofMillis(50)), LONG);

			assertThat(peer.rest()).isEqualTo("last bye");
		}
	}

	@Test
	void aStopEndsADrainAtOnce() throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase, (spec) -> spec.farewell("bye"));
		Peer first = new Peer(server);
		assertThat(first.ask("a")).isEqualTo("A");
		try (Peer second = new Peer(server)) {
			assertThat(second.ask("a")).isEqualTo("A");
			DrainPlan oldestFirst = new DrainPlan(Duration.ZERO, LONG, Order.OLDEST);
			CompletableFuture<?> end = server.drain(oldestFirst, LONG.multipliedBy(2));
			assertThat(first.rest()).isEqualTo("bye\n");
			first.close();
			assertThat(second.ask("b")).isEqualTo("B");

			assertThat(server.stop()).isTrue();

			assertThat(progress(server)).isNull();
			assertThat(server.stop()).isFalse();
			assertThat(end).succeedsWithin(Patience.limit());
			assertThat(second.rest()).isEqualTo("bye\n");
		}
	}

	@Test
	void aRestartEndsNoDrainOfSessionsThatWereKept() throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase, UnaryOperator.identity());
		try (Peer first = new Peer(server); Peer second = new Peer(server)) {
			assertThat(first.ask("a")).isEqualTo("A");
			assertThat(second.ask("a")).isEqualTo("A");
			server.closeListener();
			CompletableFuture<?> end = server.drain(new DrainPlan(Duration.ZERO, Duration.ofSeconds(2), Order.OLDEST),
					LONG);
			server.start();

			assertThat(server.restart(LONG)).isTrue();

			assertThat(first.rest()).isEmpty();
			assertThat(second.rest()).isEmpty();
			assertThat(end).succeedsWithin(Patience.limit());
			Awaitility.await().until(() -> server.state() == ServerState.RUNNING);
		}
	}

	/** Whoever is asked last gets the time that is left of the first drain. */
	@Test
	void aDrainOfMoreSessionsGivesNoMoreTime() throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase, UnaryOperator.identity());
		try (Peer first = new Peer(server).send("a\n"); Peer second = new Peer(server)) {
			assertThat(first.line()).isEqualTo("A");
			assertThat(second.ask("b")).isEqualTo("B");
			server.closeListener();
			server.drain(new DrainPlan(Duration.ZERO, LONG, Order.OLDEST), Duration.ofSeconds(4));
			server.start();
			try (Peer third = new Peer(server)) {
				assertThat(third.ask("c")).isEqualTo("C");

				server.drain(Duration.ofHours(1));

				Awaitility.await().until(() -> server.statistics().active() == 1);
				assertThat(third.ask("d")).isEqualTo("D");
			}
		}
	}

	@Test
	void anotherDrainGivesNoMoreTime() throws Exception {
		CountDownLatch called = new CountDownLatch(1);
		SocketServer server = this.fixture.lines((line) -> {
			called.countDown();
			awaitReleased();
			return line;
		}, (spec) -> spec.drainTimeout(Duration.ofHours(1)));
		try (Peer stuck = new Peer(server)) {
			stuck.send("stuck\n");
			Patience.await(called);
			CompletableFuture<?> end = server.drain(over(Duration.ofMillis(100)), Duration.ofSeconds(2));

			server.drain(Duration.ofSeconds(1));

			assertThat(stuck.sawReset()).isTrue();
			assertThat(end).succeedsWithin(Patience.limit());
		}
		finally {
			this.released.countDown();
		}
	}

	/** Also where another run still has sessions, which the plan is for. */
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void theEndOfTheApplicationIsThatOfARestart(boolean hasKept) throws Exception {
		CountDownLatch called = new CountDownLatch(1);
		SocketServer server = this.fixture.lines((line) -> {
			if (line.equals("stuck")) {
				called.countDown();
				awaitReleased();
			}
			return line;
		}, (spec) -> spec.drain(over(LONG)));
		try (Peer kept = new Peer(server)) {
			assertThat(kept.ask("a")).isEqualTo("a");
			server.closeListener();
			if (!hasKept) {
				kept.endOutput();
				Awaitility.await().until(() -> server.sessions().findAny().isEmpty());
			}
			server.start();
			try (Peer stuck = new Peer(server)) {
				stuck.send("stuck\n");
				Patience.await(called);
				assertThat(server.restart(Duration.ofHours(1))).isTrue();

				CompletableFuture<?> end = ServerOperations.of(server).shutDown(Duration.ofSeconds(1));

				assertThat(stuck.sawReset()).isTrue();
				assertThat(end).succeedsWithin(Patience.limit());
			}
			assertThat(server.state()).isEqualTo(ServerState.STOPPED);
		}
		finally {
			this.released.countDown();
		}
	}

	@Test
	void thePlanOfTheSpecificationGovernsDrainsAndFitsIntoTheirTime() throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase,
				(spec) -> spec.drain(new DrainPlan(Duration.ZERO, LONG, Order.IDLE_FIRST)));
		int drains = 1;
		// On a busy machine the last ones may be asked too late, and cut: then again.
		while (!drainsInGoodOrder(server) && drains < 5) {
			server.start();
			drains++;
		}
		assertThat(drains).as("drains of which each has cut sessions").isLessThan(5);
		assertThat(server.statistics().closed()).containsExactly(Map.entry(CloseReason.SERVER_STOPPED, 10L * drains));
	}

	/** Drains a server in two seconds; returns whether none of ten peers was reset. */
	private static boolean drainsInGoodOrder(SocketServer server) throws IOException {
		List<Peer> peers = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			peers.add(new Peer(server));
			assertThat(peers.get(i).ask("a")).isEqualTo("A");
		}
		long begun = System.nanoTime();

		assertThat(server.drain(Duration.ofSeconds(2))).succeedsWithin(Patience.limit());

		// Far less than the plan would take by itself.
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(Duration.ofMillis(1500), LONG.dividedBy(2));
		boolean inGoodOrder = true;
		for (Peer peer : peers) {
			inGoodOrder &= !peer.sawReset();
			peer.close();
		}
		return inGoodOrder;
	}

	/** A tenth of the time is for the last one: far more than it takes. */
	@Test
	void theEndOfTheApplicationShortensADrainThatIsUnderWay() throws Exception {
		Patience.undisturbed(Duration.ofMillis(100), this::shortensADrain);
	}

	private void shortensADrain() throws Exception {
		this.fixture.servers.remove("test");
		SocketServer server = this.fixture.lines(String::toUpperCase, (spec) -> spec.farewell("bye"));
		try (Peer first = new Peer(server); Peer second = new Peer(server)) {
			assertThat(first.ask("a")).isEqualTo("A");
			assertThat(second.ask("a")).isEqualTo("A");
			server.drain(over(LONG), LONG.multipliedBy(2));

			CompletableFuture<?> end = ServerOperations.of(server).shutDown(Duration.ofSeconds(3));

			// The first turn would be after 30 s.
			assertThat(end).succeedsWithin(Patience.limit());
			assertThat(first.rest()).isEqualTo("bye\n");
			assertThat(second.rest()).isEqualTo("bye\n");
		}
	}

	@Test
	void atTheEndOfTheApplicationAStartThatHasFailedIsForgotten() throws Exception {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			SocketServer server = this.fixture.servers.register(ServerSpec.builder("taken")
				.handler(ServerFixture.messages((payload, session) -> null))
				.port(taken.getLocalPort())
				.drain(over(LONG))
				.build());
			assertThatExceptionOfType(ServerStartException.class).isThrownBy(server::start);

			assertThat(ServerOperations.of(server).shutDown(LONG)).succeedsWithin(Patience.limit());

			assertThat(server.state()).isEqualTo(ServerState.STOPPED);
		}
	}

	@Test
	void atTheEndOfTheApplicationADelayStandsBeforeTheStop() throws Exception {
		Duration delay = Duration.ofMillis(500);
		SocketServer server = this.fixture.lines(String::toUpperCase,
				(spec) -> spec.drain(new DrainPlan(delay, Duration.ZERO, Order.IDLE_FIRST)));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("a")).isEqualTo("A");
			long begun = System.nanoTime();

			CompletableFuture<?> end = ServerOperations.of(server).shutDown(Duration.ofHours(1));

			assertThat(peer.rest()).isEmpty();
			assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(delay);
			assertThat(end).succeedsWithin(Patience.limit());
		}
	}

	@Test
	void whoHasBeenSilentForLongestIsFirstAndWhoIsInACallLast() throws Exception {
		Patience.undisturbed(Duration.ofMillis(100), this::endsTheSilentFirst);
	}

	private void endsTheSilentFirst() throws Exception {
		this.fixture.servers.remove("test");
		CountDownLatch stuck = new CountDownLatch(1);
		CountDownLatch returns = new CountDownLatch(1);
		SocketServer server = this.fixture.lines((line) -> {
			if (line.equals("stuck")) {
				stuck.countDown();
				Patience.hold(returns);
			}
			return line;
		}, (spec) -> spec);
		List<Peer> peers = new ArrayList<>();
		try {
			for (int i = 0; i < 5; i++) {
				peers.add(new Peer(server));
				assertThat(peers.get(i).ask("a")).isEqualTo("a");
			}
			peers.get(0).send("stuck\n");
			Patience.await(stuck);
			for (int again : List.of(3, 1, 4, 2)) {
				becomesLessSilent(server, again, peers.get(again));
			}
			List<SocketSession> sessions = server.sessions().toList();
			List<Integer> ended = Collections.synchronizedList(new ArrayList<>());
			for (int i = 0; i < 5; i++) {
				int number = i;
				CompletableFuture<?> unused = sessions.get(i).closed().thenRun(() -> ended.add(number));
			}

			CompletableFuture<?> end = server.drain(over(Duration.ofSeconds(1)), LONG);

			Awaitility.await().until(() -> ended.size() == 4 && ((Session) sessions.get(0)).closing());
			returns.countDown();
			assertThat(end).succeedsWithin(Patience.limit());
			assertThat(ended).containsExactly(3, 1, 4, 2, 0);
		}
		finally {
			returns.countDown();
			Opened.closeAll(peers);
		}
	}

	private static void becomesLessSilent(SocketServer server, int number, Peer peer) throws IOException {
		long since = server.sessions().skip(number).map(Session.class::cast).findFirst().orElseThrow().silentSince();
		// The clock of silence is coarse.
		Awaitility.await().until(() -> System.nanoTime() - since > 50_000_000);
		long now = System.nanoTime();
		Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> System.nanoTime() - now > 40_000_000);
		assertThat(peer.ask("b")).isEqualTo("b");
	}

	private void awaitReleased() {
		try {
			this.released.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Among the sessions are some whose handlers do not return, some whose peers do not
	 * read, and some whose peers read slowly.
	 */
	@Tag("long")
	@Every.OneTransport
	void manySessionsEndEvenlyAndNoneLosesAReply(SocketTransport transport) throws Exception {
		int count = Rounds.SOAK ? 10_000 : 500;
		Duration over = Duration.ofSeconds(Rounds.SOAK ? 60 : 10);
		// A tenth of it is for those that are asked last. Beside other tests pauses move
		// the rest, and no session is to be cut for that.
		Duration timeout = Rounds.SOAK ? over.multipliedBy(10).dividedBy(9) : over.plusSeconds(15);
		Map<Integer, AtomicInteger> handled = new ConcurrentHashMap<>();
		ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
		String much = "x".repeat(32 * 1024);
		SocketServer server = this.fixture.lines((line) -> {
			String[] words = line.split(" ");
			int number = Integer.parseInt(words[0]);
			AtomicInteger counted = handled.computeIfAbsent(number, (key) -> new AtomicInteger());
			switch (words[1]) {
				case "STUCK" -> awaitReleased();
				case "DEAF", "SLOW" -> {
					counted.incrementAndGet();
					return line + " " + much;
				}
				default -> {
				}
			}
			counted.incrementAndGet();
			String reply = line + " " + much.substring(0, number % 3000);
			if (number % 3 != 0) {
				return reply;
			}
			CompletableFuture<String> late = new CompletableFuture<>();
			var unused = later.schedule(() -> late.complete(reply), number % 700, TimeUnit.MILLISECONDS);
			return late;
		}, (spec) -> spec.transport(transport)
			.farewell("bye")
			.limits((l) -> l.sessions(20_000))
			.timeouts((t) -> t.write(LONG.multipliedBy(3))));
		Process crowd = crowd(server, count);
		try (BufferedReader said = crowd.inputReader(US_ASCII)) {
			Awaitility.await()
				.atMost(Patience.limit())
				.until(() -> handled.size() == count && server.statistics().opened() == count);
			List<Session> sessions = server.sessions().map(Session.class::cast).toList();
			List<Seen> seen = new ArrayList<>();
			Thread watch = new Thread(() -> watch(sessions, seen));
			long begun = System.nanoTime();

			CompletableFuture<?> end = server.drain(over(over), timeout);
			watch.start();

			assertThat(progress(server).perSecond()).isCloseTo((double) count / over.toSeconds(), withPercentage(0.01));
			end.get(over.plus(Patience.limit()).toSeconds(), TimeUnit.SECONDS);
			long taken = System.nanoTime() - begun;
			this.released.countDown();
			watch.interrupt();
			watch.join();
			Map<String, Integer> outcomes = outcomes(said, handled);
			long last = seen.stream().filter((look) -> look.closing() == count).findFirst().orElseThrow().end() - begun;
			logger.info("{} sessions in {} ms, the last asked after {} ms, at most {} in a second; peers: {}", count,
					TimeUnit.NANOSECONDS.toMillis(taken), TimeUnit.NANOSECONDS.toMillis(last), mostInASecond(seen),
					outcomes);
			assertThat(outcomes).containsOnlyKeys("TALKS BYE", "SILENT BYE", "SLOW BYE", "STUCK RESET", "DEAF RESET");
			// A loop that is late closes together those whose turn was in its pause.
			int pace = (int) Math.ceil(1.2 * count / over.toSeconds()) + 1;
			assertThat(mostInASecond(seen)).isLessThanOrEqualTo(Rounds.SOAK ? pace : 2 * pace);
			// At that pace it cannot be before. That it is in time without pauses is what
			// TurnsTests assert, with a clock of their own.
			assertThat(last).isGreaterThan(over.toNanos() * 8 / 10);
			if (Rounds.SOAK) {
				assertThat(last).isLessThan(over.toNanos() + TimeUnit.SECONDS.toNanos(2));
			}
		}
		finally {
			this.released.countDown();
			later.shutdownNow();
			crowd.destroyForcibly();
		}
	}

	private static Process crowd(SocketServer server, int count) throws Exception {
		Path classes = Path.of(Crowd.class.getProtectionDomain().getCodeSource().getLocation().toURI());
		return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx512m", "-cp", classes.toString(),
				Crowd.class.getName(), String.valueOf(server.localAddress().getPort()), String.valueOf(count))
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
	}

	/** What became of how many peers, each of which has all replies of its handler. */
	private static Map<String, Integer> outcomes(BufferedReader said, Map<Integer, AtomicInteger> handled)
			throws IOException {
		Map<String, Integer> outcomes = new ConcurrentHashMap<>();
		for (String line = said.readLine(); line != null && !line.equals("! end"); line = said.readLine()) {
			String[] words = line.split(" ");
			outcomes.merge(words[2] + " " + words[4], 1, Integer::sum);
			if (words[4].equals("BYE")) {
				assertThat(words[3]).as(line).isEqualTo(handled.get(Integer.parseInt(words[1])).toString());
			}
		}
		return outcomes;
	}

	/** Looks again and again how many sessions were asked to end. */
	private static void watch(List<Session> sessions, List<Seen> seen) {
		while (!Thread.interrupted()) {
			long begin = System.nanoTime();
			int closing = (int) sessions.stream().filter(Session::closing).count();
			seen.add(new Seen(begin, System.nanoTime(), closing));
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
		}
	}

	private static int mostInASecond(List<Seen> seen) {
		int most = 0;
		int from = 0;
		for (Seen to : seen) {
			while (to.end() - seen.get(from).begin() > TimeUnit.SECONDS.toNanos(1)) {
				from++;
			}
			most = Math.max(most, to.closing() - seen.get(from).closing());
		}
		return most;
	}

	/**
	 * One look.
	 *
	 * @param begin when it began
	 * @param end when it ended
	 * @param closing how many sessions had been asked to end
	 */
	private record Seen(long begin, long end, int closing) {

	}

}
