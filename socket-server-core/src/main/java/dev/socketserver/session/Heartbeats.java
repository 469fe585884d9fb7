package dev.socketserver.session;

import dev.socketserver.SessionSpec;

/**
 * The heartbeats of one session: for how long nothing has come from the peer, and nothing
 * has gone to it, made of what one look after the other sees. The timer looks; where
 * something seems to be due the loop looks again, and decides. Exists only where
 * heartbeats are on. Guarded by its monitor, for which nobody waits longer than for a
 * comparison of numbers.
 */
final class Heartbeats {

	private final long periodNanos;

	private final Silence peer;

	/** How much had been sent when somebody looked. */
	private long sent;

	private long saidAt;

	/**
	 * Creates the heartbeats of a session.
	 * @param heartbeat how often, and how long to wait for the peer's
	 * @param opened since when nothing has come or gone
	 */
	Heartbeats(SessionSpec.Heartbeat heartbeat, long opened) {
		this.periodNanos = heartbeat.period().toNanos();
		this.peer = new Silence(heartbeat.timeout().toNanos(), opened);
		this.saidAt = opened;
	}

	/** How long the peer may be silent. */
	Silence peer() {
		return this.peer;
	}

	/**
	 * Looks from afar, where numbers may be outdated.
	 * @param now the time
	 * @param received how many bytes were received
	 * @param reading whether the connection is read from
	 * @param sent how many bytes were sent
	 * @param writing whether the socket has something to take
	 * @return whether the loop must look
	 */
	synchronized boolean look(long now, long received, boolean reading, long sent, boolean writing) {
		if (sent != this.sent || writing) {
			said(now, sent);
		}
		return this.peer.look(now, received, reading) || isDue(now);
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
