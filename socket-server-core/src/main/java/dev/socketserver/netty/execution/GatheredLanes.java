package dev.socketserver.netty.execution;

import java.util.Arrays;

import dev.socketserver.engine.lane.Lane;
import dev.socketserver.engine.lane.LaneScheduler;
import io.netty.channel.SingleThreadEventLoop;

/**
 * Hands lanes from one event loop over to the handler threads of one server. Lanes that
 * become ready while the loop goes round its sockets are gathered, and handed over
 * together when a round has brought no more of them: waking another thread is what costs
 * most in running handlers off the loop, and so it is done once for all of them. A single
 * lane does not wait if the one before it was alone, too.
 */
final class GatheredLanes implements LaneScheduler, Runnable {

	/**
	 * How long a lane waits for others at most, roughly: as long as a reply may in
	 * {@code event-loop} mode.
	 */
	private static final long MAX_WAIT_NANOS = 100_000;

	private final SingleThreadEventLoop loop;

	private final HandlerThreads threads;

	private final Runnable nextRound = this::nextRound;

	// The following fields are used by the loop only.

	/** Lanes that are ready and not handed over yet. */
	private final Lane[] gathered = new Lane[HandlerThreads.MOST_AT_ONCE];

	private int count;

	/** How many there were when the last round ended. */
	private int countBefore;

	/**
	 * Whether a single lane waits for others, because others are likely; kept from one
	 * hand-over to the next.
	 */
	private boolean company;

	/** When the first of them became ready. */
	private long since;

	/** {@link #run} will be called. */
	private boolean scheduled;

	/**
	 * Set while the gathered lanes are handed over: an executor of the application may
	 * make others ready just then, which must not take their places.
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
	public boolean requeue(Lane lane) {
		return this.threads.requeue(lane);
	}

	@Override
	public void opening(Lane lane) {
		// Its peer's first bytes may be there already.
		this.company = true;
		ready(lane);
	}

	/**
	 * The loop has gone round its sockets. With this task before it, it does not wait in
	 * the next round.
	 */
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

	/** Through another task: one that adds itself would run in the same round. */
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
			// Else an idle session could not be collected until others take its place
			// here.
			Arrays.fill(this.gathered, 0, size, null);
		}
	}

}
