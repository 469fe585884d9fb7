package dev.socketserver.engine.events;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import dev.socketserver.SocketServerListener.Alarm;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AlarmsTests {

	private static final Alarm FIRST = new Alarm(Alarm.Kind.ACCEPT_FAILED, "first", null);

	private static final Alarm SECOND = new Alarm(Alarm.Kind.ACCEPT_RESUMED, "second", null);

	private final Queue<Runnable> background = new ArrayDeque<>();

	private final List<Alarm> received = new ArrayList<>();

	/** Time passes when the test says so. */
	private final AtomicLong now = new AtomicLong(-1_000);

	private final Alarms alarms = new Alarms(this.received::add, this.background::add, this.now::get);

	@Test
	void areNotifiedInTheBackgroundAndInTheirOrder() {
		Alarms alarms = new Alarms(this.received::add, this.background::add);
		alarms.raise(FIRST);
		alarms.raise(SECOND);
		assertThat(this.received).isEmpty();
		// The second is not even offered before the first was delivered.
		assertThat(this.background).hasSize(1);
		this.background.remove().run();
		assertThat(this.received).containsExactly(FIRST);
		this.background.remove().run();
		assertThat(this.received).containsExactly(FIRST, SECOND);
	}

	@Test
	void aListenerThatThrowsIsNotifiedTheNextAllTheSame() {
		Alarms alarms = new Alarms((alarm) -> {
			this.received.add(alarm);
			throw new IllegalStateException("This listener throws");
		}, Runnable::run);
		alarms.raise(FIRST);
		alarms.raise(SECOND);
		assertThat(this.received).containsExactly(FIRST, SECOND);
	}

	@Test
	void areNotifiedWhenThereIsAThreadAgain() {
		Alarms alarms = new Alarms(this.received::add, (task) -> {
			this.background.add(task);
			throw new RejectedExecutionException("no thread left");
		});
		alarms.raise(FIRST);
		alarms.raise(SECOND);
		while (!this.background.isEmpty()) {
			this.background.remove().run();
		}
		assertThat(this.received).containsExactly(FIRST, SECOND);
	}

	@Test
	void aMarkIsNotifiedAgainOnlyAfterLessThanThreeQuartersOfIt() {
		Alarms.Threshold threshold = this.alarms.threshold(Alarm.Kind.SESSIONS, 8);

		check(threshold, 7);
		assertThat(lines()).isEmpty();
		check(threshold, 8, 9, 7, 8, 6, 8);
		assertThat(lines()).containsExactly("SESSIONS 8");
		check(threshold, 5, 6, 7);
		assertThat(lines()).hasSize(1);
		check(threshold, 10);
		assertThat(lines()).containsExactly("SESSIONS 8", "SESSIONS 10");
	}

	@Test
	void thereMayBeNoMark() {
		check(this.alarms.threshold(Alarm.Kind.SESSIONS, 0), 0, 1, 1_000_000);

		assertThat(lines()).isEmpty();
	}

	@Test
	void aFloodIsManyWithinAMinute() {
		Alarms.Flood flood = this.alarms.flood(Alarm.Kind.REJECTIONS, 3);

		count(flood, 2);
		pass(60);
		count(flood, 2);
		assertThat(lines()).isEmpty();
		pass(59);
		count(flood, 1);
		assertThat(lines()).containsExactly("REJECTIONS many");
	}

	@Test
	void aFloodIsNotifiedAgainAfterTenMinutesIfItIsStillOne() {
		Alarms.Flood flood = this.alarms.flood(Alarm.Kind.REJECTIONS, 3);

		count(flood, 1);
		pass(30);
		count(flood, 99);
		pass(599);
		count(flood, 100);
		assertThat(lines()).hasSize(1);
		pass(1);
		count(flood, 2);
		assertThat(lines()).hasSize(1);
		count(flood, 100);
		assertThat(lines()).hasSize(2);
	}

	private void check(Alarms.Threshold threshold, long... figures) {
		for (long figure : figures) {
			if (threshold.isReachedBy(figure)) {
				threshold.raise(String.valueOf(figure));
			}
			run();
		}
	}

	private void count(Alarms.Flood flood, int times) {
		for (int i = 0; i < times; i++) {
			flood.count(() -> "many");
			run();
		}
	}

	private void run() {
		for (Runnable task = this.background.poll(); task != null; task = this.background.poll()) {
			task.run();
		}
	}

	private List<String> lines() {
		return this.received.stream().map((alarm) -> alarm.kind() + " " + alarm.detail()).toList();
	}

	private void pass(long seconds) {
		this.now.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
	}

}
