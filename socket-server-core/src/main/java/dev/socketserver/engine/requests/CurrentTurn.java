package dev.socketserver.engine.requests;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * The request whose turn it is, where one is under way at a time: for as long as its
 * reply may come. Guarded by the monitor of its {@link PendingRequests}.
 */
final class CurrentTurn {

	private final RequestTurns turns = new RequestTurns();

	/** How long, in milliseconds, a reply may be late. */
	private final long lateMillis;

	private final ScheduledExecutorService timer;

	private @Nullable Request current;

	CurrentTurn(long lateMillis, ScheduledExecutorService timer) {
		this.lateMillis = lateMillis;
		this.timer = timer;
	}

	/** The requests that wait for their turns. */
	RequestTurns turns() {
		return this.turns;
	}

	void begin(Request ask) {
		this.current = ask;
	}

	boolean isOf(Request ask) {
		return this.current == ask;
	}

	/** No reply may come any more: the next request has its turn. */
	void end() {
		if (this.current != null) {
			this.current = null;
			this.turns.free();
		}
	}

	/**
	 * A request was given up.
	 * @param ask the request
	 * @param forget expects its reply no more; called when it is too late for that
	 */
	void gaveUp(Request ask, Runnable forget) {
		if (this.current != ask) {
			return;
		}
		if (this.lateMillis == 0) {
			forget.run();
		}
		else {
			Future<?> unused = this.timer.schedule(forget, this.lateMillis, TimeUnit.MILLISECONDS);
		}
	}

}
