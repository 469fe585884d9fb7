package dev.socketserver.engine.watchdog;

import java.time.Duration;
import java.util.function.LongSupplier;

import dev.socketserver.SessionSpec;
import dev.socketserver.spec.Heartbeat;
import dev.socketserver.spec.Timeouts;
import org.jspecify.annotations.Nullable;

/**
 * The time limits of sessions with the same settings. A timer checks all sessions now and
 * then, and whatever it still sees after the time allowed has taken too long. So no
 * message pays for a reading of the clock, and a limit is enforced late rather than
 * early, by at most three checks.
 * <p>
 * Immutable, but for whether sessions were checked.
 */
public final class SessionTimeouts {

	/** A check more often than this would cost more than it brings. */
	private static final long MIN_TICK_NANOS = 10_000_000;

	private static final long MAX_TICK_NANOS = 1_000_000_000;

	/** By how much the greatest age differs between sessions, as a part of it. */
	private static final double JITTER = 0.1;

	private final long firstFrameNanos;

	private final long frameNanos;

	private final long idleNanos;

	private final long writeNanos;

	private final long sessionNanos;

	private final long tickNanos;

	private final LongSupplier clock;

	/**
	 * Whether other limits were in force before, and no session was checked since: what
	 * is seen then may have begun before the previous check.
	 */
	private volatile boolean changed;

	/**
	 * Creates the timeouts of a server's sessions.
	 * @param spec what the server is made from
	 * @param clock gives the time, as {@link System#nanoTime} does
	 */
	SessionTimeouts(SessionSpec spec, LongSupplier clock) {
		this.clock = clock;
		Timeouts timeouts = spec.timeouts();
		this.firstFrameNanos = nanos(timeouts.firstFrame());
		// Bytes as they are received are never a part of something.
		this.frameNanos = spec.unframed() ? 0 : nanos(timeouts.frame());
		this.idleNanos = nanos(timeouts.idle());
		this.writeNanos = nanos(timeouts.write());
		this.sessionNanos = nanos(timeouts.session());
		Heartbeat heartbeat = spec.heartbeat();
		// Twice as often as for other limits: the peer may have as little patience as we.
		long beatNanos = (heartbeat != null) ? nanos(heartbeat.period()) / 2 : 0;
		long replyNanos = (beatNanos > 0 && heartbeat != null) ? nanos(heartbeat.replyTimeout()) : 0;
		this.tickNanos = shortestTick(this.firstFrameNanos, this.frameNanos, this.idleNanos, this.writeNanos,
				this.sessionNanos, beatNanos, replyNanos);
	}

	/**
	 * Creates timeouts that take the place of others.
	 * @param spec what the sessions are made from now
	 * @param clock gives the time, as {@link System#nanoTime} does
	 */
	static SessionTimeouts changed(SessionSpec spec, LongSupplier clock) {
		SessionTimeouts timeouts = new SessionTimeouts(spec, clock);
		timeouts.changed = true;
		return timeouts;
	}

	private static long shortestTick(long... timeouts) {
		long shortest = 0;
		for (long nanos : timeouts) {
			if (nanos > 0) {
				shortest = (shortest > 0) ? Math.min(shortest, tick(nanos)) : tick(nanos);
			}
		}
		return shortest;
	}

	private static long nanos(@Nullable Duration timeout) {
		return (timeout != null) ? timeout.toNanos() : 0;
	}

	/**
	 * Returns how often to check whether something takes longer than it may.
	 * @param timeoutNanos how long it may take
	 * @return the time between two checks, in nanoseconds
	 */
	public static long tick(long timeoutNanos) {
		return Math.min(Math.max(timeoutNanos / 8, MIN_TICK_NANOS), MAX_TICK_NANOS);
	}

	/**
	 * Returns how often to check.
	 * @return the time between two checks, in nanoseconds
	 */
	public long tickNanos() {
		return this.tickNanos;
	}

	/** Whether they have taken the place of others since the last check. */
	boolean isChanged() {
		return this.changed;
	}

	/** All sessions were checked. */
	void checked() {
		this.changed = false;
	}

	long now() {
		return this.clock.getAsLong();
	}

	// The limits, in nanoseconds; 0 for none.

	long firstFrame() {
		return this.firstFrameNanos;
	}

	long frame() {
		return this.frameNanos;
	}

	long idle() {
		return this.idleNanos;
	}

	long write() {
		return this.writeNanos;
	}

	/**
	 * Returns the greatest age of a session. It is different for each, so that peers that
	 * have connected together do not all reconnect together.
	 * @param number the session's number, of which alone the difference is made
	 */
	long session(long number) {
		if (this.sessionNanos == 0) {
			return 0;
		}
		return this.sessionNanos + (long) (this.sessionNanos * JITTER * spread(number));
	}

	/**
	 * Spreads numbers evenly between -1 and 1, always in the same way (the steps of
	 * SplitMix64).
	 */
	private static double spread(long number) {
		long mixed = number * 0x9E3779B97F4A7C15L;
		mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
		mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
		mixed ^= mixed >>> 31;
		return (mixed >> 10) * 0x1.0p-53;
	}

}
