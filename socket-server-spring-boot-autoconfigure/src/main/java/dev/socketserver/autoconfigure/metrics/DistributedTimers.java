package dev.socketserver.autoconfigure.metrics;

import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsProperties;

/**
 * The timers that {@code management.metrics.distribution.*} gives a distribution. Boot
 * looks for the name of a meter, then for what it begins with, then for {@code all}, and
 * so does this.
 *
 * @param distribution the properties
 */
record DistributedTimers(MetricsProperties.Distribution distribution) implements Predicate<String> {

	@Override
	public boolean test(String name) {
		return Boolean.TRUE.equals(find(this.distribution.getPercentilesHistogram(), name))
				|| Stream.<Function<MetricsProperties.Distribution, Map<String, ?>>>of(
						MetricsProperties.Distribution::getPercentiles, MetricsProperties.Distribution::getSlo,
						MetricsProperties.Distribution::getMinimumExpectedValue,
						MetricsProperties.Distribution::getMaximumExpectedValue,
						MetricsProperties.Distribution::getExpiry, MetricsProperties.Distribution::getBufferLength)
					.map((values) -> find(values.apply(this.distribution), name))
					.anyMatch(Objects::nonNull);
	}

	private static @Nullable Object find(Map<String, ?> values, String name) {
		for (String prefix = name; !prefix.isEmpty(); prefix = parent(prefix)) {
			Object value = values.get(prefix);
			if (value != null) {
				return value;
			}
		}
		return values.get("all");
	}

	private static String parent(String name) {
		return name.substring(0, Math.max(0, name.lastIndexOf('.')));
	}

}
