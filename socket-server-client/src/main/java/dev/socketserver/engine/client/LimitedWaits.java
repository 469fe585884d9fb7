package dev.socketserver.engine.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.socketserver.engine.threads.DaemonThreads;

/**
 * Since when messages wait for a connection, where that is limited. Requests are not
 * among them: they have a time of their own. Guarded by the lock of the
 * {@link ClientOutbox}.
 */
final class LimitedWaits {

	private final WaitLimit limit;

	private final Runnable expire;

	/** In the order in which they began to wait, and some that do not any more. */
	private final ArrayDeque<Wait> waits = new ArrayDeque<>();

	private boolean scheduled;

	/**
	 * Creates the object without messages.
	 * @param limit how long they may wait
	 * @param expire run when the first may have waited for so long; it calls
	 * {@link #takeExpired} with the lock
	 */
	LimitedWaits(WaitLimit limit, Runnable expire) {
		this.limit = limit;
		this.expire = expire;
	}

	/** A message begins to wait. */
	void begin(ClientMessage message) {
		if (!message.isRequest()) {
			forgetTaken();
			this.waits.add(new Wait(message, System.nanoTime()));
			schedule(this.limit.nanos());
		}
	}

	private void forgetTaken() {
		while (!this.waits.isEmpty() && !this.waits.peek().message().isWaiting()) {
			this.waits.remove();
		}
	}

	private void schedule(long nanos) {
		if (!this.scheduled) {
			this.scheduled = true;
			// Not before it is over.
			DaemonThreads.schedule(this.limit.timer(), this.expire, TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
		}
	}

	/**
	 * Returns those that have waited for too long, and forgets them.
	 * @param connected whether there is a connection: then they wait for their turn, and
	 * the time begins again
	 */
	List<ClientMessage> takeExpired(boolean connected) {
		this.scheduled = false;
		long now = System.nanoTime();
		List<ClientMessage> expired = new ArrayList<>();
		forgetTaken();
		while (!this.waits.isEmpty() && this.waits.peek().isOver(now, this.limit)) {
			ClientMessage message = this.waits.remove().message();
			if (connected) {
				this.waits.add(new Wait(message, now));
			}
			else {
				expired.add(message);
			}
			forgetTaken();
		}
		if (!this.waits.isEmpty()) {
			schedule(this.waits.peek().since() + this.limit.nanos() - now);
		}
		return expired;
	}

	/** A message that has begun to wait. */
	private record Wait(ClientMessage message, long since) {

		boolean isOver(long now, WaitLimit limit) {
			return now - this.since >= limit.nanos();
		}

	}

}
