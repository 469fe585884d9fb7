package dev.socketserver.netty.execution;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import dev.socketserver.SessionSpec;
import dev.socketserver.engine.lane.Lane;
import dev.socketserver.engine.lane.LaneScheduler;
import dev.socketserver.engine.lane.SessionThreads;
import dev.socketserver.engine.state.Diagnostics;
import dev.socketserver.engine.threads.DaemonThreads;
import dev.socketserver.engine.threads.HandlerPool;
import dev.socketserver.engine.threads.LentExecutor;
import dev.socketserver.spec.Execution;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import org.jspecify.annotations.Nullable;

/**
 * The threads that run the handlers of one server or client while it runs. Those that are
 * ours carry its name and the id of the session whose handler they run, for logs, thread
 * dumps and profilers; the threads of the event loops keep their names.
 */
public abstract class HandlerThreads implements SessionThreads {

	private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);

	/**
	 * The most lanes that are handed over together. With fewer, a second thread could
	 * begin sooner.
	 */
	static final int MOST_AT_ONCE = 64;

	private final String name;

	private final String sessionName;

	private final Executor fallback;

	private final Map<EventLoop, LaneScheduler> lanes = new ConcurrentHashMap<>();

	HandlerThreads(SessionSpec spec, String name, Executor fallback) {
		this.name = nameOf(spec, name);
		this.sessionName = this.name + " " + spec.name() + Diagnostics.ID_SEPARATOR;
		this.fallback = fallback;
	}

	/**
	 * Makes the threads. Each kind makes its own, so that the JVM loads one kind only.
	 * @param spec says what kind
	 * @param name how they are called, where <code>{name}</code> stands for whose they
	 * are
	 * @param fallback runs lanes for which there is no thread: their sessions handle no
	 * further frame, but their handlers are notified of the end
	 * @param threads makes them
	 */
	public static HandlerThreads of(SessionSpec spec, String name, Executor fallback, DaemonThreads threads) {
		Execution execution = spec.execution();
		HandlerThreads ours = switch (execution.mode().resolve()) {
			case VIRTUAL -> Virtual.create(spec, name, fallback, threads);
			case POOL -> Pool.create(spec, name, fallback, threads);
			case EVENT_LOOP -> None.create(spec, name, fallback);
			case AUTO -> throw new IllegalStateException("AUTO resolves to another mode");
		};
		return (execution.executor() != null) ? Lent.create(spec, name, execution.executor(), ours, fallback, threads)
				: ours;
	}

	private static String nameOf(SessionSpec spec, String name) {
		return name.replace("{name}", spec.name());
	}

	/**
	 * Runs lanes without waiting.
	 * @param lanes the lanes
	 * @param count how many
	 */
	void run(Lane[] lanes, int count) {
		for (int i = 0; i < count; i++) {
			run(lanes[i]);
		}
	}

	/** Runs a lane without waiting. */
	public abstract void run(Lane lane);

	/**
	 * Returns the scheduler that brings the lanes of a loop's sessions to these threads.
	 */
	public final LaneScheduler lanes(EventLoop loop) {
		// Netty's loops are all of that class.
		return this.lanes.computeIfAbsent(loop,
				(key) -> onLoop() ? new LoopLanes(key, this) : new GatheredLanes((SingleThreadEventLoop) key, this));
	}

	/**
	 * Hands over a lane that runs on the calling thread, so that it runs once more. Does
	 * not wait.
	 * @return {@code false} if it has to go on there
	 */
	boolean requeue(Lane lane) {
		run(lane);
		return true;
	}

	/** Ends the session of a lane that got no thread. */
	final void refuse(Lane lane) {
		lane.refused();
		try {
			this.fallback.execute(lane);
		}
		catch (RejectedExecutionException ex) {
			// The fallback has no thread now, either, but will run the lane when it has
			// one.
		}
	}

	/** Whether handlers run on the loop, so that {@link #run} is never called. */
	boolean onLoop() {
		return false;
	}

	/** Lets the threads end when they have nothing to do. */
	public void close() {
	}

	/** The name of a thread that runs nothing. */
	public final String threadName() {
		return this.name;
	}

	/** The name of a thread that runs the session of a number. */
	final String threadName(long session) {
		return this.sessionName + session;
	}

	/** The name of a thread that runs the session of an id. */
	final String threadName(String session) {
		return this.name + " " + session;
	}

	/** A virtual thread for each run of a lane. */
	static final class Virtual extends HandlerThreads {

		private final ThreadFactory factory;

		/**
		 * Creates the threads.
		 * @param spec says how they are used
		 * @param name how they are called
		 * @param fallback runs lanes for which there is no thread
		 * @param factory makes threads, which are then given their names
		 */
		Virtual(SessionSpec spec, String name, Executor fallback, ThreadFactory factory) {
			super(spec, name, fallback);
			this.factory = factory;
		}

		static HandlerThreads create(SessionSpec spec, String name, Executor fallback, DaemonThreads threads) {
			return new Virtual(spec, name, fallback, threads.virtual(nameOf(spec, name)));
		}

		/** Naming a virtual thread costs nothing but setting a field. */
		private Thread thread(Runnable task, String name) {
			Thread thread = this.factory.newThread(task);
			thread.setName(name);
			return thread;
		}

		/**
		 * Starting a virtual thread from outside of its scheduler wakes a carrier, which
		 * costs a system call or more. So that is done once for all the lanes, and the
		 * first of them starts the others from inside.
		 */
		@Override
		void run(Lane[] lanes, int count) {
			if (count == 1) {
				run(lanes[0]);
				return;
			}
			try {
				Lane[] group = Arrays.copyOf(lanes, count);
				DaemonThreads.start(thread(() -> {
					for (int i = 1; i < group.length; i++) {
						run(group[i]);
					}
					group[0].run();
				}, threadName(group[0].session())));
			}
			catch (RejectedExecutionException ex) {
				// There may still be threads for some of them, one by one.
				super.run(lanes, count);
			}
		}

		@Override
		public void run(Lane lane) {
			try {
				DaemonThreads.start(thread(lane, threadName(lane.session())));
			}
			catch (RejectedExecutionException ex) {
				refuse(lane);
			}
		}

		@Override
		public void start(String session, Runnable task) {
			DaemonThreads.start(thread(task, threadName(session)));
		}

	}

	/** Platform threads, made on demand and let go when idle. */
	private static final class Pool extends HandlerThreads {

		private final HandlerPool<Lane> pool;

		private final DaemonThreads threads;

		Pool(SessionSpec spec, String name, Executor fallback, DaemonThreads threads) {
			super(spec, name, fallback);
			this.threads = threads;
			Execution execution = spec.execution();
			this.pool = new HandlerPool<>(threads.named(threadName()), execution.threads(), execution.queue(),
					IDLE_NANOS, Lane::session, this::threadName);
		}

		static HandlerThreads create(SessionSpec spec, String name, Executor fallback, DaemonThreads threads) {
			return new Pool(spec, name, fallback, threads);
		}

		@Override
		void run(Lane[] lanes, int count) {
			for (int i = this.pool.execute(lanes, count); i < count; i++) {
				refuse(lanes[i]);
			}
		}

		@Override
		public void run(Lane lane) {
			run(new Lane[] { lane }, 1);
		}

		@Override
		public void start(String session, Runnable task) {
			DaemonThreads.start(this.threads.thread(task, threadName(session)));
		}

		@Override
		public void close() {
			this.pool.close();
		}

	}

	private static final class None extends HandlerThreads {

		None(SessionSpec spec, String name, Executor fallback) {
			super(spec, name, fallback);
		}

		static HandlerThreads create(SessionSpec spec, String name, Executor fallback) {
			return new None(spec, name, fallback);
		}

		@Override
		boolean onLoop() {
			return true;
		}

		@Override
		public void run(Lane lane) {
			throw new IllegalStateException("Handlers run on the event loop");
		}

		@Override
		public void start(String session, Runnable task) {
			throw new RejectedExecutionException("A handler that blocks needs a thread of its own");
		}

	}

	/**
	 * The threads of an executor that belongs to the application, which names them and
	 * shuts it down. Handlers that need a thread of their own get one of ours. So does an
	 * executor that may wait: neither an event loop nor a thread that runs a lane calls
	 * it.
	 */
	private static final class Lent extends HandlerThreads {

		private final LentExecutor executor;

		private final HandlerThreads own;

		/** The thread that calls an executor that may wait, else absent. */
		private final @Nullable ThreadPoolExecutor caller;

		Lent(SessionSpec spec, String name, Executor executor, HandlerThreads own, Executor fallback,
				DaemonThreads threads) {
			super(spec, name, fallback);
			this.executor = new LentExecutor(spec.title(), executor);
			this.own = own;
			this.caller = this.executor.mayWait() ? threads.pool(1, threadName() + " executor") : null;
		}

		static HandlerThreads create(SessionSpec spec, String name, Executor executor, HandlerThreads own,
				Executor fallback, DaemonThreads threads) {
			return new Lent(spec, name, executor, own, fallback, threads);
		}

		@Override
		public void run(Lane lane) {
			if (this.caller == null) {
				execute(lane);
				return;
			}
			try {
				this.caller.execute(() -> execute(lane));
			}
			catch (RejectedExecutionException ex) {
				refuse(lane);
			}
		}

		private void execute(Lane lane) {
			if (!this.executor.execute(lane)) {
				refuse(lane);
			}
		}

		/**
		 * An executor without a queue refuses it while its threads are in use, its own
		 * among them. Otherwise it is an overload, in which it would keep its thread from
		 * those that wait; and whoever waits for an executor that was shut down would
		 * wait for the peer to pause.
		 */
		@Override
		boolean requeue(Lane lane) {
			if (this.caller != null) {
				boolean turn = hasWaiting(this.caller) || this.executor.isShutdown();
				if (turn) {
					run(lane);
				}
				return turn;
			}
			if (this.executor.execute(lane)) {
				return true;
			}
			if (this.executor.hasWaiting() || this.executor.isShutdown()) {
				refuse(lane);
				return true;
			}
			return false;
		}

		/** Whether lanes wait for a thread, or to be handed over. */
		private boolean hasWaiting(ThreadPoolExecutor caller) {
			return this.executor.hasWaiting() || !caller.getQueue().isEmpty();
		}

		@Override
		public void start(String session, Runnable task) {
			this.own.start(session, task);
		}

		@Override
		public void close() {
			this.own.close();
		}

	}

}
