package dev.socketserver.engine.log;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LogLimit}, in which time passes when the test says so.
 */
class LogLimitTests {

	private final AtomicLong now = new AtomicLong();

	private final List<Runnable> later = new ArrayList<>();

	private final List<Long> delays = new ArrayList<>();

	private final List<String> lines = new ArrayList<>();

	private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(0) {

		@Override
		public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
			LogLimitTests.this.delays.add(unit.toSeconds(delay));
			LogLimitTests.this.later.add(task);
			return new Never();
		}

	};

	private final LogLimit limit = limit(2);

	@AfterEach
	void shutDown() {
		this.timer.shutdown();
	}

	@Test
	void fewLinesAreLoggedAsTheyCome() {
		log(2);
		pass(LogLimit.INTERVAL_SECONDS);
		log(2);

		assertThat(this.lines).containsExactly("line", "line", "line", "line");
		assertThat(this.later).isEmpty();
	}

	@Test
	void ofEachIntervalTheFirstLinesAreLogged() {
		log(1_000);
		interval();
		assertThat(this.later).isEmpty();
		pass(3);
		log(500);
		interval();

		assertThat(this.lines).containsExactly("line", "line", "998 more", "line", "line", "498 more");
		assertThat(this.delays).containsExactly(LogLimit.INTERVAL_SECONDS, LogLimit.INTERVAL_SECONDS);
	}

	@Test
	void whereOneLineIsLoggedThatWithTheCountIsTheNext() {
		LogLimit one = limit(1);
		log(one, 1_000);
		interval();
		log(one, 500);
		interval();
		interval();
		assertThat(this.later).isEmpty();
		log(one, 1);

		assertThat(this.lines).containsExactly("line", "999 more", "500 more", "line");
	}

	@Test
	void anIntervalBeginsWithItsFirstLine() {
		pass(LogLimit.INTERVAL_SECONDS + 5);
		log(1);
		pass(4);
		log(5);
		interval();

		assertThat(this.lines).containsExactly("line", "line", "4 more");
		assertThat(this.delays).containsExactly(LogLimit.INTERVAL_SECONDS - 4);
	}

	@Test
	void isOverWhenNothingIsLeftToReport() {
		log(5);
		pass(LogLimit.INTERVAL_SECONDS);
		assertThat(this.limit.isOver()).isFalse();
		interval();
		assertThat(this.limit.isOver()).isTrue();
	}

	@Test
	void whatWasSwallowedCanBeReportedAtOnce() {
		log(5);
		this.limit.flush();
		this.limit.flush();
		interval();

		assertThat(this.lines).containsExactly("line", "line", "3 more");
	}

	private LogLimit limit(int most) {
		return new LogLimit(most, this.timer, this.now::get, (count) -> this.lines.add(count + " more"));
	}

	private void log(int count) {
		log(this.limit, count);
	}

	private void log(LogLimit limit, int count) {
		for (int i = 0; i < count; i++) {
			limit.log(() -> this.lines.add("line"));
		}
	}

	private void pass(long seconds) {
		this.now.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
	}

	private void interval() {
		pass(LogLimit.INTERVAL_SECONDS);
		List<Runnable> due = List.copyOf(this.later);
		this.later.clear();
		due.forEach(Runnable::run);
	}

	/** Nobody asks it. */
	private static final class Never implements ScheduledFuture<Object> {

		@Override
		public long getDelay(TimeUnit unit) {
			return 0;
		}

		@Override
		public int compareTo(Delayed other) {
			return 0;
		}

		@Override
		public boolean cancel(boolean interrupt) {
			return false;
		}

		@Override
		public boolean isCancelled() {
			return false;
		}

		@Override
		public boolean isDone() {
			return false;
		}

		@Override
		public Object get() {
			throw new UnsupportedOperationException();
		}

		@Override
		public Object get(long timeout, TimeUnit unit) {
			throw new UnsupportedOperationException();
		}

	}

}
