package dev.socketserver.repl;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SessionInfo;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.operation.RefusedOperationException;
import dev.socketserver.operation.SessionEvaluator.Evaluation;
import dev.socketserver.repl.evaluate.ReplTimer;
import dev.socketserver.repl.evaluate.SpelInterpreter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.support.StaticListableBeanFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class OutsideEvaluationsTests {

	private static final Duration NO_TIME = Duration.ofMillis(10);

	private final ScheduledExecutorService timer = ReplTimer.create();

	/** The end of all sessions. */
	private final CompletableFuture<CloseStatus> ended = new CompletableFuture<>();

	private volatile boolean none = true;

	private final OutsideEvaluations evaluations = new OutsideEvaluations(this.timer, (task) -> new Thread(task) {

		@Override
		public void start() {
			if (OutsideEvaluationsTests.this.none) {
				throw new OutOfMemoryError("unable to create native thread");
			}
			super.start();
		}

	}, Duration.ofHours(1));

	@AfterEach
	void stop() {
		this.timer.shutdownNow();
	}

	/** More often than there may be evaluations at a time. */
	@Test
	void goOnWhenThereAreThreadsAgain() {
		Workspace workspace = workspace();
		for (int i = 0; i < 50; i++) {
			assertThatExceptionOfType(RefusedOperationException.class)
				.isThrownBy(() -> this.evaluations.evaluate(workspace, "1 + 1"))
				.withMessage("The system has no thread for the evaluation");
		}
		this.none = false;
		assertThat(this.evaluations.evaluate(workspace, "1 + 1").values()).containsExactly("2");
	}

	/** As many as there may be at a time, each of which asks again at once. */
	@Test
	void areOverForWhoeverHasTheirOutcome() throws Exception {
		this.none = false;
		List<CompletableFuture<?>> callers = new ArrayList<>();
		for (int i = 0; i < 16; i++) {
			Workspace workspace = workspace();
			callers.add(CompletableFuture.runAsync(() -> {
				for (int next = 0; next < 20; next++) {
					assertThat(this.evaluations.evaluate(workspace, "1 + 1").values()).containsExactly("2");
				}
			}, (task) -> new Thread(task).start()));
		}
		for (CompletableFuture<?> caller : callers) {
			Patience.await(caller);
		}
	}

	@Test
	void tellWhereTheirOutputIsAborted() {
		this.none = false;
		String print = "T(System).out.print('x'.repeat(%d)); T(System).out.flush()";

		assertThat(this.evaluations.evaluate(workspace(), print.formatted(65_536)).output())
			.isEqualTo("x".repeat(65_536));
		assertThat(this.evaluations.evaluate(workspace(), print.formatted(65_537)).output())
			.isEqualTo("x".repeat(65_536) + "\n(no more output: this evaluation has printed 65536 bytes)");
	}

	@Test
	void holdNoMoreThanSomeText() {
		this.none = false;

		List<String> values = this.evaluations.evaluate(workspace(), "#s = 'x'.repeat(65536);" + "#s;".repeat(20) + "1")
			.values();

		assertThat(values).hasSize(22);
		assertThat(values.subList(0, 16)).containsOnly("x".repeat(65_536));
		assertThat(values.subList(16, 22)).containsExactly("...", "...", "...", "...", "...", "...");
	}

	@Test
	void areInterruptedWhenTheirTimeIsOver() {
		CountDownLatch end = new CountDownLatch(1);
		String error = null;
		// With more time, where that was over before the evaluation had begun.
		for (Duration time = Duration.ofMillis(50); error == null; time = time.multipliedBy(2)) {
			error = errorAfter(time, workspace(Map.of("end", end), Workspace.TURN));
		}
		assertThat(error).startsWith("Interrupted after ");
		end.countDown();
	}

	/** As when the request behind one is cancelled at once, on a busy machine. */
	@Test
	void areInterruptedWhenNobodyWaitsAnyMoreBeforeTheyBegin() throws Exception {
		CountDownLatch goOn = new CountDownLatch(1);
		CountDownLatch never = new CountDownLatch(1);
		List<Thread> made = new ArrayList<>();
		OutsideEvaluations late = new OutsideEvaluations(this.timer, (task) -> {
			Thread thread = new Thread(() -> {
				Patience.hold(goOn);
				task.run();
			});
			made.add(thread);
			return thread;
		}, Duration.ofHours(1));
		Workspace workspace = workspace(Map.of("never", never), Workspace.TURN);

		Thread.currentThread().interrupt();
		assertThatExceptionOfType(RefusedOperationException.class)
			.isThrownBy(() -> late.evaluate(workspace, "#never.await()"));
		assertThat(Thread.interrupted()).isTrue();
		goOn.countDown();

		Thread evaluating = made.get(0);
		evaluating.join(Patience.limit().toMillis());
		assertThat(evaluating.isAlive()).isFalse();
		never.countDown();
	}

	private @Nullable String errorAfter(Duration time, Workspace workspace) {
		try {
			return new OutsideEvaluations(this.timer, Thread::new, time).evaluate(workspace, "#end.await()").error();
		}
		catch (RefusedOperationException ex) {
			return null;
		}
	}

	@Test
	void doNotWaitForEverForAnotherInTheSamePlace() throws Exception {
		this.none = false;
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		Workspace workspace = workspace(Map.of("begun", begun, "goOn", goOn), NO_TIME);
		CompletableFuture<Evaluation> first = CompletableFuture.supplyAsync(
				() -> this.evaluations.evaluate(workspace, "#begun.countDown(); #goOn.await()"),
				(task) -> new Thread(task).start());
		begun.await();

		assertThatExceptionOfType(RefusedOperationException.class)
			.isThrownBy(() -> this.evaluations.evaluate(workspace, "1"))
			.withMessageEndingWith(" is evaluating something else, and has been for 0 s: nothing was evaluated");
		goOn.countDown();
		assertThat(first.join().error()).isNull();
	}

	/** As when the peer leaves whose session evaluates something else. */
	@Test
	void areNotMadeInASessionThatHasEndedWhileTheyWaited() throws Exception {
		BlockingQueue<Thread> made = new LinkedBlockingQueue<>();
		OutsideEvaluations watched = new OutsideEvaluations(this.timer, (task) -> {
			Thread thread = new Thread(task);
			made.add(thread);
			return thread;
		}, Duration.ofHours(1));
		CountDownLatch goOn = new CountDownLatch(1);
		AtomicInteger count = new AtomicInteger();
		CountDownLatch begun = new CountDownLatch(1);
		Workspace workspace = workspace(Map.of("begun", begun, "goOn", goOn, "count", count), Duration.ofHours(1));
		CompletableFuture<Evaluation> first = CompletableFuture.supplyAsync(
				() -> watched.evaluate(workspace, "#begun.countDown(); #goOn.await()"),
				(task) -> new Thread(task).start());
		Patience.await(begun);
		Patience.next(made);
		CompletableFuture<Evaluation> second = CompletableFuture.supplyAsync(
				() -> watched.evaluate(workspace, "#count.incrementAndGet()"), (task) -> new Thread(task).start());
		Thread waiting = Patience.next(made);
		await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);

		this.ended.complete(CloseStatus.of(CloseReason.PEER_CLOSED));
		goOn.countDown();

		assertThat(Patience.await(first).error()).isNull();
		assertThat(second).failsWithin(Patience.limit())
			.withThrowableThat()
			.withCauseInstanceOf(RefusedOperationException.class)
			.withMessageEndingWith("Session 'upper-1' has ended");
		assertThat(count).hasValue(0);
	}

	private Workspace workspace() {
		return workspace(Map.of(), Workspace.TURN);
	}

	private Workspace workspace(Map<String, Object> variables, Duration patience) {
		ClassLoader loader = getClass().getClassLoader();
		SocketSession session = mock(SocketSession.class);
		SessionInfo info = mock(SessionInfo.class);
		given(session.id()).willReturn("upper-1");
		given(session.closed()).willReturn(this.ended);
		given(session.info()).willReturn(info);
		return new Workspace(session,
				new SpelInterpreter(new StaticListableBeanFactory(), loader, new HashMap<>(variables)), loader,
				patience);
	}

}
