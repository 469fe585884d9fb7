package dev.socketserver.engine.lifecycle;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;

/**
 * The starts of a {@link Lifecycle}: their futures, until the run of each is over, and
 * the runs that were left and go on. Guarded by its lock, if not stated otherwise.
 *
 * @param <R> what a start makes
 */
final class Starts<R> {

	private Start last = new Start(CompletableFuture.completedFuture(null));

	/** Those whose runs are not over. */
	private final Map<R, Start> ofRuns = new HashMap<>();

	/** Any thread reads it. */
	private final List<R> left = new CopyOnWriteArrayList<>();

	/** Returns the last start. */
	Start last() {
		return this.last;
	}

	/** Returns the runs that were left and have not ended. Any thread. */
	List<R> left() {
		return List.copyOf(this.left);
	}

	/** Begins a start, whose future is given. */
	Start begin(CompletableFuture<@Nullable Void> over) {
		this.last = new Start(over);
		return this.last;
	}

	/** A start has made its run. */
	void made(R run, Start by) {
		this.ofRuns.put(run, by);
	}

	/** Returns what has made a run; {@code null} if the run is over. */
	@Nullable Start of(R run) {
		return this.ofRuns.get(run);
	}

	/** A run goes on by itself. */
	void leave(R run) {
		this.left.add(run);
	}

	/** A run has ended; returns whether it was left before. */
	boolean wasLeft(R ended) {
		return this.left.remove(ended);
	}

	/** A run is over; returns what has made it, once. */
	@Nullable Start over(R run) {
		return this.ofRuns.remove(run);
	}

	/** Returns what completes with the last start, and all runs that were left. */
	CompletableFuture<@Nullable Void> end() {
		return end(this.last.over);
	}

	/** Returns what completes as given, when all runs that were left are over, too. */
	CompletableFuture<@Nullable Void> end(CompletableFuture<@Nullable Void> of) {
		CompletableFuture<@Nullable Void> all = of;
		for (R run : this.left) {
			Start start = this.ofRuns.get(run);
			if (start != null) {
				all = all.thenCombine(start.over.exceptionally((failure) -> null), (one, other) -> null);
			}
		}
		return all.copy();
	}

	/** One start. */
	static final class Start {

		/** Whether listeners were notified; absent until that is settled. */
		private @Nullable Boolean announced;

		/** Whether it has failed, and has no run. */
		private boolean failed;

		/** Completes when the start has failed, or its run is over. */
		private final CompletableFuture<@Nullable Void> over;

		private Start(CompletableFuture<@Nullable Void> over) {
			this.over = over;
		}

		/** Settles whether listeners were notified of it. */
		void announce(boolean toListeners) {
			this.announced = toListeners;
		}

		/** Whether it is settled that listeners were notified, or were not. */
		boolean isSettled() {
			return this.announced != null;
		}

		/** Whether listeners were notified of it. */
		boolean isAnnounced() {
			return this.announced == Boolean.TRUE;
		}

		/** It has failed, of which listeners may still have to be notified. */
		void fail() {
			this.failed = true;
		}

		/** Whether it has failed. */
		boolean hasFailed() {
			return this.failed;
		}

		/**
		 * It has failed, or its run is over, and listeners were notified. Without the
		 * lock.
		 */
		void over(@Nullable Throwable failure) {
			if (failure != null) {
				this.over.completeExceptionally(failure);
			}
			else {
				this.over.complete(null);
			}
		}

	}

}
