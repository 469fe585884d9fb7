package dev.socketserver.netty.execution;

import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;

import dev.socketserver.engine.lane.Lane;
import dev.socketserver.engine.lane.LaneScheduler;
import dev.socketserver.netty.workaround.UringWorkaround;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.SingleThreadEventLoop;

/**
 * Runs the lanes of one server's sessions on their own event loop, for handlers that
 * never block. They do not run where they become ready, in the middle of reading, but
 * when the loop has gone round its sockets, or has read so many of them that the first
 * should not wait any longer. To read several sockets and then to handle what they had is
 * faster than to do both in turn, since each of the two finds its own instructions in the
 * caches of the processor.
 */
final class LoopLanes implements LaneScheduler, Runnable {

	/**
	 * How many sockets are read at most before lanes run. Reading so many takes about 100
	 * µs, for which replies may wait.
	 */
	private static final int MOST_READ = 32;

	private final int mostRead;

	private final EventLoop loop;

	/** Lanes that are ready and have not run yet. Loop only. */
	private final ArrayDeque<Lane> ready = new ArrayDeque<>();

	/** {@link #run} will be called. Loop only. */
	private boolean scheduled;

	/**
	 * Set while lanes run, which may be without {@link #run}: none runs from within
	 * another. Loop only.
	 */
	private boolean running;

	private final Runnable nextRound = this::nextRound;

	private final HandlerThreads threads;

	LoopLanes(EventLoop loop, HandlerThreads threads) {
		this.loop = loop;
		// With io_uring the system has read all of them before the loop checks the first.
		this.mostRead = (loop instanceof IoEventLoop io && io.isIoType(UringWorkaround.class)) ? 1 : MOST_READ;
		this.threads = threads;
	}

	@Override
	public void ready(Lane lane) {
		if (!this.loop.inEventLoop()) {
			try {
				this.loop.execute(lane);
			}
			catch (RejectedExecutionException ex) {
				// The loop has ended with its server; senders that are late are still
				// notified.
				this.threads.refuse(lane);
			}
			return;
		}
		this.ready.add(lane);
		if (!this.scheduled) {
			this.scheduled = true;
			if (this.running && this.loop instanceof SingleThreadEventLoop single) {
				// A task that is added in the usual way now would run before the loop has
				// gone round its sockets.
				single.executeAfterEventLoopIteration(this.nextRound);
			}
			else {
				this.loop.execute(this);
			}
		}
	}

	/**
	 * The loop has run all its tasks: a task that is added now runs after the sockets.
	 */
	private void nextRound() {
		this.loop.execute(this);
	}

	@Override
	public void run() {
		this.scheduled = false;
		runReady();
	}

	@Override
	public void readsEnded() {
		if (!this.running && this.ready.size() >= this.mostRead) {
			runReady();
		}
	}

	/**
	 * Runs the lanes that are ready now; those that become ready meanwhile run after the
	 * sockets.
	 */
	private void runReady() {
		this.running = true;
		try {
			for (int count = this.ready.size(); count > 0; count--) {
				this.ready.remove().run();
			}
		}
		finally {
			this.running = false;
		}
	}

}
