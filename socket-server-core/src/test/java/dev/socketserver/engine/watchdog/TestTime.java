package dev.socketserver.engine.watchdog;

import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.engine.TestSession;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The time of one session, which passes as the test says. The test is the loop and the
 * timer as well.
 */
final class TestTime {

	/** How often the timer would check the session. */
	static final long LOOK = 100;

	private long millis;

	private long start = System.nanoTime();

	private @Nullable TimeoutsInForce timeouts;

	/** Begins a moment before the session has opened, also if that took long. */
	TestSession of(TestSession test) {
		this.timeouts = new TimeoutsInForce(test.session.spec(), () -> this.start + this.millis * 1_000_000);
		this.start = test.session.openedNanos() - 1_000_000;
		return test;
	}

	long tickNanos() {
		return timeouts().tickNanos();
	}

	private TimeoutsInForce timeouts() {
		if (this.timeouts == null) {
			throw new IllegalStateException("there is no session yet");
		}
		return this.timeouts;
	}

	/** Lets time pass without the timer. */
	void pass(long time) {
		this.millis += time;
	}

	/** The timer checks the session, and the loop does not come round. */
	void look(TestSession test) {
		timeouts().check(test.session.spec(), Stream.of(test.session));
	}

	void check(TestSession test) {
		look(test);
		test.run();
	}

	/** Lets time pass in which the loop is away, and the timer checks as it does. */
	void passWithoutLoop(TestSession test, int looks) {
		for (int i = 0; i < looks; i++) {
			pass(LOOK);
			look(test);
		}
		test.run();
	}

	/** Lets time pass with which the session ends, and not before. */
	void assertEndsAfter(long time, TestSession test, CloseReason reason) {
		assertThat(test.reason()).as("before").isNull();
		pass(test, time);
		assertThat(test.reason()).isEqualTo(reason);
	}

	/** Lets time pass, and reads nothing meanwhile. */
	void passUnread(TestSession test, long time) {
		test.session.pauseReads();
		test.run();
		pass(test, time);
		test.session.resumeReads();
		test.run();
	}

	/** Lets time pass, and checks as often as the timer would. */
	void pass(TestSession test, long time) {
		for (long left = time; left > 0; left -= LOOK) {
			pass(LOOK);
			check(test);
		}
	}

}
