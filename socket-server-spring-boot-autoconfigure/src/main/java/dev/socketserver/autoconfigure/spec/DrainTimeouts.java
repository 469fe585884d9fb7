package dev.socketserver.autoconfigure.spec;

import java.time.Duration;

import dev.socketserver.autoconfigure.properties.SessionProperties.Shutdown;
import dev.socketserver.autoconfigure.properties.SessionProperties;
import dev.socketserver.autoconfigure.properties.Written;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Decides how long a stop waits for sessions. Spring ends the phase of a stop after a
 * time of its own, which the default stays below.
 */
final class DrainTimeouts {

	private static final String PHASE_TIMEOUT = "spring.lifecycle.timeout-per-shutdown-phase";

	private static final Logger logger = LoggerFactory.getLogger(DrainTimeouts.class);

	private final Environment environment;

	DrainTimeouts(Environment environment) {
		this.environment = environment;
	}

	Duration of(PropertyEntry entry, SessionProperties properties) {
		Duration given = properties.getDrainTimeout();
		if (properties.getShutdown() == Shutdown.IMMEDIATE) {
			if (given != null && entry.isOwn("drain-timeout")) {
				entry.pointless("drain-timeout", "the " + entry.section().word() + " stops immediately");
			}
			return Duration.ZERO;
		}
		Duration phase = Binder.get(this.environment)
			.bind(PHASE_TIMEOUT, Duration.class)
			.orElse(Duration.ofSeconds(30));
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
