package dev.socketserver.engine.client;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.socketserver.engine.threads.DaemonThreads;
import org.jspecify.annotations.Nullable;

/**
 * Since when messages wait for a connection, where that is limited. Requests are not
 * among them: they have a time of their own. Guarded by the lock of the
 * {@link ClientOutbox}.
 */
final class LimitedWaits {

	private final WaitLimit limit;

	private final Runnable expire;

	/**
	 * When each has begun to wait last, in that order, with some that do not wait any
	 * more.
	 */
	private final Map<ClientMessage, Long> since = new LinkedHashMap<>();

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
			begin(message, System.nanoTime());
			schedule(this.limit.nanos());
		}
	}

	private void begin(ClientMessage message, long now) {
		this.since.remove(message);
		oldest();
		this.since.put(message, now);
	}

	/** Returns that which has waited longest, and forgets those that do not any more. */
	private Map.@Nullable Entry<ClientMessage, Long> oldest() {
		Iterator<Map.Entry<ClientMessage, Long>> each = this.since.entrySet().iterator();
		while (each.hasNext()) {
			Map.Entry<ClientMessage, Long> next = each.next();
			if (next.getKey().isWaiting()) {
				return next;
			}
			each.remove();
		}
		return null;
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
		Map.Entry<ClientMessage, Long> oldest = oldest();
		while (oldest != null && now - oldest.getValue() >= this.limit.nanos()) {
			ClientMessage message = oldest.getKey();
			if (connected) {
				begin(message, now);
			}
			else {
				this.since.remove(message);
				expired.add(message);
			}
			oldest = oldest();
		}
		if (oldest != null) {
			schedule(oldest.getValue() + this.limit.nanos() - now);
		}
		return expired;
	}

}
