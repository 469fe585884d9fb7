package dev.socketserver.netty;

import java.util.ArrayDeque;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;

import org.jspecify.annotations.Nullable;

/**
 * Platform threads that run what sessions have to run. There are as many as are busy at
 * the same time, up to a limit: one is made when there is a task and no idle thread, the
 * thread that was busy last is used first, and one that has been idle for a while leaves.
 * The JDK's pool would make all of them before it uses one again, and by giving each its
 * turn keep all of them alive.
 * <p>
 * A thread carries the name of the session it runs. Naming a platform thread asks the
 * operating system, so a thread that runs the same session again keeps its name, and an
 * idle one keeps it for a moment.
 * <p>
 * All fields are guarded by this object's monitor, which is never held while waiting.
 *
 * @param <T> the kind of task
 */
final class HandlerPool<T extends Runnable> {

	/** The session of such an idle thread may have more to do. */
	private static final long NAMED_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	private final ThreadFactory factory;

	private final int maxThreads;

	private final int maxWaiting;

	private final long idleNanos;

	private final ToLongFunction<? super T> sessions;

	private final LongFunction<String> names;

	/** Tasks for which there was no thread, the oldest first. */
	private final ArrayDeque<T> waiting = new ArrayDeque<>();

	/** The last to have become idle is the last one. */
	private final ArrayDeque<Worker> idle = new ArrayDeque<>();

	private int threads;

	private boolean closed;

	/**
	 * Creates a pool without threads.
	 * @param factory makes threads, named as those that are idle
	 * @param maxThreads most threads
	 * @param maxWaiting most tasks that wait for one
	 * @param idleNanos how long a thread is kept that has nothing to do
	 * @param sessions gives the number of the session whose task it is
	 * @param names gives the name for a thread that runs a session of that number
	 */
	HandlerPool(ThreadFactory factory, int maxThreads, int maxWaiting, long idleNanos,
			ToLongFunction<? super T> sessions, LongFunction<String> names) {
		this.factory = factory;
		this.maxThreads = maxThreads;
		this.maxWaiting = maxWaiting;
		this.idleNanos = idleNanos;
		this.sessions = sessions;
		this.names = names;
	}

	/**
	 * Runs a task soon, without waiting.
	 * @param task the task, which does not throw
	 * @return {@code false} if it will not be run: too many wait already, there is no
	 * thread to be had, or the pool is closed
	 */
	boolean execute(T task) {
		synchronized (this) {
			if (this.threads == this.maxThreads || !this.idle.isEmpty() || this.closed) {
				return add(task);
			}
			this.threads++;
		}
		try {
			Worker worker = new Worker(task);
			worker.thread = this.factory.newThread(worker);
			worker.thread.start();
			return true;
		}
		catch (RuntimeException | Error ex) {
			// The operating system has no thread left: one of those there are must do.
			synchronized (this) {
				this.threads--;
				return this.threads > 0 && add(task);
			}
		}
	}

	private boolean add(T task) {
		if (this.closed) {
			return false;
		}
		Worker worker = this.idle.pollLast();
		if (worker != null) {
			worker.task = task;
			LockSupport.unpark(worker.thread);
			return true;
		}
		return this.waiting.size() < this.maxWaiting && this.waiting.add(task);
	}

	/** Has the threads leave when they have run what waits; takes no further task. */
	synchronized void close() {
		this.closed = true;
		this.idle.forEach((worker) -> LockSupport.unpark(worker.thread));
	}

	synchronized int threads() {
		return this.threads;
	}

	/** Returns what waits, or has the worker wait for it. */
	private synchronized @Nullable T nextOrIdle(Worker worker) {
		T next = this.waiting.poll();
		if (next == null) {
			this.idle.addLast(worker);
		}
		return next;
	}

	/** Returns what came for a worker, or takes it from the idle ones. */
	private synchronized @Nullable T givenOrLeave(Worker worker) {
		if (worker.task == null) {
			this.idle.remove(worker);
			this.threads--;
		}
		return worker.taken();
	}

	private synchronized boolean closed() {
		return this.closed;
	}

	private final class Worker implements Runnable {

		/** Set once, before the thread starts. */
		private @Nullable Thread thread;

		/** The next task: given under the monitor, taken by the thread. */
		private volatile @Nullable T task;

		/** The session that the thread is named after, or 0 if after none. */
		private long named;

		private String idleName = "";

		Worker(T task) {
			this.task = task;
		}

		private @Nullable T taken() {
			T taken = this.task;
			this.task = null;
			return taken;
		}

		@Override
		public void run() {
			this.idleName = Thread.currentThread().getName();
			T next = taken();
			while (next != null) {
				run(next);
				next = nextOrIdle(this);
				if (next == null) {
					next = await();
				}
			}
		}

		private void run(T next) {
			try {
				try {
					nameAfter(HandlerPool.this.sessions.applyAsLong(next));
				}
				finally {
					next.run();
				}
			}
			catch (Throwable ex) {
				// Memory is short, say; the thread is needed all the same.
				Thread thread = Thread.currentThread();
				thread.getUncaughtExceptionHandler().uncaughtException(thread, ex);
			}
			// Meant for what has just run, not for the next.
			Thread.interrupted();
		}

		private void nameAfter(long session) {
			if (session != this.named) {
				Thread.currentThread().setName(HandlerPool.this.names.apply(session));
				this.named = session;
			}
		}

		/** Waits for a task; returns {@code null} if the thread is to end. */
		private @Nullable T await() {
			long since = System.nanoTime();
			long rest = HandlerPool.this.idleNanos;
			while (this.task == null && rest > 0 && !closed()) {
				boolean keepsName = this.named != 0 && HandlerPool.this.idleNanos - rest < NAMED_NANOS;
				if (this.named != 0 && !keepsName) {
					Thread.currentThread().setName(this.idleName);
					this.named = 0;
				}
				LockSupport.parkNanos(HandlerPool.this, keepsName ? Math.min(rest, NAMED_NANOS) : rest);
				Thread.interrupted();
				rest = HandlerPool.this.idleNanos - (System.nanoTime() - since);
			}
			return (this.task != null) ? taken() : givenOrLeave(this);
		}

	}

}
