package dev.socketserver.netty;

import java.util.Arrays;

import dev.socketserver.session.Lane;
import dev.socketserver.session.LaneScheduler;
import io.netty.channel.EventLoop;

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

	GatheredLanes(EventLoop loop, HandlerThreads threads) {
		this.loop = loop;
		this.threads = threads;
	}

	@Override
	public void ready(Lane lane) {
		if (!this.loop.inEventLoop()) {
			this.threads.run(lane);
			return;
		}
		this.gathered[this.count++] = lane;
		if (this.count == MAX_GATHERED) {
			handOver();
		}
		else if (this.count == 1) {
			this.loop.execute(this);
		}
	}

	/** The loop has been round. */
	@Override
	public void run() {
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
