package dev.socketserver.engine.watchdog;

/**
 * How long nothing was received from the peer of a session, from what each check finds.
 * The timer checks; when the time allowed is over, the loop checks, too, and decides.
 * Guarded by its monitor, which is held for comparing numbers only.
 */
final class IdleTimer {

	/** Guarded by this, as the rest is. */
	private long timeoutNanos;

	/** How many bytes had been received at the last check. */
	private long received;

	private long receivedAt;

	/**
	 * Whether the connection was not read from for a while since the last check: then the
	 * time begins anew.
	 */
	private boolean rested;

	/**
	 * Whether the last check of the loop was in time, after the end of the time allowed,
	 * and found nothing; a rest that begins after it is another fact.
	 */
	private boolean confirmed;

	/**
	 * Creates the timer of a peer.
	 * @param timeoutNanos how long it may last, in nanoseconds
	 * @param opened since when nothing was received
	 */
	IdleTimer(long timeoutNanos, long opened) {
		this.timeoutNanos = timeoutNanos;
		this.receivedAt = opened;
	}

	/** How long it may last, in nanoseconds. */
	synchronized long timeout() {
		return this.timeoutNanos;
	}

	/**
	 * It may last longer, or not as long, from the last byte on.
	 * @param nanos how long, in nanoseconds
	 * @param since the time of the last byte, at the latest
	 * @param bytes how many had been received then
	 */
	synchronized void timeout(long nanos, long since, long bytes) {
		this.timeoutNanos = nanos;
		this.confirmed = false;
		if (!this.rested && (bytes != this.received || since - this.receivedAt < 0)) {
			this.received = bytes;
			this.receivedAt = since;
		}
	}

	/** Reading begins again: the peer has all its time from now on. On the loop. */
	synchronized void readAgain() {
		this.rested = true;
	}

	/**
	 * Checks on the timer, where the numbers may be outdated.
	 * @param now the time
	 * @param received how many bytes were received
	 * @param reading whether input was read
	 * @return whether the loop must check
	 */
	synchronized boolean check(long now, long received, boolean reading) {
		update(now, received, reading);
		return lasted(now);
	}

	private void update(long now, long received, boolean reading) {
		if (received != this.received || !reading || this.rested) {
			this.received = received;
			this.receivedAt = now;
			this.rested = false;
			this.confirmed = false;
		}
	}

	private boolean lasted(long now) {
		return now - this.receivedAt >= this.timeoutNanos;
	}

	/**
	 * Whether it has lasted for too long. On the loop, which may itself have been busy
	 * for all that time, with what was received meanwhile not yet read. So this is
	 * certain only at the second check after the end of the time allowed, since the loop
	 * has read in between; and only if neither of the two checks was late.
	 * @param now the time
	 * @param asked when the timer asked for this check
	 * @param tick the time between two checks
	 * @param received how many bytes were received
	 * @param reading whether input was read
	 * @return whether it has
	 */
	synchronized boolean isTooLong(long now, long asked, long tick, long received, boolean reading) {
		update(now, received, reading);
		boolean over = lasted(now) && now - asked <= tick;
		boolean certain = over && this.confirmed;
		this.confirmed = over;
		return certain;
	}

}
