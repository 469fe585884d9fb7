package dev.socketserver.netty;

import java.util.Arrays;

import dev.socketserver.session.Lane;
import dev.socketserver.session.LaneScheduler;
import io.netty.channel.SingleThreadEventLoop;

/**
 * Hands the lanes of one server's sessions on one event loop over to handler threads.
 * Lanes that become ready while the loop goes round its sockets are gathered, and handed
 * over together when a round has brought no more of them: what costs most in running
 * handlers off the loop is waking another thread, and that is then done once. One that is
 * alone, as the one before it was, waits for nobody.
 */
final class GatheredLanes implements LaneScheduler, Runnable {

	/**
	 * Nobody waits for others longer than about that: as long as a reply may wait in
	 * {@code event-loop} mode.
	 */
	private static final long MAX_WAIT_NANOS = 100_000;

	private final SingleThreadEventLoop loop;

	private final HandlerThreads threads;

	private final Runnable nextRound = this::nextRound;

	// All that follows is of the loop only.

	/** Ready and not handed over. */
	private final Lane[] gathered = new Lane[HandlerThreads.MOST_AT_ONCE];

	private int count;

	/** How many there were when the last round ended. */
	private int countBefore;

	/** Whether a single one is likely not to stay alone, so that it waits for others. */
	private boolean company;

	/** When the first of them became ready. */
	private long since;

	/** {@link #run} will be called. */
	private boolean scheduled;

	/**
	 * Those that are gathered are on their way. An executor of the application's may make
	 * others ready just then, which must not take their places.
	 */
	private boolean handingOver;

	GatheredLanes(SingleThreadEventLoop loop, HandlerThreads threads) {
		this.loop = loop;
		this.threads = threads;
	}

	@Override
	public void ready(Lane lane) {
		if (!this.loop.inEventLoop() || this.handingOver) {
			this.threads.run(lane);
			return;
		}
		this.gathered[this.count++] = lane;
		if (this.count == this.gathered.length) {
			handOver();
		}
		else if (!this.scheduled) {
			this.scheduled = true;
			this.since = System.nanoTime();
			this.loop.execute(this);
		}
	}

	@Override
	public void opening(Lane lane) {
		// Its peer's first bytes may be there already.
		this.company = true;
		ready(lane);
	}

	/** The loop has been round. With a task before it, it does not wait in the next. */
	@Override
	public void run() {
		boolean more = this.count > this.countBefore && (this.company || this.count > 1);
		// A loop that ends may take no more tasks.
		if (more && !this.loop.isShuttingDown() && System.nanoTime() - this.since < MAX_WAIT_NANOS) {
			this.countBefore = this.count;
			this.loop.executeAfterEventLoopIteration(this.nextRound);
			return;
		}
		this.scheduled = false;
		if (this.count > 0) {
			handOver();
		}
	}

	/** A task that adds itself would run in the same round. */
	private void nextRound() {
		this.loop.execute(this);
	}

	private void handOver() {
		int size = this.count;
		this.count = 0;
		this.countBefore = 0;
		this.company = size > 1;
		this.handingOver = true;
		try {
			this.threads.run(this.gathered, size);
		}
		finally {
			this.handingOver = false;
			// An idle session must not be kept by the round it was last in.
			Arrays.fill(this.gathered, 0, size, null);
		}
	}

}
