package dev.socketserver.repl.evaluate;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.fixtures.Patience;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class RunningEvaluationTests {

	private final HastyTimer timer = new HastyTimer(Integer.MAX_VALUE);

	private final CompletableFuture<Thread> stuck = new CompletableFuture<>();

	private final RunningEvaluation running = new RunningEvaluation(this.timer, this.stuck::complete);

	@AfterEach
	void stop() {
		this.running.end();
		this.timer.shutdownNow();
	}

	/** What the application does in the pool that all share cannot delay it. */
	@Test
	void timesOnAThreadOfItsOwn() throws Exception {
		ScheduledExecutorService own = ReplTimer.create();
		Thread thread = Patience.await(own.schedule(Thread::currentThread, 1, TimeUnit.MILLISECONDS));
		assertThat(thread.getName()).isEqualTo(ReplTimer.THREAD);
		assertThat(thread.isDaemon()).isTrue();
		own.shutdownNow();
	}

	@Test
	void reportsOfAThreadThatDoesNotReact() throws Exception {
		this.running.begin();
		this.running.interrupt();
		assertThat(Thread.interrupted()).isTrue();
		assertThat(Patience.await(this.stuck)).isSameAs(Thread.currentThread());
		assertThat(this.running.end()).isTrue();
	}

	@Test
	void aThousandInterruptsAreTimedOnce() {
		HastyTimer patient = new HastyTimer(0);
		RunningEvaluation evaluation = new RunningEvaluation(patient, this.stuck::complete);
		evaluation.begin();
		for (int i = 0; i < 1000; i++) {
			assertThat(evaluation.interrupt()).isTrue();
		}
		evaluation.end();
		assertThat(evaluation.interrupt()).isFalse();
		assertThat(patient.scheduled).hasValue(1);
		patient.shutdownNow();
	}

	/** What is evaluated cannot react while the JVM stands still. */
	@Test
	void aPauseOfTheJvmDoesNotUseUpTheTimeToReact() {
		HastyTimer paused = new HastyTimer(1);
		RunningEvaluation evaluation = new RunningEvaluation(paused, this.stuck::complete);
		evaluation.begin();
		evaluation.interrupt();
		await().atMost(Patience.limit()).until(() -> paused.scheduled.get() == 2 || this.stuck.isDone());
		assertThat(this.stuck).isNotDone();
		assertThat(evaluation.end()).isTrue();
		paused.shutdownNow();
	}

	@Test
	void anInterruptComesWhenItMay() {
		this.running.begin();
		RunningEvaluation.holdInterrupts();
		this.running.interrupt();
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
		RunningEvaluation.letInterruptsThrough();
		assertThat(Thread.currentThread().isInterrupted()).isTrue();
		assertThat(this.running.end()).isTrue();
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
		assertThat(RunningEvaluation.interrupted()).isFalse();
	}

	/** A compiler may take its time to start on a busy machine. */
	@Test
	void whatInterruptsAreKeptFromCountsForNoLimit() throws Exception {
		this.running.begin();
		RunningEvaluation.holdInterrupts();
		this.running.interrupt();
		// The limit has passed three times.
		await().atMost(Patience.limit()).until(() -> this.timer.scheduled.get() > 3 * RunningEvaluation.PARTS);
		assertThat(this.stuck).isNotDone();
		RunningEvaluation.letInterruptsThrough();
		assertThat(Thread.interrupted()).isTrue();
		assertThat(Patience.await(this.stuck)).isSameAs(Thread.currentThread());
	}

	@Test
	void norForThatOfAnEvaluationThatNobodyAttendsTo() {
		this.running.leaveAlone();
		this.running.begin();
		RunningEvaluation.holdInterrupts();
		await().atMost(Patience.limit()).until(() -> this.timer.scheduled.get() > 3 * RunningEvaluation.PARTS);
		assertThat(this.running.end()).as("interrupted").isFalse();
	}

	/** For which the first times are a hundredth of a second each, and others an hour. */
	private static final class HastyTimer extends ScheduledThreadPoolExecutor {

		private final AtomicInteger scheduled = new AtomicInteger();

		private final int hasty;

		HastyTimer(int hasty) {
			super(1);
			this.hasty = hasty;
		}

		@Override
		public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
			boolean soon = this.scheduled.incrementAndGet() <= this.hasty;
			return super.schedule(command, soon ? 10 : TimeUnit.HOURS.toMillis(1), TimeUnit.MILLISECONDS);
		}

	}

}
