package dev.socketserver.engine.watchdog;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

import dev.socketserver.SessionSpec;
import dev.socketserver.engine.log.NanoTime;

/**
 * The time limits of sessions that have begun with different settings. One thread at a
 * time.
 */
public final class TimeoutsInForce {

	private final LongSupplier clock;

	/** Of those that sessions had at the last check, and of the present ones. */
	private Map<SessionSpec, SessionTimeouts> known = new IdentityHashMap<>(1);

	/**
	 * Creates the limits of sessions that have begun with the first settings.
	 * @param spec what the sessions are made from
	 */
	public TimeoutsInForce(SessionSpec spec) {
		this(spec, NanoTime.SYSTEM);
	}

	/** Creates the limits, with a clock. */
	TimeoutsInForce(SessionSpec spec, LongSupplier clock) {
		this.clock = clock;
		this.known.put(spec, new SessionTimeouts(spec, clock));
	}

	/**
	 * Returns how often to check.
	 * @return the time between two checks, in nanoseconds; 0 if nothing is limited
	 */
	public long tickNanos() {
		long shortest = 0;
		for (SessionTimeouts each : this.known.values()) {
			long tick = each.tickNanos();
			if (tick > 0) {
				shortest = (shortest > 0) ? Math.min(shortest, tick) : tick;
			}
		}
		return shortest;
	}

	/**
	 * Checks sessions, and ends those in which something takes too long.
	 * @param present what sessions are made from that begin now
	 * @param sessions the sessions to check
	 */
	public void check(SessionSpec present, Stream<? extends Watched> sessions) {
		long now = this.clock.getAsLong();
		Map<SessionSpec, SessionTimeouts> used = new IdentityHashMap<>(1);
		used.put(present, timeouts(present));
		sessions.forEach((session) -> TimeoutEnforcer.check(session,
				used.computeIfAbsent(session.state().spec(), this::timeouts), now));
		used.values().forEach(SessionTimeouts::checked);
		this.known = used;
	}

	private SessionTimeouts timeouts(SessionSpec spec) {
		SessionTimeouts before = this.known.get(spec);
		return (before != null) ? before : SessionTimeouts.changed(spec, this.clock);
	}

}
