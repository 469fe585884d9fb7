package dev.socketserver.autoconfigure.spec;

import java.time.Duration;

import dev.socketserver.autoconfigure.properties.SessionProperties;
import dev.socketserver.autoconfigure.properties.SessionProperties.Shutdown;
import dev.socketserver.autoconfigure.properties.Written;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.spec.DrainPlan;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Decides how long a stop waits for sessions. Spring ends the phase of a stop after a
 * time of its own, which the default stays below.
 */
public final class DrainTimeouts {

	private static final String PHASE_TIMEOUT = "spring.lifecycle.timeout-per-shutdown-phase";

	private static final SafeLogger logger = SafeLogger.of(DrainTimeouts.class);

	private final Environment environment;

	/**
	 * Creates the timeouts of an application.
	 * @param environment the environment, which has the time of a phase
	 */
	public DrainTimeouts(Environment environment) {
		this.environment = environment;
	}

	Duration of(PropertyEntry entry, SessionProperties properties) {
		Duration given = properties.getDrainTimeout();
		if (properties.getShutdown() == Shutdown.IMMEDIATE) {
			entry.pointless("the " + entry.section().word() + " stops immediately", "drain-timeout");
			return Duration.ZERO;
		}
		Duration phase = phase();
		if (given == null) {
			return within(phase);
		}
		if (given.compareTo(phase) > 0) {
			logger.warn("Property {} is {}, but {} ends the drain after {}: raise that, or lower this",
					entry.property("drain-timeout"), Written.of(given), PHASE_TIMEOUT, Written.of(phase));
		}
		return given;
	}

	/**
	 * Returns how long a drain may take when the application ends. Spring does not wait
	 * for more than the time of a phase, and sessions that are left then are cut.
	 * @param drainTimeout how long sessions are waited for otherwise
	 * @return the same, or what is below the time of the phase if that is shorter
	 */
	public Duration atTheEnd(Duration drainTimeout) {
		Duration phase = phase();
		return (drainTimeout.compareTo(phase) > 0) ? within(phase) : drainTimeout;
	}

	private Duration phase() {
		return Binder.get(this.environment).bind(PHASE_TIMEOUT, Duration.class).orElse(Duration.ofSeconds(30));
	}

	/**
	 * Warns of a plan that does not fit into the time of a stop, and says what would.
	 * @param entry the entry
	 * @param plan how its sessions are ended
	 * @param drainTimeout how long a stop waits for sessions
	 */
	void check(PropertyEntry entry, DrainPlan plan, Duration drainTimeout) {
		if (drainTimeout.isZero()) {
			entry.pointless("the " + entry.section().word() + " stops immediately", "drain.delay", "drain.over",
					"drain.order");
			return;
		}
		Duration most = atTheEnd(drainTimeout);
		DrainPlan shorter = plan.within(most);
		if (shorter == plan) {
			return;
		}
		Duration needed = Duration.ofSeconds((plan.length().toMillis() + 899) / 900);
		boolean longEnough = drainTimeout.compareTo(needed) >= 0;
		logger.warn("Property {}: a delay of {} and {} for the sessions are {}, and do not fit into {}, "
				+ "of which a tenth is for the last sessions: when the application stops, they are shortened to "
				+ "{} and {}. Raise {}{} to {}, or lower these",
				entry.property(plan.over().isZero() ? "drain.delay" : "drain.over"), Written.of(plan.delay()),
				Written.of(plan.over()), Written.of(plan.length()),
				(most == drainTimeout) ? "the drain-timeout of " + Written.of(most)
						: Written.of(most) + " within a phase of " + Written.of(phase()),
				Written.of(shorter.delay()), Written.of(shorter.over()),
				longEnough ? "" : entry.property("drain-timeout") + " to " + Written.of(needed) + " and ",
				PHASE_TIMEOUT, Written.of((longEnough ? drainTimeout : needed).plusSeconds(3)));
	}

	/**
	 * Returns the default. A drain that outlasts its phase would be reported as a bean
	 * that failed to stop.
	 */
	private static Duration within(Duration phase) {
		if (phase.isNegative()) {
			return Duration.ZERO;
		}
		// Not Duration.dividedBy: that loads BigDecimal, which takes 30 ms.
		Duration half = Duration.ofMillis(phase.toMillis() / 2);
		Duration most = phase.minusSeconds(3);
		return (most.compareTo(half) > 0) ? most : half;
	}

}
