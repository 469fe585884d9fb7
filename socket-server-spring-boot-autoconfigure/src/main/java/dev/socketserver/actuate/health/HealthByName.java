package dev.socketserver.actuate.health;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Health of named things, with a component for each that exists at the moment of the
 * request. Components of the configuration can also be asked for by name before they
 * exist, since health groups are checked before anything starts.
 *
 * @param <T> the type of the things
 */
public abstract class HealthByName<T> implements CompositeHealthContributor {

	private final Iterable<T> all;

	private final Function<String, Optional<T>> lookup;

	private final Function<T, String> name;

	private final Predicate<String> configured;

	HealthByName(Iterable<T> all, Function<String, Optional<T>> lookup, Function<T, String> name,
			Predicate<String> configured) {
		this.all = all;
		this.lookup = lookup;
		this.name = name;
		this.configured = configured;
	}

	@Override
	public @Nullable HealthContributor getContributor(String name) {
		Optional<T> target = this.lookup.apply(name);
		if (target.isPresent()) {
			return indicator(target.get());
		}
		HealthIndicator absent = () -> Health.unknown().build();
		return this.configured.test(name) ? absent : null;
	}

	@Override
	public Stream<HealthContributors.Entry> stream() {
		return StreamSupport.stream(this.all.spliterator(), false)
			.map((target) -> new HealthContributors.Entry(this.name.apply(target), indicator(target)));
	}

	private HealthIndicator indicator(T target) {
		return () -> health(target);
	}

	abstract Health health(T target);

}
