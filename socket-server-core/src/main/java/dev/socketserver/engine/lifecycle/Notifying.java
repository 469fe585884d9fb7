package dev.socketserver.engine.lifecycle;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import dev.socketserver.engine.lifecycle.Runs.Start;
import org.jspecify.annotations.Nullable;

/**
 * Notifies listeners of starts and stops: which thread does so, and how others wait for
 * that. Listeners are notified without the lock of the {@link Lifecycle}, since they may
 * wait for threads that need it. Any thread may ask.
 *
 * @param <R> the type of the run
 */
public final class Notifying<R> {

	private final ReentrantLock lock;

	private final Lifecycle.Actions<R> actions;

	/** Signalled when listeners have been notified of a start or a stop, or are not. */
	private final Condition notified;

	private volatile @Nullable Thread ofStart;

	/** Written under the lock. */
	private volatile @Nullable Thread ofStop;

	Notifying(ReentrantLock lock, Lifecycle.Actions<R> actions) {
		this.lock = lock;
		this.actions = actions;
		this.notified = lock.newCondition();
	}

	/** Notifies listeners of a start. Without the lock. */
	void ofStart(Start start, R run) {
		this.ofStart = Thread.currentThread();
		try {
			this.actions.started(run);
		}
		finally {
			this.ofStart = null;
			settle(start, true);
		}
	}

	/** Settles whether listeners were notified of a start. Without the lock. */
	void settle(Start start, boolean announced) {
		this.lock.lock();
		try {
			start.announce(announced);
			this.notified.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Notifies listeners of a stop, if they know of the start. Under the lock, which this
	 * gives up meanwhile.
	 */
	void ofStop(Start start, R run) {
		if (start.isAnnounced()) {
			unlocked(() -> this.actions.stopped(run));
		}
	}

	/** Notifies listeners that a start has failed. As {@link #ofStop}. */
	void ofFailure(Throwable cause) {
		unlocked(() -> this.actions.failed(cause));
	}

	private void unlocked(Runnable listeners) {
		// A listener may start it again, which fails at once.
		Thread before = this.ofStop;
		this.ofStop = Thread.currentThread();
		this.lock.unlock();
		try {
			listeners.run();
		}
		finally {
			this.lock.lock();
			this.ofStop = before;
			this.notified.signalAll();
		}
	}

	/**
	 * Waits until no thread but the calling one notifies listeners of a stop. Under the
	 * lock, which this gives up meanwhile.
	 */
	void awaitStop() {
		while (this.ofStop != null && !isStopHere()) {
			this.notified.awaitUninterruptibly();
		}
	}

	/**
	 * Waits for that, and until it is settled whether listeners are notified of a start.
	 */
	void await(Start start) {
		while (!start.isSettled()) {
			this.notified.awaitUninterruptibly();
		}
		awaitStop();
	}

	/** Whether somebody is notifying listeners of a start or a stop. */
	public boolean isUnderWay() {
		return this.ofStart != null || this.ofStop != null;
	}

	/** Whether the calling thread is notifying listeners of a start or a stop. */
	public boolean isHere() {
		return isStartHere() || isStopHere();
	}

	/** Whether the calling thread is notifying listeners of a start. */
	public boolean isStartHere() {
		return this.ofStart == Thread.currentThread();
	}

	/** Whether the calling thread is notifying listeners of a stop. */
	boolean isStopHere() {
		return this.ofStop == Thread.currentThread();
	}

}
