package dev.socketserver.repl;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class RunningEvaluationTests {

	private final ScheduledThreadPoolExecutor timer = (ScheduledThreadPoolExecutor) ReplTimer.create();

	@AfterEach
	void stop() {
		this.timer.shutdownNow();
	}

	/** What the application does in the pool that all share cannot delay it. */
	@Test
	void timesOnAThreadOfItsOwn() throws Exception {
		CompletableFuture<Thread> told = new CompletableFuture<>();
		RunningEvaluation running = new RunningEvaluation(this.timer,
				(thread) -> told.complete(Thread.currentThread()));
		running.begin();
		running.interrupt();
		assertThat(Thread.interrupted()).isTrue();

		assertThat(told.get(30, TimeUnit.SECONDS).getName()).isEqualTo(ReplTimer.THREAD);
		assertThat(told.get().isDaemon()).isTrue();
		assertThat(running.end()).isTrue();
	}

	@Test
	void aThousandInterruptsAreTimedOnce() {
		RunningEvaluation running = new RunningEvaluation(this.timer, (thread) -> {
		});
		running.begin();
		for (int i = 0; i < 1000; i++) {
			assertThat(running.interrupt()).isTrue();
		}
		running.end();
		assertThat(running.interrupt()).isFalse();
		assertThat(this.timer.getQueue()).hasSize(1);
	}

	@Test
	void anInterruptComesWhenItMay() {
		RunningEvaluation running = new RunningEvaluation(this.timer, (thread) -> {
		});
		running.begin();
		RunningEvaluation.holdInterrupts();
		running.interrupt();
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
		RunningEvaluation.letInterruptsThrough();
		assertThat(Thread.currentThread().isInterrupted()).isTrue();
		assertThat(running.end()).isTrue();
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
		assertThat(RunningEvaluation.interrupted()).isFalse();
	}

}
