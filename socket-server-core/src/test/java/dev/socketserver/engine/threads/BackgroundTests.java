package dev.socketserver.engine.threads;

import java.lang.Thread.State;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import dev.socketserver.ManualTimer;
import dev.socketserver.engine.lane.Handover;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A system that gives no threads for a while. */
class BackgroundTests {

	private static final int TASKS = 50;

	/**
	 * Later versions start workers past {@link Thread#start()}; Java 17 counts those that
	 * were not even made as if they were there.
	 */
	private static final boolean LATER = Runtime.version().feature() > 17;

	/** Has threads sought again when the test says so. */
	private final ManualTimer timer = new ManualTimer();

	private final Background background = new Background(this::thread, this::ownThread, this.timer);

	private final AtomicInteger asked = new AtomicInteger();

	private final AtomicInteger ran = new AtomicInteger();

	private final AtomicBoolean refused = new AtomicBoolean();

	private volatile boolean none;

	@AfterEach
	void end() {
		this.timer.shutdownNow();
	}

	@Test
	void tasksRunHoweverLongThereIsNoThread() {
		this.none = true;
		execute(TASKS);
		assertThat(this.refused).isTrue();
		for (int i = 0; i < 3; i++) {
			int before = this.asked.get();
			assertThat(this.timer.runNext()).isTrue();
			assertThat(this.asked).hasValueGreaterThan(before);
		}
		assertThat(this.ran).hasValue(0);
		this.none = false;

		await().until(this::haveAllRun);
	}

	@Test
	void noTaskIsLostWithAThreadThatFindsNoOther() {
		Thread worker = CompletableFuture.supplyAsync(Thread::currentThread, this.background).join();
		Awaitility.await().until(() -> worker.getState() == State.TIMED_WAITING);
		this.none = true;
		execute(TASKS);
		await().until(() -> haveAllRun() || !worker.isAlive());
		this.none = false;

		await().until(this::haveAllRun);
	}

	@Test
	void whatRunsElsewhereForWantOfAThreadIsNotRunAgain() {
		this.none = true;
		Handover.run(this.background, this.ran::incrementAndGet);
		assertThat(this.ran).hasValue(1);
		this.none = false;

		AtomicBoolean last = new AtomicBoolean();
		this.background.execute(() -> last.set(true));
		await().until(() -> {
			this.timer.runNext();
			return last.get();
		});
		assertThat(this.ran).hasValue(1);
	}

	@Test
	void whatTasksForkIsNotForgottenWhileThreadsAreSought() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch looked = new CountDownLatch(1);
		this.background.execute(() -> {
			throw new IllegalStateException("has another look taken for threads");
		});
		this.background.execute(() -> IntStream.range(0, 400).parallel().forEach((i) -> {
			try {
				begun.countDown();
				looked.await();
				this.ran.incrementAndGet();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}));

		begun.await();
		await().until(this.timer::runNext);
		looked.countDown();

		await().until(() -> this.ran.get() == 400);
	}

	@Test
	void tasksRunWhenTheThreadsAreGone() {
		Thread worker = CompletableFuture.supplyAsync(Thread::currentThread, this.background).join();
		this.background.endIdle();
		await().until(() -> !worker.isAlive());

		this.none = true;
		execute(TASKS);
		assertThat(this.refused).isTrue();
		this.none = false;

		await().until(this::haveAllRun);
	}

	@Test
	void tasksThatWaitRunWhenThreadsThatHaveNothingToDoEnd() {
		this.none = true;
		execute(TASKS);
		this.background.endIdle();
		this.none = false;

		await().until(this::haveAllRun);
	}

	private Thread ownThread(Runnable task) {
		Thread thread = new Thread(task) {
			@Override
			public void start() {
				BackgroundTests.this.start();
				super.start();
			}
		};
		thread.setDaemon(true);
		return thread;
	}

	/** Has threads sought once more, and returns whether all tasks have run. */
	private boolean haveAllRun() {
		this.timer.runNext();
		return this.ran.get() == TASKS;
	}

	/** The thread ends with what would end the tests too. */
	private static ConditionFactory await() {
		return Awaitility.await().dontCatchUncaughtExceptions();
	}

	private void execute(int tasks) {
		for (int i = 0; i < tasks; i++) {
			try {
				this.background.execute(this.ran::incrementAndGet);
			}
			catch (RejectedExecutionException ex) {
				this.refused.set(true);
			}
		}
	}

	private ForkJoinWorkerThread thread(ForkJoinPool pool) {
		if (LATER) {
			start();
		}
		return new Worker(pool);
	}

	private void start() {
		this.asked.incrementAndGet();
		if (this.none) {
			throw new OutOfMemoryError("no thread left");
		}
	}

	private final class Worker extends ForkJoinWorkerThread {

		Worker(ForkJoinPool pool) {
			super(pool);
			setDaemon(true);
		}

		@Override
		public void start() {
			if (!LATER) {
				BackgroundTests.this.start();
			}
			super.start();
		}

	}

}
