package dev.socketserver.engine.watchdog;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import dev.socketserver.engine.ManualEngine;
import dev.socketserver.engine.TestSession;
import dev.socketserver.engine.resources.SessionWatch;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SessionWatchTests {

	/** A timer whose thread is the test. */
	private static final class Timer extends ScheduledThreadPoolExecutor {

		private final List<Runnable> checks = new ArrayList<>();

		private final List<Future<?>> asked = new ArrayList<>();

		Timer() {
			super(0);
			setRemoveOnCancelPolicy(true);
		}

		@Override
		public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
			ScheduledFuture<?> future = super.schedule(task, 1, TimeUnit.DAYS);
			this.checks.add(task);
			this.asked.add(future);
			return future;
		}

		long waiting() {
			return this.asked.stream().filter((future) -> !future.isDone()).count();
		}

	}

	@Test
	void aCheckThatRunsWhileSettingsChangeIsNotDoneTwiceFromThenOn() {
		Timer timer = new Timer();
		TestSession session = new TestSession(UnaryOperator.identity());
		SessionWatch watch = new SessionWatch(session.context(), ManualEngine.with(timer));
		long before = timer.waiting();

		// The thread of the timer has begun with it, and waits for the change to be made.
		Runnable begun = timer.checks.get(0);
		watch.reconfigure(session.context());
		begun.run();

		assertThat(timer.waiting()).isEqualTo(before);
		watch.end();
		assertThat(timer.waiting()).isZero();
	}

}
