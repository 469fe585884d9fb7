package dev.socketserver.engine.lane;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import dev.socketserver.engine.log.LogContext;
import org.jspecify.annotations.Nullable;

/**
 * A serial executor for one session: tasks run one after the other, in the order in which
 * they were submitted, on whatever thread, and each sees the writes of those before it.
 * <p>
 * Everything that several threads must agree on is in one field. It is {@code IDLE},
 * {@code EMPTY} (scheduled or running, with nothing new), or the newest of a chain of
 * tasks that were not taken yet. So "nothing left: stop" and "add, and start if idle" are
 * one compare-and-set each, and no wake-up can be lost between them.
 */
public final class Lane implements Runnable {

	/**
	 * After so many rounds the thread is given back, if there is another for what is
	 * left, so that one busy session cannot keep it.
	 */
	private static final int MAX_ROUNDS = 16;

	private static final Task IDLE = new Mark();

	private static final Task EMPTY = new Mark();

	private static final VarHandle NEWEST;

	private static final VarHandle RUNNER;

	private static final VarHandle CALLS;

	static {
		try {
			NEWEST = MethodHandles.lookup().findVarHandle(Lane.class, "newest", Task.class);
			RUNNER = MethodHandles.lookup().findVarHandle(Lane.class, "runner", Thread.class);
			CALLS = MethodHandles.lookup().findVarHandle(Lane.class, "calls", int.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final LaneScheduler scheduler;

	private final Owner owner;

	private volatile Task newest = IDLE;

	/**
	 * The thread that runs the lane. A plain field: a thread that asks whether it is that
	 * one sees its own write, or none.
	 */
	private @Nullable Thread runner;

	/** How many calls of user code have begun here. Only that it changes matters. */
	private int calls;

	/**
	 * Creates a lane.
	 * @param scheduler runs the lane when it has become ready
	 * @param owner is notified of the ends of batches
	 */
	public Lane(LaneScheduler scheduler, Owner owner) {
		this.scheduler = scheduler;
		this.owner = owner;
	}

	/**
	 * Adds a task. A task object can be in the lane only once at a time.
	 * @param task the task
	 */
	public void submit(Task task) {
		if (add(task)) {
			this.scheduler.ready(this);
		}
	}

	/** Returns whether the lane was idle, so that it has to be scheduled. */
	private boolean add(Task task) {
		Task before;
		do {
			before = this.newest;
			task.older = (before != IDLE && before != EMPTY) ? before : null;
		}
		while (!NEWEST.compareAndSet(this, before, task));
		return before == IDLE;
	}

	/**
	 * Adds the first call of all, before others can find the lane. Nothing runs until it
	 * is {@linkplain #open opened}.
	 * @param call what to run; it must not throw
	 */
	public void first(Runnable call) {
		this.newest = new Submitted(call);
	}

	/** Has the first call run, and what others have added behind it. */
	public void open() {
		this.scheduler.opening(this);
	}

	/**
	 * Adds a call.
	 * @param call what to run; it must not throw
	 */
	public void submit(Runnable call) {
		submit(new Submitted(call));
	}

	/**
	 * The loop has read everything that was there: lanes that have waited for that, this
	 * one and others, run now. On the loop.
	 */
	public void readsEnded() {
		this.scheduler.readsEnded();
	}

	/**
	 * Runs a task on the calling thread, in the order of the lane, if nothing else is
	 * under way or waits.
	 * @param task what to do; it calls no user code
	 * @return whether it was done
	 */
	public boolean runIfIdle(Runnable task) {
		if (!NEWEST.compareAndSet(this, IDLE, EMPTY)) {
			return false;
		}
		try {
			task.run();
		}
		finally {
			// In any case: else nothing would ever run here again.
			if (!NEWEST.compareAndSet(this, EMPTY, IDLE)) {
				this.scheduler.ready(this);
			}
		}
		return true;
	}

	/**
	 * Whether the calling thread is running this lane now.
	 * @return {@code true} inside a task
	 */
	public boolean runsHere() {
		return this.runner == Thread.currentThread();
	}

	/**
	 * Notes that user code is about to be called, for the watchdog. On the lane; tasks
	 * that make several calls do it for each.
	 */
	public void callBegins() {
		// Opaque is enough: the timer that reads it may be late, but sees it in the end.
		CALLS.setOpaque(this, this.calls + 1);
	}

	/** The number of the call that runs, or ran last. Any thread. */
	public int calls() {
		return (int) CALLS.getOpaque(this);
	}

	/** The thread that runs the lane now, if there is one. Any thread. */
	public @Nullable Thread runner() {
		return (Thread) RUNNER.getOpaque(this);
	}

	/**
	 * Runs the tasks submitted, until there are none. Called by the scheduler, once for
	 * each {@link LaneScheduler#ready}.
	 */
	@Override
	public void run() {
		LogContext.Named named = this.owner.named();
		if (named != null) {
			LogContext.run(named, Lane::runRounds, this);
		}
		else {
			runRounds();
		}
	}

	private void runRounds() {
		boolean goesOnHere;
		do {
			goesOnHere = !runTasks() && !this.scheduler.requeue(this);
		}
		while (goesOnHere);
	}

	/**
	 * The watchdog finds it by this name in stacks: what it calls is the lane's.
	 * @return {@code false} if there is more to run, after so many rounds
	 */
	private boolean runTasks() {
		for (int round = 0; round < MAX_ROUNDS; round++) {
			callBegins();
			this.runner = Thread.currentThread();
			Task task = oldestFirst((Task) NEWEST.getAndSet(this, EMPTY));
			while (task != null) {
				Task next = task.older;
				task.older = null;
				callBegins();
				run(task);
				task = next;
			}
			this.owner.batchEnded();
			this.runner = null;
			if (NEWEST.compareAndSet(this, EMPTY, IDLE)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Returns the number of the session whose lane this is.
	 * @return the number, from which the session's id is made
	 */
	public long session() {
		return this.owner.sessionNumber();
	}

	/**
	 * Says that the executor meant for this lane refused it. It will still be
	 * {@linkplain #run() run}, elsewhere: the handler has to be notified of the end.
	 */
	public void refused() {
		this.owner.refused();
	}

	private static void run(Task task) {
		try {
			task.run();
		}
		catch (Throwable ex) {
			// Tasks do not throw, but what they log with may; and a lane that stopped for
			// that would never reach the end of its session.
			uncaught(ex);
		}
	}

	private static void uncaught(Throwable failure) {
		try {
			Thread thread = Thread.currentThread();
			thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
		}
		catch (Throwable ex) {
			// There is no one left to notify.
		}
	}

	private static @Nullable Task oldestFirst(Task newest) {
		if (newest == EMPTY) {
			return null;
		}
		Task reversed = null;
		Task task = newest;
		while (task != null) {
			Task older = task.older;
			task.older = reversed;
			reversed = task;
			task = older;
		}
		return reversed;
	}

	/** Whose lane it is. */
	public interface Owner {

		/** The number of the session. Any thread. */
		long sessionNumber();

		/** All tasks that were there have run. On the lane. */
		void batchEnded();

		/** The executor refused the lane. Any thread. */
		void refused();

		/** The session that log lines are to name, or {@code null} if none. */
		default LogContext.@Nullable Named named() {
			return null;
		}

	}

	/** Something to do on a lane. It must not throw. */
	public abstract static class Task {

		/**
		 * The task that was submitted before this one; once the chain was taken, the one
		 * to run next.
		 */
		private @Nullable Task older;

		public abstract void run();

	}

	private static final class Submitted extends Task {

		private final Runnable call;

		Submitted(Runnable call) {
			this.call = call;
		}

		@Override
		public void run() {
			this.call.run();
		}

	}

	private static final class Mark extends Task {

		@Override
		public void run() {
			throw new IllegalStateException("A mark is no task");
		}

	}

}
