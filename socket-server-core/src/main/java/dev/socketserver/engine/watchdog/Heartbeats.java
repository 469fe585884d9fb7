package dev.socketserver.engine.watchdog;

import dev.socketserver.spec.Heartbeat;

/**
 * The heartbeats of one session: knows for how long nothing was received from the peer,
 * and nothing has been sent to it, from what each check finds. The timer checks; where
 * something seems to be due, the loop checks again and decides. Exists only where
 * heartbeats are on. Guarded by its monitor, which is held for comparing numbers only.
 */
public final class Heartbeats {

	private final long periodNanos;

	private final IdleTimer peer;

	/** How many bytes had been sent at the last check. */
	private long sent;

	/** When something was sent last. */
	private long sentAt;

	/**
	 * Creates the heartbeats of a session.
	 * @param heartbeat how often, and how long to wait for the peer's
	 * @param opened since when nothing was received or sent
	 */
	public Heartbeats(Heartbeat heartbeat, long opened) {
		this.periodNanos = heartbeat.period().toNanos();
		this.peer = new IdleTimer(heartbeat.timeout().toNanos(), opened);
		this.sentAt = opened;
	}

	/** How long the peer may be silent. */
	IdleTimer peer() {
		return this.peer;
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
		return this.peer.check(now, received, reading) || isDue(now);
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

}
