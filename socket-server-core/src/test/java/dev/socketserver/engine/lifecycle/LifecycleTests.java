package dev.socketserver.engine.lifecycle;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import dev.socketserver.ServerState;
import dev.socketserver.engine.lifecycle.Lifecycle.Next;
import dev.socketserver.engine.lifecycle.Lifecycle.Stop;
import dev.socketserver.engine.lifecycle.Lifecycle.Wish;
import dev.socketserver.fixtures.Patience;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Starts, stops, pauses and restarts of something that is neither a server nor a client.
 */
class LifecycleTests {

	private final Work work = new Work();

	private final Lifecycle<Run> lifecycle = new Lifecycle<>(this.work);

	@Test
	void startsOnceAndStops() {
		this.lifecycle.start();
		this.lifecycle.start();
		assertThat(this.lifecycle.state()).isEqualTo(ServerState.RUNNING);
		CompletableFuture<?> end = this.lifecycle.end();

		Stop<Run> stop = this.lifecycle.stop(Wish.STOPPED);

		assertThat(stop.first()).isTrue();
		assertThat(this.lifecycle.state()).isEqualTo(ServerState.DRAINING);
		assertThat(end).isNotDone();
		assertThat(end(stop.run())).isEqualTo(Next.REST);
		assertThat(this.lifecycle.state()).isEqualTo(ServerState.STOPPED);
		assertThat(end).isCompleted();
		assertThat(stop.end()).isCompleted();
		assertThat(this.work.events).containsExactly("started", "works", "stopped");
	}

	@Test
	void whatWasNeverStartedHasEnded() {
		assertThat(this.lifecycle.end()).isCompleted();
		assertThat(this.lifecycle.stop(Wish.STOPPED).first()).isFalse();
		assertThat(this.lifecycle.stop(Wish.RUNNING).first()).isFalse();
		assertThat(this.lifecycle.state()).isEqualTo(ServerState.STOPPED);
	}

	@Test
	void whatItStartsWithChangesOnlyForRunsThatAreKnown() {
		List<ServerState> changed = new ArrayList<>();
		Runnable change = () -> changed.add(this.lifecycle.state());
		List<Run> none = this.lifecycle.runs().all();
		assertThat(this.lifecycle.change(none, change)).isTrue();
		this.lifecycle.start();
		assertThat(this.lifecycle.change(none, change)).isFalse();
		assertThat(this.lifecycle.change(this.lifecycle.runs().all(), change)).isTrue();
		assertThat(changed).containsExactly(ServerState.STOPPED, ServerState.RUNNING);
	}

	@Test
	void startThatFailsIsReportedAndCanBeRetried() {
		this.work.failure = new IllegalStateException("not today");
		assertThatIllegalStateException().isThrownBy(this.lifecycle::start);
		assertThat(this.lifecycle.state()).isEqualTo(ServerState.FAILED);
		assertThat(this.lifecycle.failure()).isSameAs(this.work.failure);
		assertThat(this.lifecycle.end()).isCompleted();

		this.work.failure = null;
		this.lifecycle.start();

		assertThat(this.lifecycle.state()).isEqualTo(ServerState.RUNNING);
		assertThat(this.lifecycle.failure()).isNull();
		assertThat(this.work.events).containsExactly("failed", "started", "works");
	}

	@Test
	void startThatFollowsOneThatHasFailedIsReportedBehindIt() {
		this.work.failure = new IllegalStateException("not today");
		this.work.within = () -> this.lifecycle.end().thenRun(() -> {
			this.work.within = null;
			this.work.failure = null;
			this.lifecycle.start();
		});

		assertThatIllegalStateException().isThrownBy(this.lifecycle::start);

		assertThat(this.lifecycle.state()).isEqualTo(ServerState.RUNNING);
		assertThat(this.work.events).containsExactly("failed", "started", "works");
	}

	@Test
	void nobodyStartsItBeforeListenersWereNotifiedOfTheFailure() throws Exception {
		this.work.failure = new IllegalStateException("not today");
		CompletableFuture<?>[] start = new CompletableFuture<?>[1];
		this.work.whenFailed = () -> {
			this.work.failure = null;
			CountDownLatch begun = new CountDownLatch(1);
			start[0] = CompletableFuture.runAsync(() -> {
				begun.countDown();
				this.lifecycle.start();
			});
			Patience.await(begun);
			this.work.events.add("was notified");
		};

		assertThatIllegalStateException().isThrownBy(this.lifecycle::start);
		Patience.await(start[0]);

		assertThat(this.work.events).containsExactly("failed", "was notified", "started", "works");
	}

	@Test
	void listenerThatIsNotifiedOfAFailureDoesNotWaitForItself() {
		this.lifecycle.start();
		this.lifecycle.stop(Wish.STOPPED);
		end(this.work.last());
		this.work.failure = new IllegalStateException("not today");
		this.work.whenFailed = () -> {
			assertThat(this.lifecycle.stop(Wish.STOPPED).first()).isTrue();
			assertThat(this.lifecycle.endFromHere()).isCompleted();
			assertThat(this.lifecycle.end()).isNotDone();
		};

		assertThatIllegalStateException().isThrownBy(this.lifecycle::start);

		assertThat(this.lifecycle.end()).isCompleted();
		assertThat(this.lifecycle.state()).isEqualTo(ServerState.STOPPED);
	}

	@Test
	void listenerThatIsNotifiedOfTheFirstFailureDoesNotWaitForItself() {
		this.work.failure = new IllegalStateException("not today");
		this.work.whenFailed = () -> assertThat(this.lifecycle.endFromHere()).isCompleted();

		assertThatIllegalStateException().isThrownBy(this.lifecycle::start);
	}

	@Test
	void listenerThatIsNotifiedOfAFailureMayStartItAgain() {
		this.work.failure = new IllegalStateException("not today");
		this.work.whenFailed = () -> {
			this.work.failure = null;
			this.lifecycle.start();
			assertThat(this.lifecycle.endFromHere()).isNotDone();
		};

		assertThatIllegalStateException().isThrownBy(this.lifecycle::start);

		assertThat(this.lifecycle.state()).isEqualTo(ServerState.RUNNING);
		assertThat(this.lifecycle.end()).isNotDone();
		assertThat(this.work.events).containsExactly("failed", "started", "works");
	}

	@Test
	void failureIsForgottenBeforeItRunsAgain() {
		this.work.failure = new IllegalStateException("not today");
		assertThatIllegalStateException().isThrownBy(this.lifecycle::start);
		this.work.failure = null;
		List<Throwable> seen = new ArrayList<>();

		this.lifecycle.start((run) -> {
			// The state follows what this returns.
			seen.add(this.lifecycle.failure());
			return false;
		});

		assertThat(seen).containsOnlyNulls();
	}

	@Test
	void stopForgetsAStartThatHasFailed() {
		this.work.failure = new IllegalStateException("not today");
		assertThatIllegalStateException().isThrownBy(this.lifecycle::start);

		assertThat(this.lifecycle.stop(Wish.STOPPED).first()).isTrue();

		assertThat(this.lifecycle.state()).isEqualTo(ServerState.STOPPED);
		assertThat(this.lifecycle.failure()).isNull();
		assertThat(this.lifecycle.stop(Wish.STOPPED).first()).isFalse();
	}

	@Test
	void stopDuringAStartTakesEffectWhenThatIsOver() {
		this.work.within = () -> {
			assertThat(this.lifecycle.state()).isEqualTo(ServerState.STARTING);
			Stop<Run> stop = this.lifecycle.stop(Wish.STOPPED);
			assertThat(stop.first()).isTrue();
			assertThat(stop.run()).isNull();
			assertThat(stop.end()).isNotDone();
			assertThat(this.lifecycle.stop(Wish.STOPPED).first()).isFalse();
		};

		assertThatIllegalStateException().isThrownBy(this.lifecycle::start).withMessage("cancelled");

		assertThat(this.lifecycle.state()).isEqualTo(ServerState.DRAINING);
		end(this.work.last());
		assertThat(this.lifecycle.state()).isEqualTo(ServerState.STOPPED);
		assertThat(this.lifecycle.end()).isCompleted();
		assertThat(this.work.events).as("no one was notified of the start").isEmpty();
	}

	@Test
	void stopBehindAStartThatAnotherHasCancelledIsNotTheFirst() {
		this.work.within = () -> assertThat(this.lifecycle.stop(Wish.STOPPED).first()).isTrue();
		this.work.whenCancelled = () -> {
			assertThat(this.lifecycle.state()).isEqualTo(ServerState.DRAINING);
			assertThat(this.lifecycle.stop(Wish.STOPPED).first()).isFalse();
		};

		assertThatIllegalStateException().isThrownBy(this.lifecycle::start).withMessage("cancelled");
	}

	@Test
	void firstStopOfWhatWasRetiredWhileItStartedIsTheFirst() {
		this.work.within = this.lifecycle::retire;
		this.work.whenCancelled = () -> {
			assertThat(this.lifecycle.stop(Wish.STOPPED).first()).isTrue();
			assertThat(this.lifecycle.stop(Wish.STOPPED).first()).isFalse();
		};

		assertThatIllegalStateException().isThrownBy(this.lifecycle::start).withMessage("cancelled");
	}

	@Test
	void startThatFailsAfterAStopIsNoFailure() {
		this.work.failure = new IllegalStateException("not today");
		this.work.within = () -> this.lifecycle.stop(Wish.STOPPED);

		assertThatIllegalStateException().isThrownBy(this.lifecycle::start);

		assertThat(this.lifecycle.state()).isEqualTo(ServerState.STOPPED);
		assertThat(this.lifecycle.failure()).isNull();
		assertThat(this.work.events).isEmpty();
	}

	@Test
	void drainDuringAStartCancelsIt() {
		this.work.within = () -> assertThat(this.lifecycle.<Integer>drain(false, List::size)).isZero();

		assertThatIllegalStateException().isThrownBy(this.lifecycle::start).withMessage("cancelled");
	}

	@Test
	void ofTwoStopsOneIsTheFirst() {
		this.lifecycle.start();

		assertThat(this.lifecycle.stop(Wish.STOPPED).first()).isTrue();
		assertThat(this.lifecycle.stop(Wish.STOPPED).first()).isFalse();
		assertThat(this.lifecycle.stop(Wish.RUNNING).first()).as("a stop is no restart").isFalse();
		assertThat(end(this.work.last())).isEqualTo(Next.REST);
	}

	@Test
	void cannotStartWhileItEnds() {
		this.lifecycle.start();
		this.lifecycle.stop(Wish.STOPPED);

		assertThatIllegalStateException().isThrownBy(this.lifecycle::start).withMessage("DRAINING false");
	}

	@Test
	void startsAgainAfterARestart() {
		this.lifecycle.start();
		CompletableFuture<?> first = this.lifecycle.end();
		assertThat(this.lifecycle.stop(Wish.RUNNING).first()).isTrue();
		assertThat(this.lifecycle.stop(Wish.RUNNING).first()).isFalse();

		assertThat(end(this.work.last())).isEqualTo(Next.START_AGAIN);
		assertThat(this.lifecycle.state()).isEqualTo(ServerState.STARTING);
		assertThat(first).isCompleted();
		CompletableFuture<?> second = this.lifecycle.end();
		this.lifecycle.startAgain();

		assertThat(this.lifecycle.state()).isEqualTo(ServerState.RUNNING);
		assertThat(second).isNotDone();
		assertThat(this.work.events).containsExactly("started", "works", "stopped", "started", "works");
	}

	@Test
	void stopCancelsARestart() {
		this.lifecycle.start();
		this.lifecycle.stop(Wish.RUNNING);

		assertThat(this.lifecycle.stop(Wish.STOPPED).first()).isTrue();
		assertThat(end(this.work.last())).isEqualTo(Next.REST);
	}

	@Test
	void whatIsRetiredIsNotStartedAgain() {
		this.lifecycle.start();
		this.lifecycle.stop(Wish.RUNNING);
		this.lifecycle.retire();

		assertThat(end(this.work.last())).isEqualTo(Next.REST);
		assertThatIllegalStateException().isThrownBy(this.lifecycle::start).withMessage("STOPPED true");
	}

	@Test
	void pausesAndGoesOn() {
		assertThat(this.lifecycle.<String>pause((run) -> "no", (run) -> true)).isNull();
		assertThat(this.lifecycle.state()).isEqualTo(ServerState.STOPPED);
		this.lifecycle.start();

		assertThat(this.lifecycle.<String>pause((run) -> "a part", (run) -> false)).isEqualTo("a part");
		assertThat(this.lifecycle.state()).isEqualTo(ServerState.RUNNING);
		assertThat(this.lifecycle.<String>pause((run) -> "all", (run) -> true)).isEqualTo("all");
		assertThat(this.lifecycle.state()).isEqualTo(ServerState.PAUSED);
		assertThat(this.lifecycle.<String>pause((run) -> null, (run) -> true)).isNull();
		assertThat(this.lifecycle.state()).isEqualTo(ServerState.PAUSED);
		assertThat(this.lifecycle.<String>pause((run) -> "resumed", (run) -> false)).isEqualTo("resumed");
		assertThat(this.lifecycle.state()).isEqualTo(ServerState.RUNNING);
	}

	@Test
	void listenerThatStopsItWhileItStartsIsNotWaitedFor() {
		this.work.whenStarted = () -> {
			assertThat(this.lifecycle.notifying().isHere()).isTrue();
			assertThat(this.lifecycle.stop(Wish.STOPPED).first()).isTrue();
		};

		this.lifecycle.start();

		assertThat(this.lifecycle.notifying().isHere()).isFalse();
		end(this.work.last());
		assertThat(this.work.events).containsExactly("started", "works", "stopped");
	}

	@Test
	void endOfARunWaitsUntilItsStartIsAnnounced() throws Exception {
		CountDownLatch stopped = new CountDownLatch(1);
		CountDownLatch ending = new CountDownLatch(1);
		this.work.whenStarted = () -> {
			Run run = this.lifecycle.stop(Wish.STOPPED).run();
			Thread thread = new Thread(() -> {
				ending.countDown();
				end(run);
				stopped.countDown();
			});
			thread.start();
			Patience.await(ending);
			assertThat(this.work.events).containsExactly("started");
		};

		this.lifecycle.start();

		Patience.await(stopped);
		// A run may be at its end when it is to work.
		assertThat(this.work.events).startsWith("started").containsExactlyInAnyOrder("started", "works", "stopped");
	}

	@Test
	void listenerThatIsNotifiedOfAStopMayStartItAgain() {
		this.lifecycle.start();
		this.lifecycle.stop(Wish.STOPPED);
		this.work.whenStopped = () -> {
			this.work.whenStopped = null;
			assertThat(this.lifecycle.state()).isEqualTo(ServerState.STOPPED);
			assertThat(this.lifecycle.isAtRest()).isFalse();
			this.lifecycle.start();
		};

		assertThat(end(this.work.last())).isEqualTo(Next.REST);

		assertThat(this.lifecycle.state()).isEqualTo(ServerState.RUNNING);
		assertThat(this.lifecycle.isAtRest()).isTrue();
	}

	@Test
	void listenerThatIsNotifiedOfAStopDoesNotWaitForItself() {
		this.lifecycle.start();
		this.lifecycle.stop(Wish.STOPPED);
		Run run = this.work.last();
		run.failure = new IllegalStateException("its handler");
		this.work.whenStopped = () -> {
			assertThat(this.lifecycle.endFromHere()).isCompletedExceptionally();
			assertThat(this.lifecycle.end()).isNotDone();
		};

		end(run);

		assertThat(this.lifecycle.end()).isCompletedExceptionally();
	}

	@Test
	void nobodyStartsItBeforeListenersWereNotifiedOfTheStop() throws Exception {
		this.lifecycle.start();
		this.lifecycle.stop(Wish.STOPPED);
		CompletableFuture<?>[] start = new CompletableFuture<?>[1];
		this.work.whenStopped = () -> {
			CountDownLatch begun = new CountDownLatch(1);
			start[0] = CompletableFuture.runAsync(() -> {
				begun.countDown();
				this.lifecycle.start();
			});
			Patience.await(begun);
			this.work.events.add("was notified");
		};

		end(this.work.last());
		Patience.await(start[0]);

		assertThat(this.work.events).containsExactly("started", "works", "stopped", "was notified", "started", "works");
	}

	@Test
	void whatGoesOnByItselfIsWaitedForUntilItHasEnded() {
		this.lifecycle.start();
		Run left = this.lifecycle.beginLeaving();
		assertThat(this.lifecycle.state()).isEqualTo(ServerState.DRAINING);
		assertThat(this.lifecycle.leave(left)).isTrue();
		assertThat(this.lifecycle.state()).isEqualTo(ServerState.STOPPED);
		assertThat(this.lifecycle.runs().left()).containsExactly(left);
		this.lifecycle.start();
		Run second = this.work.last();
		CompletableFuture<?> end = this.lifecycle.end();
		this.lifecycle.stop(Wish.STOPPED);
		end(second);
		assertThat(end).isNotDone();

		assertThat(end(left)).isEqualTo(Next.NOTHING);

		assertThat(end).isCompleted();
		assertThat(this.work.events).containsExactly("started", "works", "stopped", "started", "works", "stopped");
	}

	@Test
	void whatIsStoppedMeanwhileIsNotLeft() {
		this.lifecycle.start();
		Run run = this.lifecycle.beginLeaving();
		this.lifecycle.stop(Wish.RUNNING);

		assertThat(this.lifecycle.leave(run)).isFalse();
		assertThat(end(run)).isEqualTo(Next.START_AGAIN);
	}

	@Test
	void drainIsGivenAllRuns() {
		this.lifecycle.start();
		Run left = this.lifecycle.beginLeaving();
		this.lifecycle.leave(left);
		this.lifecycle.start();

		List<Run> runs = this.lifecycle.drain(false, (all) -> all);

		assertThat(runs).containsExactly(left, this.work.last());
		assertThat(this.lifecycle.state()).isEqualTo(ServerState.DRAINING);
		assertThat(this.lifecycle.stop(Wish.STOPPED).first()).as("a drain is no stop").isTrue();
	}

	private Next end(@Nullable Run run) {
		assertThat(run).isNotNull();
		Next next = this.lifecycle.ended(run);
		this.lifecycle.over(run);
		return next;
	}

	private final class Work implements Lifecycle.Actions<Run> {

		private final List<String> events = Collections.synchronizedList(new ArrayList<>());

		private @Nullable Run last;

		private @Nullable RuntimeException failure;

		private @Nullable Runnable within;

		private @Nullable Runnable whenCancelled;

		private @Nullable Runnable whenFailed;

		private @Nullable Runnable whenStarted;

		private @Nullable Runnable whenStopped;

		Run last() {
			assertThat(this.last).isNotNull();
			return this.last;
		}

		@Override
		public Run begin() {
			if (this.within != null) {
				this.within.run();
			}
			if (this.failure != null) {
				throw this.failure;
			}
			this.last = new Run();
			return this.last;
		}

		@Override
		public void failed(Throwable cause) {
			this.events.add("failed");
			if (this.whenFailed != null) {
				this.whenFailed.run();
			}
		}

		@Override
		public void cancelled(Run run) {
			if (this.whenCancelled != null) {
				this.whenCancelled.run();
			}
			LifecycleTests.this.lifecycle.stop(Wish.STOPPED);
			throw new IllegalStateException("cancelled");
		}

		@Override
		public void started(Run run) {
			this.events.add("started");
			if (this.whenStarted != null) {
				this.whenStarted.run();
			}
		}

		@Override
		public void work(Run run) {
			this.events.add("works");
		}

		@Override
		public void stopped(Run run) {
			this.events.add("stopped");
			if (this.whenStopped != null) {
				this.whenStopped.run();
			}
		}

		@Override
		public RuntimeException refusal(ServerState state, boolean retired) {
			return new IllegalStateException(state + " " + retired);
		}

	}

	private static final class Run implements Lifecycle.Run {

		private boolean claimed;

		private @Nullable Throwable failure;

		@Override
		public boolean claimStop() {
			boolean first = !this.claimed;
			this.claimed = true;
			return first;
		}

		@Override
		public boolean isStopping() {
			return this.claimed;
		}

		@Override
		public @Nullable Throwable failure() {
			return this.failure;
		}

	}

}
