package dev.socketserver.session;

import dev.socketserver.SessionSpec;

/**
 * The heartbeats of one session: for how long nothing has come from the peer, and nothing
 * has gone to it, made of what one look after the other sees. The timer looks; where
 * something seems to be due the loop looks again, and decides. Exists only where
 * heartbeats are on. Guarded by its monitor, for which nobody waits longer than for a
 * comparison of numbers.
 */
final class Pulse {

	private final long periodNanos;

	private final long timeoutNanos;

	/** How much had been received when somebody looked. */
	private long received;

	private long heardAt;

	/** How much had been sent when somebody looked. */
	private long sent;

	private long saidAt;

	/** The connection was not read from since the last look. */
	private boolean rested;

	/** The loop has looked since the timeout came near, and heard nothing. */
	private boolean near;

	/**
	 * Creates the heartbeats of a session.
	 * @param heartbeat how often, and how long to wait for the peer's
	 * @param opened since when nothing has come or gone
	 */
	Pulse(SessionSpec.Heartbeat heartbeat, long opened) {
		this.periodNanos = heartbeat.period().toNanos();
		this.timeoutNanos = heartbeat.timeout().toNanos();
		this.heardAt = opened;
		this.saidAt = opened;
	}

	/** How long the peer may be silent, in nanoseconds. */
	long timeout() {
		return this.timeoutNanos;
	}

	/** Reading begins again: the peer has all its time from now on. On the loop. */
	synchronized void readAgain() {
		this.rested = true;
	}

	/**
	 * Looks from afar, where numbers may be outdated.
	 * @param now the time
	 * @param tick the time between two looks
	 * @param received how many bytes were received
	 * @param reading whether the connection is read from
	 * @param sent how many bytes were sent
	 * @param writing whether the socket has something to take
	 * @return whether the loop must look
	 */
	synchronized boolean look(long now, long tick, long received, boolean reading, long sent, boolean writing) {
		hear(now, received, reading);
		if (sent != this.sent || writing) {
			said(now, sent);
		}
		return isNear(now, tick) || isDue(now);
	}

	private void hear(long now, long received, boolean reading) {
		if (received != this.received || !reading || this.rested) {
			this.received = received;
			this.heardAt = now;
			this.rested = false;
			this.near = false;
		}
	}

	private boolean isNear(long now, long tick) {
		return now - this.heardAt >= this.timeoutNanos - 2 * tick;
	}

	/**
	 * Whether the peer was silent for too long. On the loop, which may not have come
	 * round for as long: what came meanwhile is not read yet. So nothing is certain at
	 * the first look, nor at one that is late.
	 * @param now the time
	 * @param asked when the timer asked for this look
	 * @param tick the time between two looks
	 * @param received how many bytes were received
	 * @param reading whether the connection is read from
	 * @return whether it was
	 */
	synchronized boolean isLost(long now, long asked, long tick, long received, boolean reading) {
		hear(now, received, reading);
		boolean certain = this.near && now - asked <= tick;
		this.near = isNear(now, tick);
		return certain && now - this.heardAt >= this.timeoutNanos;
	}

	/** Whether nothing was sent for a period. */
	synchronized boolean isDue(long now) {
		return now - this.saidAt >= this.periodNanos;
	}

	/** The peer hears of us, or has been told that it will not. */
	synchronized void said(long now, long sent) {
		this.sent = sent;
		this.saidAt = now;
	}

}
