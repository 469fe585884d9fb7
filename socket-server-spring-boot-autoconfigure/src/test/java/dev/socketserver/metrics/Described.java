package dev.socketserver.metrics;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketserver.SessionSpec.Side;
import dev.socketserver.SessionStatistics;
import dev.socketserver.operator.AttemptOutcome;
import dev.socketserver.operator.Counter;
import dev.socketserver.operator.CounterSource;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.mockito.Mockito;

/**
 * Meters as text, for comparison: those that are registered, and those that should be.
 */
final class Described {

	private static final Set<String> SIDES = Set.of("server", "client");

	private Described() {
	}

	static Set<String> registered(MeterRegistry registry) {
		return registry.getMeters()
			.stream()
			.map(Meter::getId)
			.map((id) -> describe(id.getName(), id.getType(), id.getBaseUnit(), id.getTags().stream().map(Tag::getKey)))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	static Set<String> documented(Side side, SocketMeters... others) {
		Stream<String> ofSide = SocketMeters.of(side)
			.stream()
			.map((meter) -> describe(meter.getName(side), meter, side.name().toLowerCase(Locale.ROOT)));
		return Stream.concat(ofSide, Arrays.stream(others).map((meter) -> describe(meter.getName(), meter, "")))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	/** The values of a tag that meters have. */
	static Set<String> tags(MeterRegistry registry, String key) {
		return registry.getMeters()
			.stream()
			.map((meter) -> meter.getId().getTag(key))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	static double value(MeterRegistry registry, String name) {
		return registry.get(name).meter().measure().iterator().next().getValue();
	}

	private static String describe(String name, SocketMeters meter, String sideTag) {
		// A registry gives timers its own unit.
		String unit = (meter.getType() == Meter.Type.TIMER) ? "seconds" : meter.getBaseUnit();
		return describe(name, meter.getType(), unit,
				Arrays.stream(meter.getKeyNames())
					.map(KeyName::asString)
					.filter((tag) -> tag.equals(sideTag) || !SIDES.contains(tag)));
	}

	private static String describe(String name, Meter.Type type, String baseUnit, Stream<String> tags) {
		return name + " " + type + " " + baseUnit + " " + tags.sorted().toList();
	}

	/** Statistics of which each figure and each counter is another number. */
	static <S extends SessionStatistics> S numbered(Class<S> statistics) {
		List<String> figures = figures(statistics);
		return Mockito.mock(statistics,
				Mockito.withSettings()
					.extraInterfaces(CounterSource.class, AttemptOutcome.Counts.class)
					.defaultAnswer((call) -> {
						Method asked = call.getMethod();
						String figure = (asked.getDeclaringClass() == CounterSource.class
								&& call.getArguments().length > 0)
										? call.getArgument(0) + (asked.getName().equals("nanos") ? " nanos" : "")
										: asked.getName();
						int number = figures.indexOf(figure) + 1;
						return (asked.getReturnType() == int.class) ? (Object) number : (Object) (long) number;
					}));
	}

	/** Which of those figures each meter reports, but for what is zero. */
	static Set<String> reported(MeterRegistry registry, Class<?> statistics) {
		Set<String> reported = new TreeSet<>();
		for (Meter meter : registry.getMeters()) {
			for (Measurement measured : meter.measure()) {
				boolean time = measured.getStatistic() == Statistic.TOTAL_TIME;
				int number = (int) Math.round(measured.getValue() * (time ? 1e9 : 1));
				if (number > 0) {
					reported.add(meter.getId().getName() + " " + figures(statistics).get(number - 1));
				}
			}
		}
		return reported;
	}

	private static List<String> figures(Class<?> statistics) {
		return Stream
			.concat(Arrays.stream(statistics.getMethods()).map(Method::getName).distinct().sorted(),
					Arrays.stream(Counter.values()).flatMap((counter) -> Stream.of(counter.name(), counter + " nanos")))
			.toList();
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
