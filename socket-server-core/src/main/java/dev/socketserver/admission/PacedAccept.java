package dev.socketserver.admission;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Has nobody else come when as many connections have come as may come in this time. Used
 * on the listener's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // going on does not fail
public final class PacedAccept {

	private final AcceptRate rate;

	private final ScheduledExecutorService timer;

	private final Runnable hold;

	private final Runnable release;

	/**
	 * Creates the pace.
	 * @param perSecond how many connections may come in a second
	 * @param timer has time pass
	 * @param hold has nobody else come
	 * @param release lets others come again, on any thread
	 */
	public PacedAccept(int perSecond, ScheduledExecutorService timer, Runnable hold, Runnable release) {
		this.rate = new AcceptRate(perSecond, System.nanoTime());
		this.timer = timer;
		this.hold = hold;
		this.release = release;
	}

	/** A connection was admitted. It may have to wait before it is a session. */
	public void accepted() {
		long wait = this.rate.take(System.nanoTime());
		if (wait > 0) {
			this.hold.run();
			this.timer.schedule(this.release, wait, TimeUnit.NANOSECONDS);
		}
	}

}
