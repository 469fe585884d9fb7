package dev.socketserver.admission;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Stops accepting when as many connections were accepted as this time permits. Safe for
 * use by several threads: several listeners may have one pace.
 */
@SuppressWarnings("FutureReturnValueIgnored") // going on does not fail
public final class PacedAccept {

	private final AcceptRate rate;

	private final ScheduledExecutorService timer;

	private final Runnable hold;

	private final Runnable release;

	/** How many waits are not over. */
	private int waits;

	/** Another takes its place. */
	private boolean over;

	/**
	 * Creates the pace.
	 * @param perSecond how many connections may be accepted in a second
	 * @param datagrams whether these are peers of UDP
	 * @param timer has time pass
	 * @param hold stops accepting
	 * @param release accepts again, on any thread
	 */
	public PacedAccept(int perSecond, boolean datagrams, ScheduledExecutorService timer, Runnable hold,
			Runnable release) {
		// What waits in the kernel loses nothing; a datagram is lost.
		long burst = TimeUnit.MILLISECONDS.toNanos(datagrams ? 1_000 : 100);
		this.rate = new AcceptRate(perSecond, burst, System.nanoTime());
		this.timer = timer;
		this.hold = hold;
		this.release = release;
	}

	/** A connection was admitted. It may have to wait before it is a session. */
	public synchronized void accepted() {
		if (this.over) {
			return;
		}
		long wait = this.rate.take(System.nanoTime());
		if (wait > 0) {
			this.waits++;
			this.hold.run();
			this.timer.schedule(this::waited, wait, TimeUnit.NANOSECONDS);
		}
	}

	/** The last of those that wait at the same time has waited for longest. */
	private synchronized void waited() {
		if (--this.waits == 0 && !this.over) {
			this.release.run();
		}
	}

	/** Ends the pace: accepts again, unless another pace does not. */
	public synchronized void end() {
		this.over = true;
		if (this.waits > 0) {
			this.release.run();
		}
	}

}
