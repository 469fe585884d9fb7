package dev.socketserver.netty;

import java.util.Arrays;

import dev.socketserver.session.Lane;
import dev.socketserver.session.LaneScheduler;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;

/**
 * Hands the lanes of one server's sessions on one event loop over to handler threads.
 * Lanes that become ready while the loop goes round its sockets are gathered, and handed
 * over together when it has been round: what costs most in running handlers off the loop
 * is waking another thread, and that is then done once.
 */
final class GatheredLanes implements LaneScheduler, Runnable {

	/** As many are handed over at once, so that a second thread can begin. */
	private static final int MAX_GATHERED = 32;

	private final EventLoop loop;

	private final HandlerThreads threads;

	/** Ready and not handed over. Loop only. */
	private final Lane[] gathered = new Lane[MAX_GATHERED];

	private int count;

	/** {@link #run} will be called. Loop only, as is all that follows. */
	private boolean scheduled;

	/** {@link #run} will be called when the loop has been round once more. */
	private boolean delayed;

	GatheredLanes(EventLoop loop, HandlerThreads threads) {
		this.loop = loop;
		this.threads = threads;
	}

	@Override
	public void ready(Lane lane) {
		if (!this.loop.inEventLoop()) {
			this.threads.run(lane);
		}
		else if (gather(lane) && !this.scheduled) {
			this.scheduled = true;
			this.loop.execute(this);
		}
	}

	@Override
	public void opening(Lane lane) {
		if (!(this.loop.inEventLoop() && this.loop instanceof SingleThreadEventLoop single)) {
			ready(lane);
		}
		else if (gather(lane) && !this.scheduled && !this.delayed) {
			this.delayed = true;
			single.executeAfterEventLoopIteration(() -> this.loop.execute(this));
		}
	}

	/** Returns whether there is still somebody to hand over. */
	private boolean gather(Lane lane) {
		this.gathered[this.count++] = lane;
		if (this.count == MAX_GATHERED) {
			handOver();
		}
		return this.count > 0;
	}

	/** The loop has been round. */
	@Override
	public void run() {
		this.scheduled = false;
		this.delayed = false;
		if (this.count > 0) {
			handOver();
		}
	}

	private void handOver() {
		int size = this.count;
		this.count = 0;
		this.threads.run(this.gathered, size);
		// An idle session must not be kept by the round it was last in.
		Arrays.fill(this.gathered, 0, size, null);
	}

}
