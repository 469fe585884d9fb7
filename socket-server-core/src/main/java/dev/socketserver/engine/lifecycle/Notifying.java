package dev.socketserver.engine.lifecycle;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Which thread notifies listeners of a start or a stop, and how others wait for that.
 * Listeners are notified without the lock of the {@link Lifecycle}, since they may wait
 * for threads that need it. Any thread may ask.
 */
final class Notifying {

	private final ReentrantLock lock;

	/** Signalled when listeners have been notified of a start or a stop. */
	private final Condition notified;

	private volatile @Nullable Thread ofStart;

	/** Written under the lock. */
	private volatile @Nullable Thread ofStop;

	Notifying(ReentrantLock lock) {
		this.lock = lock;
		this.notified = lock.newCondition();
	}

	/** The calling thread begins to notify listeners of a start. Without the lock. */
	void startBegins() {
		this.ofStart = Thread.currentThread();
	}

	/** It has notified them. Without the lock. */
	void startEnds() {
		this.ofStart = null;
	}

	/** What others wait for has changed. Under the lock. */
	void changed() {
		this.notified.signalAll();
	}

	/**
	 * Notifies listeners of a stop, or that a start has failed. Under the lock, which
	 * this gives up meanwhile.
	 */
	void ofStop(Runnable listeners) {
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
			changed();
		}
	}

	/**
	 * Waits until no thread but the calling one notifies listeners of a stop. Under the
	 * lock.
	 */
	void awaitStop() {
		while (this.ofStop != null && !isStopHere()) {
			this.notified.awaitUninterruptibly();
		}
	}

	/** Waits until something holds that {@link #changed} reports. Under the lock. */
	void await(BooleanSupplier condition) {
		while (!condition.getAsBoolean()) {
			this.notified.awaitUninterruptibly();
		}
	}

	/** Whether somebody is notifying listeners of a start or a stop. */
	boolean isUnderWay() {
		return this.ofStart != null || this.ofStop != null;
	}

	/** Whether the calling thread is notifying listeners of a start. */
	boolean isStartHere() {
		return this.ofStart == Thread.currentThread();
	}

	/** Whether the calling thread is notifying listeners of a stop. */
	boolean isStopHere() {
		return this.ofStop == Thread.currentThread();
	}

}
