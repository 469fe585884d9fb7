package dev.socketserver.engine.lifecycle;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The runs of a {@link Lifecycle}: the current one, those that were left and go on, and
 * for each the start that has made it, with two futures: one completes when that start
 * has failed, or its run has ended, the other when listeners were notified of that, too.
 * The first is for listeners, who would wait for themselves. Guarded by the lock of the
 * lifecycle; any thread may ask for the current run, and call what is public, without it.
 *
 * @param <R> what a start makes
 */
public final class Runs<R> {

	private final ReentrantLock lock;

	// Written under the lock.

	private volatile @Nullable R current;

	private volatile @Nullable R last;

	/** Replaced as a whole. */
	private volatile List<R> left = List.of();

	// Guarded by the lock.

	private Start lastStart = new Start(new CompletableFuture<>());

	/** Those whose runs are not over. */
	private final Map<R, Start> starts = new HashMap<>();

	Runs(ReentrantLock lock) {
		this.lock = lock;
		// Nothing was started yet: that is over.
		this.lastStart.end(null);
		this.lastStart.over();
	}

	/** Returns the current run, if there is one. */
	@Nullable R current() {
		return this.current;
	}

	/** Returns the current run; if there is none, the one before. */
	public @Nullable R last() {
		return this.last;
	}

	/** Returns the runs that were left and have not ended. */
	public List<R> left() {
		return this.left;
	}

	/** Returns all runs that have not ended: the current one, if there is one, last. */
	public List<R> all() {
		this.lock.lock();
		try {
			return Stream.concat(this.left.stream(), Stream.ofNullable(this.current)).toList();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Returns the last start. */
	Start lastStart() {
		return this.lastStart;
	}

	/** Begins a start, whose future is given. */
	Start begin(CompletableFuture<@Nullable Void> over) {
		this.lastStart = new Start(over);
		return this.lastStart;
	}

	/** A start has made its run, which is the current one. */
	void made(R run, Start by) {
		this.starts.put(run, by);
		this.last = run;
		this.current = run;
	}

	/** Returns what has made a run; {@code null} if the run is over. */
	@Nullable Start start(R run) {
		return this.starts.get(run);
	}

	/** The current run goes on by itself. */
	void leave(R run) {
		// In this order: it stays the current run if there is no memory for the list, and
		// is never counted twice.
		List<R> with = Stream.concat(this.left.stream(), Stream.of(run)).toList();
		this.current = null;
		this.left = with;
	}

	/** A run has ended; returns whether it was not left before. */
	boolean ended(R run) {
		if (this.left.contains(run)) {
			this.left = this.left.stream().filter((each) -> each != run).toList();
			return false;
		}
		this.current = null;
		return true;
	}

	/** A run is over; returns what has made it, once. */
	@Nullable Start over(R run) {
		return this.starts.remove(run);
	}

	/**
	 * Returns what completes when the last start, and all runs that were left, are over.
	 */
	CompletableFuture<@Nullable Void> end() {
		return end((start) -> start.over);
	}

	/**
	 * Returns what completes when they have ended, although listeners may still have to
	 * be notified.
	 */
	CompletableFuture<@Nullable Void> endFromHere() {
		return end((start) -> start.ended);
	}

	private CompletableFuture<@Nullable Void> end(Function<Start, CompletableFuture<@Nullable Void>> of) {
		CompletableFuture<@Nullable Void> all = of.apply(this.lastStart);
		for (R run : this.left) {
			Start start = this.starts.get(run);
			if (start != null) {
				all = all.thenCombine(of.apply(start).exceptionally((failure) -> null), (one, other) -> null);
			}
		}
		return all.copy();
	}

	/** One start. */
	static final class Start {

		/** Whether listeners were notified; absent until that is settled. */
		private @Nullable Boolean announced;

		/** Completes when the start has failed, or its run has ended. */
		private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

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

		/**
		 * It has failed, or its run has ended; listeners may still have to be notified.
		 * Without the lock.
		 * @param failure with what the run has failed
		 */
		void end(@Nullable Throwable failure) {
			complete(this.ended, failure);
		}

		/** That is over, and listeners were notified. Without the lock. */
		void over() {
			CompletableFuture<?> unused = this.ended.whenComplete((result, failure) -> complete(this.over, failure));
		}

		private static void complete(CompletableFuture<?> future, @Nullable Throwable failure) {
			if (failure != null) {
				future.completeExceptionally(failure);
			}
			else {
				future.complete(null);
			}
		}

	}

}
