package dev.socketserver.engine.lane;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.fixtures.Patience;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class LaneTests {

	private final ExecutorService executor = Executors.newFixedThreadPool(4);

	private final AtomicInteger batches = new AtomicInteger();

	private final AtomicInteger scheduled = new AtomicInteger();

	private final Lane.Owner owner = new Lane.Owner() {

		@Override
		public long sessionNumber() {
			return 1;
		}

		@Override
		public void batchEnded() {
			LaneTests.this.batches.incrementAndGet();
		}

		@Override
		public void refused() {
		}

	};

	private Lane lane(LaneScheduler scheduler) {
		return new Lane((lane) -> {
			this.scheduled.incrementAndGet();
			scheduler.ready(lane);
		}, this.owner);
	}

	private static Lane.Task task(Runnable body) {
		return new Lane.Task() {

			@Override
			public void run() {
				body.run();
			}

		};
	}

	@AfterEach
	void close() {
		this.executor.shutdownNow();
	}

	@Test
	void tasksOfSeveralThreadsNeverOverlapAndKeepEachThreadsOrder() throws Exception {
		int threads = 4;
		int tasks = 50_000;
		Lane lane = lane((ready) -> this.executor.execute(ready));
		int[] last = new int[threads];
		int[] sum = new int[1];
		AtomicInteger inside = new AtomicInteger();
		AtomicInteger wrong = new AtomicInteger();
		CountDownLatch done = new CountDownLatch(threads * tasks);

		List<Thread> producers = new ArrayList<>();
		for (int thread = 0; thread < threads; thread++) {
			int id = thread;
			Thread producer = new Thread(() -> {
				for (int i = 1; i <= tasks; i++) {
					int number = i;
					lane.submit(task(() -> {
						if (inside.getAndIncrement() != 0 || last[id] != number - 1) {
							wrong.incrementAndGet();
						}
						last[id] = number;
						sum[0]++;
						inside.decrementAndGet();
						done.countDown();
					}));
				}
			});
			producer.start();
			producers.add(producer);
		}
		for (Thread producer : producers) {
			producer.join();
		}

		Patience.await(done);
		assertThat(wrong).hasValue(0);
		assertThat(sum[0]).isEqualTo(threads * tasks);
	}

	@Test
	void isScheduledOncePerBatchAndNotifiedItsEnd() {
		List<Lane> ready = new ArrayList<>();
		Lane lane = lane(ready::add);
		List<String> ran = new ArrayList<>();

		lane.submit(task(() -> ran.add("a")));
		lane.submit(task(() -> ran.add("b")));
		assertThat(ready).hasSize(1);
		ready.get(0).run();

		assertThat(ran).containsExactly("a", "b");
		assertThat(this.batches).hasValue(1);
		lane.submit(task(() -> ran.add("c")));
		assertThat(ready).hasSize(2);
	}

	@Test
	void taskSubmittedByATaskRunsAfterIt() {
		List<Lane> ready = new ArrayList<>();
		Lane lane = lane(ready::add);
		List<String> ran = new ArrayList<>();
		lane.submit(task(() -> {
			lane.submit(task(() -> ran.add("inner")));
			ran.add("outer");
			assertThat(lane.runsHere()).isTrue();
		}));

		ready.get(0).run();

		assertThat(ran).containsExactly("outer", "inner");
		assertThat(lane.runsHere()).isFalse();
		assertThat(ready).hasSize(1);
	}

	@Test
	void taskThatThrowsDoesNotStopTheLane() {
		List<Lane> ready = new ArrayList<>();
		Lane lane = lane(ready::add);
		List<Throwable> uncaught = Collections.synchronizedList(new ArrayList<>());
		Thread.UncaughtExceptionHandler before = Thread.currentThread().getUncaughtExceptionHandler();
		Thread.currentThread().setUncaughtExceptionHandler((thread, ex) -> uncaught.add(ex));
		try {
			AtomicInteger ran = new AtomicInteger();
			lane.submit(task(() -> {
				throw new AssertionError("provoked");
			}));
			lane.submit(task(ran::incrementAndGet));

			ready.get(0).run();

			assertThat(ran).hasValue(1);
			assertThat(uncaught).hasSize(1);
		}
		finally {
			Thread.currentThread().setUncaughtExceptionHandler(before);
		}
	}

	@Test
	void busyLaneGivesItsThreadBackNowAndThen() {
		List<Lane> ready = new ArrayList<>();
		Lane lane = lane(ready::add);
		AtomicInteger rest = new AtomicInteger(100);
		Runnable[] again = new Runnable[1];
		again[0] = () -> {
			if (rest.decrementAndGet() > 0) {
				lane.submit(task(again[0]));
			}
		};
		lane.submit(task(again[0]));

		int runs = 0;
		while (!ready.isEmpty()) {
			ready.remove(0).run();
			runs++;
		}

		assertThat(rest).hasValue(0);
		// Sixteen rounds each.
		assertThat(runs).isEqualTo(7);
	}

	@Test
	void tellsTheWatchdogWhoRunsItAndThatACallHasBegun() {
		Lane lane = lane((ready) -> {
		});
		List<Thread> runners = new ArrayList<>();
		List<Integer> calls = new ArrayList<>(List.of(lane.calls()));
		for (int i = 0; i < 2; i++) {
			lane.submit(task(() -> {
				runners.add(lane.runner());
				calls.add(lane.calls());
			}));
		}
		lane.run();

		assertThat(lane.session()).isEqualTo(1);
		assertThat(runners).containsExactly(Thread.currentThread(), Thread.currentThread());
		assertThat(lane.runner()).isNull();
		assertThat(calls).hasSize(3).doesNotHaveDuplicates();
	}

	@Test
	void idleLaneRunsWhatCallsNoUserCodeWhereItIsAsked() {
		List<Lane> ready = new ArrayList<>();
		Lane lane = lane(ready::add);
		AtomicInteger ran = new AtomicInteger();

		assertThat(lane.runIfIdle(ran::incrementAndGet)).isTrue();
		assertThat(lane.runIfIdle(ran::incrementAndGet)).isTrue();

		assertThat(ran).hasValue(2);
		assertThat(ready).isEmpty();
		lane.submit(task(ran::incrementAndGet));
		assertThat(ready).hasSize(1);
	}

	@Test
	void laneThatHasSomethingToDoRunsNothingBeforeIt() {
		List<Lane> ready = new ArrayList<>();
		Lane lane = lane(ready::add);
		List<String> ran = new ArrayList<>();
		lane.submit(task(() -> {
			ran.add("task");
			assertThat(lane.runIfIdle(() -> ran.add("within"))).isFalse();
		}));

		assertThat(lane.runIfIdle(() -> ran.add("before"))).isFalse();
		ready.remove(0).run();

		assertThat(ran).containsExactly("task");
	}

	@Test
	void idleLaneGoesOnAfterWhatThrows() {
		List<Lane> ready = new ArrayList<>();
		Lane lane = lane(ready::add);
		AtomicInteger ran = new AtomicInteger();

		assertThatIllegalStateException().isThrownBy(() -> lane.runIfIdle(() -> {
			lane.submit(task(ran::incrementAndGet));
			throw new IllegalStateException("It must not");
		}));

		assertThat(ready).hasSize(1);
		ready.remove(0).run();
		assertThat(ran).hasValue(1);
		lane.submit(task(ran::incrementAndGet));
		assertThat(ready).hasSize(1);
	}

	@Test
	void whatIsSubmittedMeanwhileRunsAfterIt() {
		List<Lane> ready = new ArrayList<>();
		Lane lane = lane(ready::add);
		List<String> ran = new ArrayList<>();

		assertThat(lane.runIfIdle(() -> {
			lane.submit(task(() -> ran.add("submitted")));
			ran.add("first");
		})).isTrue();

		assertThat(ran).containsExactly("first");
		ready.remove(0).run();
		assertThat(ran).containsExactly("first", "submitted");
		assertThat(ready).isEmpty();
	}

}
