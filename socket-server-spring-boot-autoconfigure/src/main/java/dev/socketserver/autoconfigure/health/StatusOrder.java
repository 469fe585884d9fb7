package dev.socketserver.autoconfigure.health;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.boot.health.contributor.Status;

/**
 * The worst of several statuses, by a list of their codes. What Boot has for that differs
 * between its versions: {@code StatusAggregator.of} is not in 4.0, and what it replaces
 * is about to go.
 */
final class StatusOrder implements StatusAggregator {

	private final List<String> worstFirst;

	StatusOrder(List<String> worstFirst) {
		this.worstFirst = worstFirst.stream().map(StatusOrder::uniform).toList();
	}

	@Override
	public Status getAggregateStatus(Set<Status> statuses) {
		return statuses.stream()
			.filter((status) -> rank(status) >= 0)
			.min(Comparator.comparingInt(this::rank))
			.orElse(Status.UNKNOWN);
	}

	private int rank(Status status) {
		return this.worstFirst.indexOf(uniform(status.getCode()));
	}

	// "out-of-service" of a property is OUT_OF_SERVICE.
	private static String uniform(String code) {
		return code.toLowerCase(Locale.ROOT).replaceAll("[^\\p{javaLetterOrDigit}]", "");
	}

}
