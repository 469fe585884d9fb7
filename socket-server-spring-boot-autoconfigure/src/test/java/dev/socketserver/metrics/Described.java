package dev.socketserver.metrics;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/**
 * Meters as text, for comparison: those that are registered, and those that should be.
 */
final class Described {

	private Described() {
	}

	static Set<String> registered(MeterRegistry registry) {
		return registry.getMeters()
			.stream()
			.map(Meter::getId)
			.map((id) -> describe(id.getName(), id.getType(), id.getBaseUnit(), id.getTags().stream().map(Tag::getKey)))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	static Set<String> documented(DescribedMeter[] meters) {
		return Arrays.stream(meters)
			.map((meter) -> describe(meter.getName(), meter.getType(),
					// A registry gives timers its own unit.
					(meter.getType() == Meter.Type.TIMER) ? "seconds" : meter.getBaseUnit(),
					Arrays.stream(meter.getKeyNames()).map(KeyName::asString)))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private static String describe(String name, Meter.Type type, String baseUnit, Stream<String> tags) {
		return name + " " + type + " " + baseUnit + " " + tags.sorted().toList();
	}

	/** The names of all that is exported. */
	static Set<String> exported(PrometheusMeterRegistry prometheus) {
		return prometheus.scrape()
			.lines()
			.filter((line) -> !line.startsWith("#"))
			.map((line) -> line.split("[{ ]")[0])
			.collect(Collectors.toCollection(TreeSet::new));
	}

}
