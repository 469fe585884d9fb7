package dev.socketserver.engine.lifecycle;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

import dev.socketserver.ServerState;
import dev.socketserver.engine.lifecycle.Runs.Start;
import org.jspecify.annotations.Nullable;

/**
 * The life of a server or a client: its {@link ServerState state}, and what is
 * {@link Wish wanted} of it. {@link Runs} has what it runs, {@link Notifying} notifies
 * listeners.
 * <p>
 * All three change under one lock, but for who notifies of a start. It is never held
 * while a run begins or ends, or while listeners are notified: these may wait for other
 * threads that need it. Between a stop and the return of those who are notified of it no
 * other thread starts anything, so that no listener is notified of the next start before
 * the stop; so with one that has failed. Any thread.
 *
 * <pre>
 *   wanted    STOPPED    STARTING    RUNNING, PAUSED    DRAINING    FAILED
 *   running   -          starts      runs               restarts    did not start
 *   stopped   rests      cancelled   -                  stops       -
 * </pre>
 *
 * @param <R> what a start makes
 */
public final class Lifecycle<R extends Lifecycle.Run> {

	private final Actions<R> actions;

	private final ReentrantLock lock = new ReentrantLock();

	private final Notifying<R> notifying;

	private final Runs<R> runs = new Runs<>(this.lock);

	// Written under the lock.

	private volatile ServerState state = ServerState.STOPPED;

	private volatile @Nullable Throwable failure;

	/** Whether it must not be started again, whatever is wanted. */
	private volatile boolean retired;

	private volatile int endsAsked;

	/** Guarded by the lock. */
	private Wish wish = Wish.STOPPED;

	/**
	 * Creates what is stopped.
	 * @param actions what is to be done
	 */
	public Lifecycle(Actions<R> actions) {
		this.actions = actions;
		this.notifying = new Notifying<>(this.lock, actions);
	}

	/** Returns the state. */
	public ServerState state() {
		return this.state;
	}

	/** Returns the run, from the end of its start until it has ended or is left. */
	public @Nullable R run() {
		return this.runs.current();
	}

	/** Returns the runs that have not ended, also those that were left. */
	public Runs<R> runs() {
		return this.runs;
	}

	/** Returns who notifies listeners of its starts and stops. */
	public Notifying<R> notifying() {
		return this.notifying;
	}

	/** Returns why the last start has failed, until the next, or a stop. */
	public @Nullable Throwable failure() {
		return this.failure;
	}

	/** Returns how often somebody has asked it to end, and not to start again. */
	public int endsAsked() {
		return this.endsAsked;
	}

	/** Whether it runs or is paused. */
	public boolean isRunning() {
		ServerState now = this.state;
		return now == ServerState.RUNNING || now == ServerState.PAUSED;
	}

	/** Whether it neither runs nor starts nor ends. */
	public boolean isStopped() {
		ServerState now = this.state;
		return now == ServerState.STOPPED || now == ServerState.FAILED;
	}

	/**
	 * Changes what a start needs, and what runs have, if these are still all of them. No
	 * start begins meanwhile, nor is one over.
	 * @param known the runs for which the change was made
	 * @param task changes it; under the lock
	 * @return whether these are all; else nothing was changed
	 */
	public boolean change(List<R> known, Runnable task) {
		return locked(() -> {
			boolean all = this.runs.all().equals(known);
			if (all) {
				task.run();
			}
			return all;
		});
	}

	/** Whether it must not be started again. */
	public boolean isRetired() {
		return this.retired;
	}

	/** Whether it was not stopped or retired meanwhile. */
	public boolean isWanted() {
		return locked(() -> !this.retired && this.wish != Wish.STOPPED);
	}

	/** Whether it neither starts nor ends, and no listener is notified of that. */
	public boolean isAtRest() {
		return locked(() -> this.state != ServerState.STARTING && this.state != ServerState.DRAINING
				&& !this.notifying.isUnderWay());
	}

	/** Keeps it from being started again, also by a restart. */
	public void retire() {
		locked(() -> this.retired = true);
	}

	// Starting.

	/** Starts it, as below, without a pause. */
	public boolean start() {
		return start(null);
	}

	/**
	 * Starts it, on the calling thread, unless it runs.
	 * @param pause pauses the run or a part of it before it works, and returns whether
	 * all of it is paused then; under the lock
	 * @return whether this call has started it
	 * @throws RuntimeException if it cannot start now, or was stopped meanwhile (see
	 * {@link Actions}), or if the start has failed
	 */
	public boolean start(@Nullable Predicate<R> pause) {
		Start start;
		this.lock.lock();
		try {
			this.notifying.awaitStop();
			if (isRunning()) {
				return false;
			}
			if (this.retired || !isStopped()) {
				throw this.actions.refusal(this.state, this.retired);
			}
			start = begin();
		}
		finally {
			this.lock.unlock();
		}
		return carryOut(start, pause);
	}

	/**
	 * Starts it again, after {@link #ended} has said so. Throws as {@link #start}.
	 */
	public void startAgain() {
		carryOut(locked(this.runs::lastStart), null);
	}

	private Start begin() {
		this.state = ServerState.STARTING;
		this.wish = Wish.RUNNING;
		return this.runs.begin(this.actions.future());
	}

	private boolean carryOut(Start start, @Nullable Predicate<R> pause) {
		R made;
		try {
			made = this.actions.begin();
		}
		catch (RuntimeException | Error ex) {
			failed(start, this.actions.cause(ex));
			throw ex;
		}
		if (!publish(start, made, pause)) {
			this.notifying.settle(start, false);
			this.actions.cancelled(made);
			return false;
		}
		this.notifying.ofStart(start, made);
		this.actions.work(made);
		return true;
	}

	/** Returns {@code false} if it was stopped or retired while it started. */
	private boolean publish(Start start, R made, @Nullable Predicate<R> pause) {
		this.lock.lock();
		try {
			this.runs.made(made, start);
			// In this order: who sees that it runs sees no failure of an earlier start.
			this.failure = null;
			if (this.retired || this.wish == Wish.STOPPED) {
				// Whoever has cancelled the start was the first, and no one who comes
				// now.
				boolean unused = made.claimStop();
				this.state = ServerState.DRAINING;
				return false;
			}
			this.state = (pause != null && pause.test(made)) ? ServerState.PAUSED : ServerState.RUNNING;
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void failed(Start start, Throwable cause) {
		start.end(null);
		this.lock.lock();
		try {
			boolean unwanted = this.wish == Wish.STOPPED;
			this.failure = unwanted ? null : cause;
			this.state = unwanted ? ServerState.STOPPED : ServerState.FAILED;
			if (!unwanted) {
				this.notifying.ofFailure(cause);
			}
		}
		finally {
			this.lock.unlock();
			start.over();
		}
	}

	// Stopping, draining, pausing.

	/**
	 * Stops it, or has it start again when the run has ended, if there is one. Whoever
	 * calls this ends the run.
	 * @param wanted what is wanted when the run has ended
	 * @return what is to end
	 */
	public Stop<R> stop(Wish wanted) {
		boolean restart = wanted == Wish.RUNNING;
		return locked(() -> {
			R current = run();
			// Asked for first: a run that starts from now on is not waited for.
			CompletableFuture<@Nullable Void> end = end().exceptionally((failure) -> null);
			if (restart && (current == null || this.retired)) {
				return new Stop<>(null, false, end);
			}
			this.endsAsked += restart ? 0 : 1;
			boolean first = (current != null) ? current.claimStop() : cancelStart();
			if (first || !restart) {
				first |= restarts();
				this.wish = wanted;
			}
			if (current != null) {
				this.state = ServerState.DRAINING;
			}
			return new Stop<>(current, first, end);
		});
	}

	/** Also while listeners are notified of the stop before. */
	private boolean restarts() {
		return this.wish == Wish.RUNNING && (this.state == ServerState.DRAINING || this.state == ServerState.STOPPED);
	}

	/** Returns whether this is the first call that cancels a start, or forgets one. */
	private boolean cancelStart() {
		boolean first = false;
		if (this.state == ServerState.STARTING) {
			first = this.wish != Wish.STOPPED;
			this.wish = Wish.STOPPED;
		}
		else if (this.state == ServerState.FAILED) {
			first = true;
			this.failure = null;
			this.state = ServerState.STOPPED;
		}
		return first;
	}

	/**
	 * Has the run end by itself in time. A start that is under way is cancelled, and one
	 * that would follow: there is nothing to drain, nor to wait for until somebody stops
	 * it.
	 * @param <T> what is returned
	 * @param ifRunning whether nothing changes unless it runs
	 * @param begin is given all runs, also those that were left; under the lock
	 * @return what that returns; {@code null} also if it does not run and was to
	 */
	public <T> @Nullable T drain(boolean ifRunning, Function<List<R>, @Nullable T> begin) {
		return locked(() -> {
			if (ifRunning && !isRunning()) {
				return null;
			}
			this.endsAsked++;
			this.wish = Wish.STOPPED;
			if (isRunning()) {
				this.state = ServerState.DRAINING;
			}
			return begin.apply(this.runs.all());
		});
	}

	/**
	 * Begins to leave the run, if there is one that runs.
	 * @return the run, which is to work no longer
	 */
	public @Nullable R beginLeaving() {
		return locked(() -> {
			if (!isRunning()) {
				return null;
			}
			this.state = ServerState.DRAINING;
			this.wish = Wish.STOPPED;
			return run();
		});
	}

	/**
	 * Leaves a run, which goes on by itself, and notifies listeners of the stop.
	 * @param leaving the run
	 * @return whether it was left: no other thread is to end it
	 */
	public boolean leave(R leaving) {
		return locked(() -> {
			Start start = this.runs.start(leaving);
			if (start == null) {
				return false;
			}
			this.notifying.await(start);
			if (run() != leaving || leaving.isStopping()) {
				return false;
			}
			this.runs.leave(leaving);
			stopped(start, leaving);
			return true;
		});
	}

	/**
	 * Pauses the run or a part of it, or has that go on.
	 * @param <T> what is returned
	 * @param act does so; under the lock, so that the last call is obeyed last
	 * @param paused whether all of the run is paused then
	 * @return what the first returns; {@code null} if it does not run
	 */
	public <T> @Nullable T pause(Function<R, @Nullable T> act, Predicate<R> paused) {
		return locked(() -> {
			R current = run();
			if (current == null || !isRunning()) {
				return null;
			}
			T acted = act.apply(current);
			this.state = paused.test(current) ? ServerState.PAUSED : ServerState.RUNNING;
			return acted;
		});
	}

	// What becomes of runs.

	/**
	 * A run has ended. Notifies listeners of the stop, if the run was not left before.
	 * @param ended the run
	 * @return what follows
	 */
	public Next ended(R ended) {
		Start start = locked(() -> this.runs.start(ended));
		if (start == null) {
			return Next.NOTHING;
		}
		// First: who is being notified of another stop may wait for this end.
		start.end(ended.failure());
		return locked(() -> {
			this.notifying.await(start);
			if (!this.runs.ended(ended)) {
				return Next.NOTHING;
			}
			stopped(start, ended);
			// Whoever was notified may have stopped or started it meanwhile.
			if (this.state != ServerState.STOPPED) {
				return Next.REST;
			}
			boolean again = this.wish == Wish.RUNNING && !this.retired;
			this.wish = Wish.STOPPED;
			if (again) {
				begin();
			}
			return again ? Next.START_AGAIN : Next.REST;
		});
	}

	/**
	 * A run is over: everybody was notified of its end. Completes the future of its
	 * start.
	 * @param over the run
	 */
	public void over(R over) {
		Start start = locked(() -> this.runs.over(over));
		if (start != null) {
			start.over();
		}
	}

	/**
	 * Returns what completes when everything that runs now has ended and listeners have
	 * been notified; with what the run that was started last failed with.
	 */
	public CompletableFuture<@Nullable Void> end() {
		return locked(this.runs::end);
	}

	/**
	 * Returns {@link #end()}; for a listener that is notified of a stop, or that the
	 * start has failed, what does not wait for notifications, and so for itself to
	 * return.
	 */
	public CompletableFuture<@Nullable Void> endFromHere() {
		return locked(this.notifying.isStopHere() ? this.runs::endFromHere : this.runs::end);
	}

	/** Notifies listeners of a stop without the lock, if they know of the start. */
	private void stopped(Start start, R over) {
		this.state = ServerState.STOPPED;
		this.notifying.ofStop(start, over);
	}

	private <T extends @Nullable Object> T locked(Supplier<T> task) {
		this.lock.lock();
		try {
			return task.get();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** What is wanted. It follows when the start or the end that is under way is over. */
	public enum Wish {

		/** To rest. */
		STOPPED,

		/** To run; while a run ends, to run again after that. */
		RUNNING

	}

	/** What follows from the end of a run. */
	public enum Next {

		/** The run was left before. */
		NOTHING,

		/** It rests, or somebody has started it already. */
		REST,

		/** {@link #startAgain} is to be called, on a thread that may wait. */
		START_AGAIN

	}

	/**
	 * What a call of {@link #stop} has found.
	 *
	 * @param run what is to end, or {@code null}
	 * @param first whether it was the first such call
	 * @param end completes, and does not fail, when everything that ran has ended
	 * @param <R> the type of the run
	 */
	public record Stop<R>(@Nullable R run, boolean first, CompletableFuture<@Nullable Void> end) {

	}

	/** From a start to the end of its run. */
	public interface Run {

		/** Returns whether the caller is the first to stop it; under the lock. */
		boolean claimStop();

		/** Whether somebody stops it, or is about to. */
		boolean isStopping();

		/** With what it has failed, when it is at its end. */
		@Nullable Throwable failure();

	}

	/**
	 * What is done, by the thread that has called. If nothing else is said, without the
	 * lock.
	 *
	 * @param <R> the type of the run
	 */
	public interface Actions<R> {

		/** Makes the future of a start; under the lock. */
		default CompletableFuture<@Nullable Void> future() {
			return new CompletableFuture<>();
		}

		/** Makes a run, which does not work yet. */
		R begin();

		/** Returns what to report if that has thrown something. */
		default Throwable cause(Throwable thrown) {
			return thrown;
		}

		/** Notifies listeners that a start has failed, if there are any of that. */
		default void failed(Throwable cause) {
		}

		/** Ends a run that was stopped while it started; may throw. */
		void cancelled(R run);

		/** Notifies listeners of a start, if there are any of that. */
		default void started(R run) {
		}

		/** Has a run work that does not by itself; it may be at its end already. */
		default void work(R run) {
		}

		/** Notifies listeners of a stop. */
		void stopped(R run);

		/** Why it cannot start now; under the lock. */
		RuntimeException refusal(ServerState state, boolean retired);

	}

}
