package dev.socketserver.engine.drain;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.socketserver.ManualTimer;
import dev.socketserver.fixtures.Transitions;
import dev.socketserver.spec.DrainPlan.Order;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static dev.socketserver.engine.drain.TurnsState.CANCELLED;
import static dev.socketserver.engine.drain.TurnsState.DONE;
import static dev.socketserver.engine.drain.TurnsState.NEW;
import static dev.socketserver.engine.drain.TurnsState.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Under a clock that only the test moves.
 */
class TurnsTests {

	private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

	private final ManualTimer timer = new ManualTimer();

	private final List<TestSession> ended = new ArrayList<>();

	/** When each turn was. */
	private final List<Long> times = new ArrayList<>();

	private Turns<TestSession> turns(List<TestSession> sessions, Duration over, Order order) {
		return new Turns<>(sessions, sessions.size(), over, order, new TurnTimer(this.timer, this.timer::now),
				(session) -> {
					session.closing = true;
					this.ended.add(session);
					this.times.add(this.timer.now());
				});
	}

	private static List<TestSession> sessions(int count) {
		return IntStream.range(0, count).mapToObj(TestSession::new).toList();
	}

	@ParameterizedTest
	@CsvSource({ "1, 10", "7, 10", "500, 10", "10000, 60", "100000, 60", "3, 3600", "1000, 1" })
	void sessionsAreEndedEvenlyOverTheTime(int count, int seconds) {
		turns(sessions(count), Duration.ofSeconds(seconds), Order.OLDEST).begin();

		this.timer.runFor(seconds * SECOND);

		assertThat(this.ended).hasSize(count);
		assertThat(this.times.get(count - 1)).isBetween(seconds * SECOND * (count - 1) / count - SECOND,
				seconds * SECOND);
		assertThat(mostInASecond()).isLessThanOrEqualTo(most(count, seconds));
	}

	@ParameterizedTest
	@CsvSource({ "500, 10", "10000, 60" })
	void aTimerThatIsLateIsMadeUpForWithinThePace(int count, int seconds) {
		Random random = new Random(17);
		this.timer.late(() -> random.nextInt(3_000_000));
		turns(sessions(count), Duration.ofSeconds(seconds), Order.OLDEST).begin();

		this.timer.runFor(seconds * SECOND + SECOND / 10);

		assertThat(this.ended).hasSize(count);
		assertThat(mostInASecond()).isLessThanOrEqualTo(most(count, seconds));
	}

	@Test
	void whatAPauseHasMissedIsNotMadeUpFor() {
		turns(sessions(500), Duration.ofSeconds(10), Order.OLDEST).begin();
		this.timer.runFor(2 * SECOND);
		int before = this.ended.size();

		this.timer.pause(5 * SECOND);
		this.timer.runFor(SECOND);

		assertThat(before).isBetween(100, 101);
		assertThat(this.ended).hasSizeBetween(150, 153);
		assertThat(mostInASecond()).isLessThanOrEqualTo(most(500, 10));
		this.timer.runFor(8 * SECOND);
		assertThat(this.ended).hasSize(500);
	}

	@Test
	void idleSessionsAreFirstThoseThatAreSilentLongestBeforeOthers() {
		List<TestSession> sessions = sessions(10);
		sessions.forEach((session) -> session.silentSince = -session.number);
		sessions.get(9).busy = true;
		sessions.get(8).busy = true;
		turns(sessions, Duration.ofSeconds(10), Order.IDLE_FIRST).begin();

		this.timer.runFor(10 * SECOND);

		assertThat(this.ended.stream().map((session) -> session.number)).containsExactly(7, 6, 5, 4, 3, 2, 1, 0, 9, 8);
	}

	@Test
	void whoSpeaksOrBecomesBusyMeanwhileHasItsTurnLater() {
		List<TestSession> sessions = sessions(6);
		sessions.forEach((session) -> session.silentSince = session.number);
		turns(sessions, Duration.ofSeconds(6), Order.IDLE_FIRST).begin();
		this.timer.runFor(SECOND / 2);
		sessions.get(1).silentSince = SECOND;
		sessions.get(2).busy = true;

		this.timer.runFor(10 * SECOND);

		assertThat(this.ended.stream().map((session) -> session.number)).containsExactly(0, 3, 4, 5, 1, 2);
	}

	@Test
	void sessionsThatAreAllBusyAreEndedNonetheless() {
		List<TestSession> sessions = sessions(5);
		sessions.forEach((session) -> session.busy = true);
		Random random = new Random(5);
		sessions.forEach((session) -> session.talks = random);
		turns(sessions, Duration.ofSeconds(5), Order.IDLE_FIRST).begin();

		this.timer.runFor(5 * SECOND);

		assertThat(this.ended).hasSize(5);
	}

	@Test
	void theOldestAreFirstWhateverTheyDo() {
		List<TestSession> sessions = new ArrayList<>(sessions(20));
		sessions.sort(Comparator.comparing((session) -> session.number % 7));
		turns(sessions, Duration.ofSeconds(1), Order.OLDEST).begin();

		this.timer.runFor(SECOND);

		assertThat(this.ended.stream().map((session) -> session.number)).isSorted().hasSize(20);
	}

	@Test
	void randomIsNoOrder() {
		turns(sessions(100), Duration.ofSeconds(1), Order.RANDOM).begin();

		this.timer.runFor(SECOND);

		List<Integer> numbers = this.ended.stream().map((session) -> session.number).toList();
		assertThat(numbers).hasSize(100).doesNotHaveDuplicates();
		assertThat(numbers).isNotEqualTo(numbers.stream().sorted().toList());
	}

	@Test
	void whoHasEndedByItselfTakesNoTurnFromOthers() {
		List<TestSession> sessions = sessions(10);
		turns(sessions, Duration.ofSeconds(10), Order.OLDEST).begin();
		this.timer.runFor(SECOND / 2);
		sessions.subList(1, 9).forEach((session) -> session.closing = true);

		this.timer.runFor(SECOND);

		assertThat(this.ended.stream().map((session) -> session.number)).containsExactly(0, 9);
	}

	@Test
	void aSessionThatOpensLaterHasItsTurnAlsoAfterTheLast() {
		Turns<TestSession> turns = turns(sessions(2), Duration.ofSeconds(2), Order.OLDEST);
		turns.begin();
		this.timer.runFor(5 * SECOND);
		assertThat(this.ended).hasSize(2);

		turns.add(new TestSession(2));
		turns.add(new TestSession(3));
		this.timer.runFor(3 * SECOND);

		assertThat(this.ended).hasSize(4);
		assertThat(mostInASecond()).isLessThanOrEqualTo(most(2, 2));
	}

	@Test
	void nobodyHasATurnOnceTheyAreCancelled() {
		Turns<TestSession> turns = turns(sessions(10), Duration.ofSeconds(10), Order.OLDEST);
		turns.begin();
		this.timer.runFor(SECOND / 2);

		turns.cancel();
		turns.add(new TestSession(11));
		this.timer.runFor(20 * SECOND);

		assertThat(this.ended).hasSize(1);
	}

	@TestFactory
	Stream<DynamicTest> transitions() {
		return Transitions
			.of(TurnsState.class, () -> turns(sessions(1), Duration.ofSeconds(1), Order.OLDEST), Turns::state)
			.reached(NEW, (turns) -> {
			})
			.reached(RUNNING, Turns::begin)
			.reached(DONE, (turns) -> {
				turns.begin();
				this.timer.runFor(5 * SECOND);
			})
			.reached(CANCELLED, Turns::cancel)
			.on("begin", Turns::begin, Map.of(NEW, RUNNING))
			.on("a late session", (turns) -> turns.add(new TestSession(2)), Map.of(DONE, RUNNING))
			.on("no session left", (turns) -> this.timer.runFor(5 * SECOND), Map.of(RUNNING, DONE))
			.on("cancel", Turns::cancel, Map.of(NEW, CANCELLED, RUNNING, CANCELLED, DONE, CANCELLED))
			.tests();
	}

	private static int most(int count, int seconds) {
		return (int) Math.ceil(1.2 * count / seconds) + 1;
	}

	private int mostInASecond() {
		int most = 0;
		int from = 0;
		for (int to = 0; to < this.times.size(); to++) {
			while (this.times.get(to) - this.times.get(from) >= SECOND) {
				from++;
			}
			most = Math.max(most, to - from + 1);
		}
		return most;
	}

	private static final class TestSession implements Drainable {

		private final int number;

		private boolean busy;

		private long silentSince;

		private boolean closing;

		/** Its peer sends something whenever somebody looks. */
		private Random talks;

		TestSession(int number) {
			this.number = number;
		}

		@Override
		public long openedNanos() {
			return this.number;
		}

		@Override
		public long silentSince() {
			if (this.talks != null) {
				this.silentSince += this.talks.nextInt(100);
			}
			return this.silentSince;
		}

		@Override
		public boolean isBusy() {
			return this.busy;
		}

		@Override
		public boolean closing() {
			return this.closing;
		}

	}

}
