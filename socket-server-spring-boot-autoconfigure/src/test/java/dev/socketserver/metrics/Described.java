package dev.socketserver.metrics;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.mockito.Mockito;
import org.springframework.core.ResolvableType;

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

	/** Statistics of which each figure is another number. */
	static <S> S numbered(Class<S> statistics) {
		List<String> figures = figures(statistics);
		return Mockito.mock(statistics, (call) -> {
			Method asked = call.getMethod();
			int number = figures.indexOf(asked.getName()) + 1;
			if (asked.getReturnType() != Map.class) {
				return (asked.getReturnType() == int.class) ? (Object) number : (Object) (long) number;
			}
			Class<?> keys = ResolvableType.forMethodReturnType(asked).getGeneric(0).resolve();
			return Arrays.stream(keys.getEnumConstants())
				.collect(Collectors.toMap((key) -> key, (key) -> (long) number));
		});
	}

	/** Which of those figures each meter tells, but for what is zero. */
	static Set<String> told(MeterRegistry registry, Class<?> statistics) {
		Set<String> told = new TreeSet<>();
		for (Meter meter : registry.getMeters()) {
			for (Measurement measured : meter.measure()) {
				boolean time = measured.getStatistic() == Statistic.TOTAL_TIME;
				int number = (int) Math.round(measured.getValue() * (time ? 1e9 : 1));
				if (number > 0) {
					told.add(meter.getId().getName() + " " + figures(statistics).get(number - 1));
				}
			}
		}
		return told;
	}

	private static List<String> figures(Class<?> statistics) {
		return Arrays.stream(statistics.getMethods()).map(Method::getName).distinct().sorted().toList();
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
