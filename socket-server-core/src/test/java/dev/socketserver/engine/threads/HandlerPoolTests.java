package dev.socketserver.engine.threads;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Rounds;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HandlerPool}.
 */
class HandlerPoolTests {

	private static final int ROUNDS = Rounds.SOAK ? 1_000 : 50;

	private static final long LONG = TimeUnit.MINUTES.toNanos(10);

	private final List<HandlerPool<?>> pools = new ArrayList<>();

	private final List<Thread> threads = new CopyOnWriteArrayList<>();

	private final CountDownLatch release = new CountDownLatch(1);

	@AfterEach
	void close() {
		this.release.countDown();
		this.pools.forEach(HandlerPool::close);
	}

	private record Task(long session, Runnable body) implements Runnable {

		@Override
		public void run() {
			this.body.run();
		}

	}

	private HandlerPool<Task> pool(int threads, int queue, long idleNanos) {
		return pool(threads, queue, idleNanos, (task) -> {
			Thread thread = new Thread(task, "idle");
			thread.setDaemon(true);
			this.threads.add(thread);
			return thread;
		});
	}

	private HandlerPool<Task> pool(int threads, int queue, long idleNanos, ThreadFactory factory) {
		HandlerPool<Task> pool = new HandlerPool<>(factory, threads, queue, idleNanos, Task::session,
				(session) -> "session " + session);
		this.pools.add(pool);
		return pool;
	}

	private static boolean execute(HandlerPool<Task> pool, Task... tasks) {
		return pool.execute(tasks, tasks.length) == tasks.length;
	}

	/** Has a task of a session run until the release. */
	private void occupy(HandlerPool<Task> pool) throws InterruptedException {
		CountDownLatch running = new CountDownLatch(1);
		assertThat(execute(pool, new Task(99, () -> {
			running.countDown();
			Patience.hold(this.release);
		}))).isTrue();
		Patience.await(running);
	}

	/** Runs a task and waits until its thread is idle. */
	private static void runAndIdle(HandlerPool<Task> pool, Task task) {
		AtomicInteger ran = new AtomicInteger();
		Thread[] runner = new Thread[1];
		assertThat(execute(pool, new Task(task.session(), () -> {
			runner[0] = Thread.currentThread();
			task.run();
			ran.incrementAndGet();
		}))).isTrue();
		Awaitility.await().until(() -> ran.get() == 1 && runner[0].getState() == Thread.State.TIMED_WAITING);
	}

	private static void awaitSoon(Callable<Boolean> condition) {
		Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).until(condition);
	}

	@Test
	void threadsAreMadeOnlyWhileAllAreBusy() throws Exception {
		HandlerPool<Task> pool = pool(3, 10, LONG);
		for (int i = 0; i < 5; i++) {
			runAndIdle(pool, new Task(i + 1, () -> {
			}));
		}
		assertThat(this.threads).hasSize(1);

		occupy(pool);
		assertThat(this.threads).hasSize(1);
		occupy(pool);
		occupy(pool);
		assertThat(this.threads).hasSize(3);
		assertThat(pool.threads()).isEqualTo(3);
	}

	@Test
	void tasksWaitInOrderWhenThereAreNoMoreThreads() throws Exception {
		HandlerPool<Task> pool = pool(1, 10, LONG);
		occupy(pool);
		List<Integer> ran = new CopyOnWriteArrayList<>();
		for (int i = 0; i < 10; i++) {
			int number = i;
			assertThat(execute(pool, new Task(i + 1, () -> ran.add(number)))).isTrue();
		}
		assertThat(execute(pool, new Task(100, () -> ran.add(-1)))).isFalse();
		assertThat(ran).isEmpty();

		this.release.countDown();

		Awaitility.await().until(() -> ran.size() == 10);
		assertThat(ran).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
		assertThat(this.threads).hasSize(1);
	}

	@Test
	void ofTasksThatComeTogetherAsManyAreTakenAsMayWait() throws Exception {
		HandlerPool<Task> pool = pool(2, 3, LONG);
		occupy(pool);
		List<Integer> ran = new CopyOnWriteArrayList<>();
		Task[] tasks = new Task[10];
		for (int i = 0; i < tasks.length; i++) {
			int number = i;
			tasks[i] = new Task(i + 1, () -> ran.add(number));
		}

		assertThat(pool.execute(tasks, 9)).as("one for a thread yet to be made, and three that wait").isEqualTo(4);

		Awaitility.await().until(() -> ran.size() == 4);
		assertThat(ran).containsExactly(0, 1, 2, 3);
		assertThat(this.threads).hasSize(2);
	}

	@Test
	void withoutAQueueEachThreadTakesOne() {
		for (int round = 0; round < ROUNDS; round++) {
			HandlerPool<Task> pool = pool(3, 0, LONG);
			assertThat(pool.execute(new Task[] { blocking(1), blocking(2) }, 2)).isEqualTo(2);
			assertThat(execute(pool, blocking(3))).isTrue();
			assertThat(execute(pool, blocking(4))).isFalse();
		}
	}

	private Task blocking(long session) {
		return new Task(session, () -> Patience.hold(this.release));
	}

	@Test
	void taskThatComesAgainBeforeItsThreadIsBackTakesNobodysTurn() throws Exception {
		HandlerPool<Task> pool = pool(1, 1, LONG);
		CountDownLatch again = new CountDownLatch(1);
		List<Boolean> taken = new CopyOnWriteArrayList<>();
		Task[] returning = new Task[1];
		returning[0] = new Task(1, () -> {
			if (taken.isEmpty()) {
				taken.add(execute(pool, returning[0]));
				again.countDown();
				Patience.hold(this.release);
			}
		});
		assertThat(execute(pool, returning[0])).isTrue();
		Patience.await(again);
		AtomicInteger ran = new AtomicInteger();

		taken.add(execute(pool, new Task(2, ran::incrementAndGet)));
		taken.add(execute(pool, new Task(3, ran::incrementAndGet)));

		assertThat(taken).as("itself, one that waits, one too many").containsExactly(true, true, false);
		this.release.countDown();
		Awaitility.await().until(() -> ran.get() == 1);
		runAndIdle(pool, new Task(4, () -> {
		}));
	}

	@Test
	void idleThreadsLeaveAndNewOnesComeBack() {
		HandlerPool<Task> pool = pool(2, 10, TimeUnit.MILLISECONDS.toNanos(1));
		for (int i = 0; i < 3; i++) {
			AtomicInteger ran = new AtomicInteger();
			assertThat(execute(pool, new Task(1, ran::incrementAndGet))).isTrue();
			Awaitility.await().until(() -> ran.get() == 1 && pool.threads() == 0);
		}
		Awaitility.await().until(() -> this.threads.stream().noneMatch(Thread::isAlive));
		assertThat(this.threads).hasSize(3);
	}

	@Test
	void threadIsNamedAfterTheSessionItRunsUntilItIsIdle() {
		HandlerPool<Task> pool = pool(1, 10, LONG);
		List<String> names = new CopyOnWriteArrayList<>();
		Runnable body = () -> names.add(Thread.currentThread().getName());

		runAndIdle(pool, new Task(1, body));
		runAndIdle(pool, new Task(1, body));
		runAndIdle(pool, new Task(2, body));

		assertThat(names).containsExactly("session 1", "session 1", "session 2");
		Awaitility.await().until(() -> this.threads.get(0).getName().equals("idle"));
		runAndIdle(pool, new Task(2, body));
		assertThat(names).endsWith("session 2");
	}

	@Test
	void taskThatThrowsOrInterruptsCostsNoThread() {
		List<Throwable> uncaught = new CopyOnWriteArrayList<>();
		HandlerPool<Task> pool = pool(1, 10, LONG, (task) -> {
			Thread thread = new Thread(task, "idle");
			thread.setDaemon(true);
			thread.setUncaughtExceptionHandler((which, ex) -> uncaught.add(ex));
			this.threads.add(thread);
			return thread;
		});
		List<Boolean> interrupted = new CopyOnWriteArrayList<>();

		assertThat(execute(pool, new Task(1, () -> {
			Thread.currentThread().interrupt();
			throw new AssertionError("provoked");
		}))).isTrue();
		runAndIdle(pool, new Task(2, () -> interrupted.add(Thread.currentThread().isInterrupted())));

		assertThat(uncaught).hasSize(1);
		assertThat(interrupted).containsExactly(false);
		assertThat(this.threads).hasSize(1);
	}

	@Test
	void threadThatCannotBeMadeIsReplacedByThoseThereAre() throws Exception {
		AtomicInteger made = new AtomicInteger();
		HandlerPool<Task> pool = pool(10, 10, LONG, (task) -> {
			if (made.getAndIncrement() != 1) {
				throw new OutOfMemoryError("unable to create native thread");
			}
			Thread thread = new Thread(task, "idle");
			thread.setDaemon(true);
			return thread;
		});

		assertThat(execute(pool, new Task(1, () -> {
		}))).isFalse();
		assertThat(pool.threads()).isZero();
		occupy(pool);
		AtomicInteger ran = new AtomicInteger();
		assertThat(execute(pool, new Task(2, ran::incrementAndGet))).isTrue();
		assertThat(ran).hasValue(0);
		this.release.countDown();

		Awaitility.await().until(() -> ran.get() == 1);
		assertThat(pool.threads()).isOne();
	}

	@Test
	void closedPoolRunsWhatWaitsAndTakesNothingMore() throws Exception {
		HandlerPool<Task> pool = pool(2, 10, LONG);
		runAndIdle(pool, new Task(1, () -> {
		}));
		occupy(pool);
		occupy(pool);
		AtomicInteger ran = new AtomicInteger();
		assertThat(execute(pool, new Task(2, ran::incrementAndGet))).isTrue();

		pool.close();

		assertThat(execute(pool, new Task(3, ran::incrementAndGet))).isFalse();
		assertThat(ran).hasValue(0);
		this.release.countDown();
		Awaitility.await().until(() -> this.threads.stream().noneMatch(Thread::isAlive));
		assertThat(ran).hasValue(1);
		assertThat(pool.threads()).isZero();
	}

	/** Threads start and end all the time; no task is lost. */
	@Test
	void everyTaskTakenRunsOnce() throws Exception {
		Random seeds = new Random(20_240_229L);
		int producers = 3;
		int each = 200;
		ExecutorService callers = Executors.newFixedThreadPool(producers);
		try {
			for (int round = 0; round < ROUNDS; round++) {
				HandlerPool<Task> pool = pool(1 + seeds.nextInt(4), 1 + seeds.nextInt(20),
						TimeUnit.MICROSECONDS.toNanos(seeds.nextInt(100)));
				AtomicInteger taken = new AtomicInteger();
				AtomicInteger ran = new AtomicInteger();
				Set<Integer> twice = Collections.synchronizedSet(new HashSet<>());
				boolean[] once = new boolean[producers * each];
				List<Future<?>> done = new ArrayList<>();
				for (int producer = 0; producer < producers; producer++) {
					int from = producer * each;
					done.add(callers.submit(() -> {
						for (int i = from; i < from + each; i++) {
							int number = i;
							if (execute(pool, new Task(number % 5 + 1, () -> {
								if (once[number]) {
									twice.add(number);
								}
								once[number] = true;
								ran.incrementAndGet();
							}))) {
								taken.incrementAndGet();
							}
						}
					}));
				}
				for (Future<?> producer : done) {
					Patience.await(producer);
				}
				awaitSoon(() -> ran.get() == taken.get() && pool.threads() == 0);
				assertThat(twice).isEmpty();
				assertThat(taken.get()).isPositive();
			}
		}
		finally {
			callers.shutdownNow();
		}
	}

}
