package dev.socketserver.engine.lifecycle;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.socketserver.ServerState;
import dev.socketserver.engine.lifecycle.Lifecycle.Next;
import dev.socketserver.engine.lifecycle.Lifecycle.Wish;
import dev.socketserver.fixtures.Interleavings;
import dev.socketserver.fixtures.Patience;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What several threads start, stop, restart, leave, drain and pause comes to rest as what
 * was wanted last. Listeners are notified of each start and its stop in turn, and every
 * future of an end completes.
 */
class LifecycleInterleavingTests {

	@Test
	void comesToRestAsWhatWasWantedLast() {
		Interleavings.stressed(Model.class);
	}

	/** Something whose runs end when the test says so. */
	public static class Model implements Lifecycle.Actions<Model.Run> {

		private final Lifecycle<Run> lifecycle = new Lifecycle<>(this);

		private final Queue<String> notified = new ConcurrentLinkedQueue<>();

		/** Runs that somebody has stopped. */
		private final Queue<Run> stopping = new ConcurrentLinkedQueue<>();

		private final List<CompletableFuture<?>> ends = Collections.synchronizedList(new ArrayList<>());

		private volatile boolean failing;

		@Operation
		public void start() {
			try {
				this.lifecycle.start();
			}
			catch (IllegalStateException ex) {
				// It ends, was stopped meanwhile, or has failed.
			}
		}

		@Operation
		public void stop() {
			stop(Wish.STOPPED);
			this.ends.add(this.lifecycle.end());
		}

		@Operation
		public void restart() {
			stop(Wish.RUNNING);
		}

		private void stop(Wish wanted) {
			Run run = this.lifecycle.stop(wanted).run();
			if (run != null) {
				this.stopping.add(run);
			}
			if (wanted == Wish.STOPPED) {
				this.stopping.addAll(this.lifecycle.runs().left());
			}
		}

		@Operation
		public void drain() {
			this.ends.add(this.lifecycle.end());
			this.stopping.addAll(this.lifecycle.<List<Run>>drain(false, (runs) -> runs));
		}

		@Operation
		public void leave() {
			Run run = this.lifecycle.beginLeaving();
			if (run != null) {
				this.lifecycle.leave(run);
			}
		}

		@Operation
		public void pauseAndResume() {
			this.lifecycle.pause((run) -> "paused", (run) -> true);
			this.lifecycle.pause((run) -> "resumed", (run) -> false);
		}

		@Operation
		public void failOrNot() {
			this.failing = !this.failing;
		}

		@Operation
		public void end() {
			Run run = this.stopping.poll();
			if (run != null && run.ending.compareAndSet(false, true)) {
				Next next = this.lifecycle.ended(run);
				this.lifecycle.over(run);
				if (next == Next.START_AGAIN) {
					startAgain();
				}
			}
		}

		private void startAgain() {
			try {
				this.lifecycle.startAgain();
			}
			catch (IllegalStateException ex) {
				// It was stopped meanwhile, or has failed.
			}
		}

		@Validate
		public void itRests() throws Exception {
			this.failing = false;
			rest();
			boolean running = this.lifecycle.isRunning();
			check(running == (this.lifecycle.run() != null), "It is " + this.lifecycle.state());
			check(running == this.lifecycle.isWanted() || this.lifecycle.state() == ServerState.FAILED,
					"It is wanted, or not, and is " + this.lifecycle.state());
			stop();
			rest();
			check(this.lifecycle.state() == ServerState.STOPPED, "It was stopped, and is " + this.lifecycle.state());
			check(this.lifecycle.runs().left().isEmpty(), "Runs are left");
			for (CompletableFuture<?> end : this.ends) {
				Patience.await(end);
			}
			int number = 0;
			for (String what : this.notified) {
				check(what.equals((number++ % 2 == 0) ? "started" : "stopped"), "Notified of " + this.notified);
			}
			check(number % 2 == 0, "Notified of " + this.notified);
		}

		private void rest() {
			while (!this.stopping.isEmpty()) {
				end();
			}
			check(this.lifecycle.isAtRest(), "It stays " + this.lifecycle.state());
		}

		private static void check(boolean right, String message) {
			if (!right) {
				throw new IllegalStateException(message);
			}
		}

		@Override
		public Run begin() {
			if (this.failing) {
				throw new IllegalStateException("not now");
			}
			return new Run();
		}

		@Override
		public void cancelled(Run run) {
			stop(Wish.STOPPED);
			throw new IllegalStateException("stopped meanwhile");
		}

		@Override
		public void started(Run run) {
			this.notified.add("started");
		}

		@Override
		public void stopped(Run run) {
			this.notified.add("stopped");
		}

		@Override
		public RuntimeException refusal(ServerState state, boolean retired) {
			return new IllegalStateException("It is " + state);
		}

		/** A run. */
		public static final class Run implements Lifecycle.Run {

			private final AtomicBoolean claimed = new AtomicBoolean();

			private final AtomicBoolean ending = new AtomicBoolean();

			@Override
			public boolean claimStop() {
				return this.claimed.compareAndSet(false, true);
			}

			@Override
			public boolean isStopping() {
				return this.claimed.get();
			}

			@Override
			public @Nullable Throwable failure() {
				return null;
			}

		}

	}

}
