package dev.socketserver.engine.watchdog;

import java.time.Duration;

import dev.socketserver.engine.input.HeartbeatExchange;
import dev.socketserver.engine.output.Outbox;
import dev.socketserver.spec.Heartbeat;
import org.jspecify.annotations.Nullable;

/**
 * When one session sends heartbeats: knows for how long nothing was received from the
 * peer, nothing has been sent to it, and it has not answered, from what each check finds.
 * The timer checks; where something seems to be due, the loop checks again and decides.
 * Exists only where heartbeats are sent. Guarded by its monitor, which is held for
 * comparing numbers only.
 */
public final class Heartbeats {

	private final HeartbeatExchange exchange;

	private final long periodNanos;

	/** How long an answer may take; 0 if none is expected. */
	private final long replyNanos;

	private final IdleTimer peer;

	/** How many bytes had been sent at the last check. */
	private long sent;

	/** When something was sent last. */
	private long sentAt;

	/** For how long an answer is awaited; absent while none is. */
	private @Nullable IdleTimer answer;

	/** How many answers there were when the one that is awaited began to be. */
	private long replies;

	private Heartbeats(HeartbeatExchange exchange, Duration period, Duration timeout, @Nullable Duration replyTimeout,
			long opened) {
		this.exchange = exchange;
		this.periodNanos = period.toNanos();
		this.replyNanos = (replyTimeout != null) ? replyTimeout.toNanos() : 0;
		this.peer = new IdleTimer(timeout.toNanos(), opened);
		this.sentAt = opened;
	}

	/**
	 * Creates the heartbeats of a session.
	 * @param heartbeat how often, and how long to wait for the peer's
	 * @param exchange the messages
	 * @param opened since when nothing was received or sent
	 * @return the heartbeats, or {@code null} if none are sent
	 */
	static @Nullable Heartbeats of(@Nullable Heartbeat heartbeat, @Nullable HeartbeatExchange exchange, long opened) {
		if (heartbeat == null || exchange == null) {
			return null;
		}
		Duration period = heartbeat.period();
		Duration timeout = heartbeat.timeout();
		return (period != null && timeout != null)
				? new Heartbeats(exchange, period, timeout, heartbeat.replyTimeout(), opened) : null;
	}

	/** How long the peer may be silent. */
	IdleTimer peer() {
		return this.peer;
	}

	/** Reading begins again: the peer has all its time from now on. On the loop. */
	synchronized void readAgain() {
		this.peer.readAgain();
		if (this.answer != null) {
			this.answer.readAgain();
		}
	}

	/**
	 * Checks on the timer, where the numbers may be outdated.
	 * @param now the time
	 * @param received how many bytes were received
	 * @param reading whether the connection is read from
	 * @param sent how many bytes were sent
	 * @param writing whether the socket has something to take
	 * @return whether the loop must check
	 */
	synchronized boolean check(long now, long received, boolean reading, long sent, boolean writing) {
		if (sent != this.sent || writing) {
			sent(now, sent);
		}
		IdleTimer awaited = awaited();
		boolean unanswered = awaited != null && awaited.check(now, 0, reading);
		return this.peer.check(now, received, reading) || unanswered || isDue(now);
	}

	/** What waits for an answer, which has not come. */
	private @Nullable IdleTimer awaited() {
		if (this.answer != null && this.exchange.replies() != this.replies) {
			this.answer = null;
		}
		return this.answer;
	}

	/**
	 * Whether the peer has not answered for too long. On the loop; see
	 * {@link IdleTimer#isTooLong}.
	 */
	synchronized boolean isUnanswered(long now, long asked, long tick, boolean reading) {
		IdleTimer awaited = awaited();
		return awaited != null && awaited.isTooLong(now, asked, tick, 0, reading);
	}

	/** Returns how long an answer may take, in nanoseconds. */
	long replyTimeout() {
		return this.replyNanos;
	}

	/** Whether nothing was sent for a period. */
	synchronized boolean isDue(long now) {
		return now - this.sentAt >= this.periodNanos;
	}

	/**
	 * Something was sent or is being sent, so that no heartbeat is due for another
	 * period.
	 */
	synchronized void sent(long now, long sent) {
		this.sent = sent;
		this.sentAt = now;
	}

	/** Sends a heartbeat, unless something else is about to leave. On the loop. */
	void send(Outbox outbox, long now) {
		long before = this.exchange.replies();
		if (outbox.beat(this.exchange.next())) {
			this.exchange.sent();
			await(before, now);
		}
	}

	/** Awaits an answer, unless an older one is still awaited. */
	private synchronized void await(long before, long now) {
		if (this.replyNanos > 0 && awaited() == null) {
			this.replies = before;
			this.answer = new IdleTimer(this.replyNanos, now);
		}
	}

}
