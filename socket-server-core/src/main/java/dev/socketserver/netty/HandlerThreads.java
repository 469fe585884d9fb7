package dev.socketserver.netty;

import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import dev.socketserver.ExecutionMode;
import dev.socketserver.session.Lane;
import dev.socketserver.session.SessionThreads;
import org.jspecify.annotations.Nullable;

/**
 * The threads that run the handlers of one server while it runs.
 */
abstract class HandlerThreads implements SessionThreads {

	private static final int POOL_THREADS = 200;

	private static final int POOL_QUEUE = 10_000;

	private static final int IDLE_SECONDS = 10;

	private final String server;

	private final Executor fallback;

	private HandlerThreads(String server, Executor fallback) {
		this.server = server;
		this.fallback = fallback;
	}

	/**
	 * Makes the threads.
	 * @param mode what kind
	 * @param server the server's name
	 * @param fallback runs lanes for which there is no thread: their sessions handle no
	 * further frame, but their handlers are told the end
	 */
	static HandlerThreads of(ExecutionMode mode, String server, Executor fallback) {
		return switch (mode.resolve()) {
			case VIRTUAL -> new Virtual(server, fallback);
			case POOL -> new Pool(server, fallback);
			case EVENT_LOOP -> new None(server, fallback);
			case AUTO -> throw new IllegalStateException("AUTO resolves to another mode");
		};
	}

	/**
	 * Runs lanes, each on a thread of its own, without waiting.
	 * @param lanes the lanes
	 * @param count how many
	 */
	abstract void run(Lane[] lanes, int count);

	/** Runs a lane without waiting. */
	abstract void run(Lane lane);

	/** Has a lane that got no thread end its session. */
	final void refuse(Lane lane) {
		lane.refused();
		this.fallback.execute(lane);
	}

	/** Whether handlers run on the loop, so that {@link #run} is never called. */
	boolean onLoop() {
		return false;
	}

	/** Lets the threads end when they have nothing to do. */
	void close() {
	}

	final String threadName() {
		return this.server + " server";
	}

	private static final class Virtual extends HandlerThreads {

		private final ThreadFactory factory;

		Virtual(String server, Executor fallback) {
			super(server, fallback);
			this.factory = VirtualThreads.factory(threadName());
		}

		/**
		 * Starting a virtual thread from outside its scheduler wakes a carrier, at the
		 * price of a system call or more. So it is done once for all the lanes, and the
		 * first of them starts the others from inside.
		 */
		@Override
		void run(Lane[] lanes, int count) {
			if (count == 1) {
				run(lanes[0]);
				return;
			}
			Lane[] group = Arrays.copyOf(lanes, count);
			this.factory.newThread(() -> {
				for (int i = 1; i < group.length; i++) {
					run(group[i]);
				}
				group[0].run();
			}).start();
		}

		@Override
		void run(Lane lane) {
			try {
				this.factory.newThread(lane).start();
			}
			catch (OutOfMemoryError ex) {
				refuse(lane);
			}
		}

		@Override
		public void start(String session, Runnable task) {
			VirtualThreads.factory(threadName() + " " + session).newThread(task).start();
		}

	}

	/** Platform threads, made on demand and let go when idle. */
	private static final class Pool extends HandlerThreads {

		private final ExecutorService executor;

		private final @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();

		Pool(String server, Executor fallback) {
			super(server, fallback);
			ThreadPoolExecutor pool = new ThreadPoolExecutor(POOL_THREADS, POOL_THREADS, IDLE_SECONDS, TimeUnit.SECONDS,
					new LinkedBlockingQueue<>(POOL_QUEUE), (task) -> thread(task, threadName()));
			pool.allowCoreThreadTimeOut(true);
			this.executor = pool;
		}

		private Thread thread(Runnable task, String name) {
			Thread thread = new Thread(task, name);
			thread.setDaemon(true);
			thread.setContextClassLoader(this.classLoader);
			return thread;
		}

		@Override
		void run(Lane[] lanes, int count) {
			for (int i = 0; i < count; i++) {
				run(lanes[i]);
			}
		}

		@Override
		void run(Lane lane) {
			try {
				this.executor.execute(lane);
			}
			catch (RejectedExecutionException | OutOfMemoryError ex) {
				// The latter also when the system has no thread left; the pool has
				// not kept the lane then.
				refuse(lane);
			}
		}

		@Override
		public void start(String session, Runnable task) {
			thread(task, threadName() + " " + session).start();
		}

		@Override
		void close() {
			this.executor.shutdown();
		}

	}

	private static final class None extends HandlerThreads {

		None(String server, Executor fallback) {
			super(server, fallback);
		}

		@Override
		boolean onLoop() {
			return true;
		}

		@Override
		void run(Lane[] lanes, int count) {
			throw new IllegalStateException("Handlers run on the event loop");
		}

		@Override
		void run(Lane lane) {
			throw new IllegalStateException("Handlers run on the event loop");
		}

		@Override
		public void start(String session, Runnable task) {
			throw new RejectedExecutionException("A session of its own needs a thread of its own");
		}

	}

}
