package dev.socketserver.metrics;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.InvalidConfigurationException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Registers meters in one registry. A meter that the registry refuses, for instance for a
 * percentile above 1, is missing there, and no other meter is. Each name of which meters
 * are refused is logged once. Safe for use by several threads.
 */
final class MeterRegistration {

	private static final Log logger = LogFactory.getLog(MeterRegistration.class);

	private final MeterRegistry registry;

	/** Names of meters that the registry has refused. */
	private final Set<String> refused = ConcurrentHashMap.newKeySet();

	MeterRegistration(MeterRegistry registry) {
		this.registry = registry;
	}

	/**
	 * Registers a meter.
	 * @param name its name
	 * @param tags its tags
	 * @param meter registers it
	 * @param <M> the type of the meter
	 * @return the meter, or nothing if the registry refuses it
	 */
	<M extends Meter> Optional<M> register(String name, Tags tags, Function<MeterRegistry, M> meter) {
		try {
			return Optional.of(meter.apply(this.registry));
		}
		catch (RuntimeException ex) {
			if (this.refused.add(name)) {
				logger.warn(text(name, tags, ex), (ex instanceof InvalidConfigurationException) ? null : ex);
			}
			return Optional.empty();
		}
	}

	private String text(String name, Tags tags, RuntimeException failure) {
		String text = "Meter '" + name + "' (" + String.join(", ", tags.stream().map(MeterRegistration::text).toList())
				+ ") is missing in " + this.registry.getClass().getSimpleName() + ", which refuses it: "
				+ failure.getMessage();
		return (failure instanceof InvalidConfigurationException)
				? text + ". Correct management.metrics.distribution.* for that name, for its beginning or for 'all'"
				: text;
	}

	private static String text(Tag tag) {
		return tag.getKey() + " '" + tag.getValue() + "'";
	}

}
