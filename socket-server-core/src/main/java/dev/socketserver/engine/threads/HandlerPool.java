package dev.socketserver.engine.threads;

import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;

import org.jspecify.annotations.Nullable;

/**
 * A pool of platform threads that run the tasks of sessions. It has as many threads as
 * are busy at the same time, up to a limit: a thread is made when there is a task and no
 * idle thread, the thread that was busy last is used first, and one that has been idle
 * for a while ends. The pool of the JDK would make all of its threads before it uses one
 * of them again, and would keep all of them alive by giving each its turn.
 * <p>
 * Waking a thread costs most. So only one is woken at a time; when it takes its first
 * task and leaves others behind, it wakes the next. Tasks that arrive together and take
 * no time are thus run by one or two threads, and none waits after one that takes long. A
 * thread that is woken often runs at once, in place of the one that woke it: therefore
 * that one adds all of its tasks first, and leaves the monitor.
 * <p>
 * A thread carries the name of the session it runs. Naming a platform thread asks the
 * operating system, so a thread that runs the same session again keeps its name, and an
 * idle one keeps it for a moment.
 * <p>
 * All fields are guarded by this object's monitor, which is never held while waiting.
 *
 * @param <T> the kind of task
 */
public final class HandlerPool<T extends Runnable> {

	/**
	 * How long an idle thread keeps the name of its last session, which may have more to
	 * do.
	 */
	private static final long NAMED_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	private final ThreadFactory factory;

	private final int maxThreads;

	private final int maxWaiting;

	private final long idleNanos;

	private final ToLongFunction<? super T> sessions;

	private final LongFunction<String> names;

	/** Tasks that no thread has taken yet, the oldest first. */
	private final ArrayDeque<T> waiting = new ArrayDeque<>();

	/** The last to have become idle is the last one. */
	private final ArrayDeque<Worker> idle = new ArrayDeque<>();

	/** For each task, the worker that took it last and has not returned from it. */
	private final Map<T, Worker> running = new IdentityHashMap<>();

	private int threads;

	/** How many workers are done with their task, but have not returned from it. */
	private int returning;

	/**
	 * A thread was woken or made, and has not yet looked for a task; also while the pool
	 * closes.
	 */
	private boolean waking;

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
	public HandlerPool(ThreadFactory factory, int maxThreads, int maxWaiting, long idleNanos,
			ToLongFunction<? super T> sessions, LongFunction<String> names) {
		this.factory = factory;
		this.maxThreads = maxThreads;
		this.maxWaiting = maxWaiting;
		this.idleNanos = idleNanos;
		this.sessions = sessions;
		this.names = names;
	}

	/**
	 * Runs tasks soon, without waiting.
	 * @param tasks the tasks, which do not throw; one that was given before may be given
	 * again when it has nothing left to do but to return
	 * @param count how many there are in the array
	 * @return how many of them, the first ones, will be run; for the others too many wait
	 * already, there is no thread to be had, or the pool is closed
	 */
	public int execute(T[] tasks, int count) {
		Worker woken;
		int taken = 0;
		synchronized (this) {
			while (taken < count && takes(tasks[taken])) {
				this.waiting.add(tasks[taken++]);
			}
			woken = wakeOne();
			if (this.threads == 0) {
				// The operating system gives no thread.
				this.waiting.clear();
				return 0;
			}
		}
		unpark(woken);
		return taken;
	}

	private boolean takes(T task) {
		Worker last = this.running.get(task);
		if (last != null && !last.returning) {
			last.returning = true;
			this.returning++;
		}
		// A thread that is about to look for a task takes one of those that wait.
		int free = this.maxThreads - this.threads + this.idle.size() + (this.waking ? 1 : 0) + this.returning;
		return !this.closed && this.waiting.size() < (long) this.maxWaiting + free;
	}

	/**
	 * Chooses another thread to look for a task, unless one is about to, or none waits.
	 * @return one to wake when the monitor has been left, for which it would wait else
	 */
	private @Nullable Worker wakeOne() {
		if (this.waking || this.waiting.isEmpty()) {
			return null;
		}
		Worker worker = this.idle.pollLast();
		if (worker != null) {
			this.waking = true;
			worker.woken = true;
		}
		else if (this.threads < this.maxThreads) {
			add();
		}
		return worker;
	}

	private void add() {
		try {
			Worker added = new Worker();
			Thread thread = this.factory.newThread(added);
			added.thread = thread;
			thread.start();
			this.threads++;
			this.waking = true;
		}
		catch (RuntimeException | Error ex) {
			// The operating system has no thread left: the present ones must do.
		}
	}

	private void unpark(@Nullable Worker woken) {
		if (woken != null) {
			LockSupport.unpark(woken.thread);
		}
	}

	/** Has the threads leave when they have run what waits; takes no further task. */
	public synchronized void close() {
		this.closed = true;
		this.idle.forEach((worker) -> LockSupport.unpark(worker.thread));
	}

	synchronized int threads() {
		return this.threads;
	}

	/** Returns what waits, or has the worker wait for it. */
	private @Nullable T nextOrIdle(Worker worker) {
		T next;
		Worker woken;
		synchronized (this) {
			if (worker.woken) {
				worker.woken = false;
				this.waking = false;
			}
			cameBack(worker);
			next = this.waiting.poll();
			if (next == null) {
				this.idle.addLast(worker);
			}
			else {
				worker.task = next;
				this.running.put(next, worker);
			}
			woken = wakeOne();
		}
		unpark(woken);
		return next;
	}

	private void cameBack(Worker worker) {
		T task = worker.task;
		if (task != null) {
			worker.task = null;
			// Another worker may have taken it again.
			this.running.remove(task, worker);
		}
		if (worker.returning) {
			worker.returning = false;
			this.returning--;
		}
	}

	/** Whether an idle worker leaves: it does unless it was woken in the meantime. */
	private synchronized boolean leaves(Worker worker) {
		if (worker.woken) {
			return false;
		}
		this.idle.remove(worker);
		this.threads--;
		return true;
	}

	private synchronized boolean closed() {
		return this.closed;
	}

	private final class Worker implements Runnable {

		/** Set once, before the thread starts. */
		private @Nullable Thread thread;

		/** Whether it is to look for a task; set under the monitor. */
		private volatile boolean woken = true;

		/** The task that it runs. Under the monitor. */
		private @Nullable T task;

		/**
		 * Set when its task was given to the pool again: then it is done with it. Under
		 * the monitor, and so not one state with {@link #woken}, which is read without.
		 */
		private boolean returning;

		/** The session that the thread is named after, or 0 if after none. */
		private long named;

		private String idleName = "";

		@Override
		public void run() {
			this.idleName = Thread.currentThread().getName();
			boolean leaving = false;
			while (!leaving) {
				T next = nextOrIdle(this);
				if (next != null) {
					run(next);
				}
				else {
					leaving = await();
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
				// For want of memory, perhaps. The thread is needed all the same.
				Thread thread = Thread.currentThread();
				thread.getUncaughtExceptionHandler().uncaughtException(thread, ex);
			}
			// An interrupt was meant for the task that has just run, not for the next.
			Thread.interrupted();
		}

		private void nameAfter(long session) {
			if (session != this.named) {
				Thread.currentThread().setName(HandlerPool.this.names.apply(session));
				this.named = session;
			}
		}

		/** Waits for a task; returns whether the thread is to end instead. */
		private boolean await() {
			long since = System.nanoTime();
			long rest = HandlerPool.this.idleNanos;
			while (!this.woken && rest > 0 && !closed()) {
				boolean keepsName = this.named != 0 && HandlerPool.this.idleNanos - rest < NAMED_NANOS;
				if (this.named != 0 && !keepsName) {
					Thread.currentThread().setName(this.idleName);
					this.named = 0;
				}
				LockSupport.parkNanos(HandlerPool.this, keepsName ? Math.min(rest, NAMED_NANOS) : rest);
				Thread.interrupted();
				rest = HandlerPool.this.idleNanos - (System.nanoTime() - since);
			}
			return !this.woken && leaves(this);
		}

	}

}
