package dev.socketserver.actuate.tap;

import java.time.Duration;
import java.util.function.Function;

import dev.socketserver.address.Cidr;
import dev.socketserver.operation.BadParameterException;
import dev.socketserver.operation.search.SessionFilter;
import dev.socketserver.operator.TapRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.unit.DataSize;

/**
 * What an operator says about a tap, as text. An empty value counts as absent.
 *
 * @param session the id of an open session, or {@code null}
 * @param server the name of a server, or {@code null}
 * @param client the name of a client, or {@code null}
 * @param bound an identity, {@code type:id}, or {@code null}
 * @param remote an address or range, or {@code null}
 * @param next {@code true} or {@code false}, or {@code null} for the latter
 * @param duration how long, such as {@code 30s}, which is the default; milliseconds
 * without a unit
 * @param bytes how much of it, such as {@code 1MB}, which is the default
 */
record TapParameters(@Nullable String session, @Nullable String server, @Nullable String client, @Nullable String bound,
		@Nullable String remote, @Nullable String next, @Nullable String duration, @Nullable String bytes) {

	private static final Duration DEFAULT_TIME = Duration.ofSeconds(30);

	private static final DataSize DEFAULT_BYTES = DataSize.ofMegabytes(1);

	TapParameters {
		session = text(session);
		server = text(server);
		client = text(client);
		bound = text(bound);
		remote = text(remote);
		next = text(next);
		duration = text(duration);
		bytes = text(bytes);
	}

	/** Reads the parameters by their names in a request. */
	static TapParameters of(Function<String, @Nullable String> parameters) {
		return new TapParameters(parameters.apply("session"), parameters.apply("server"), parameters.apply("client"),
				parameters.apply("bound"), parameters.apply("remote"), parameters.apply("next"),
				parameters.apply("for"), parameters.apply("bytes"));
	}

	private static @Nullable String text(@Nullable String value) {
		return (value == null || value.isBlank()) ? null : value.trim();
	}

	/**
	 * Makes the request that they describe.
	 * @param requestedBy who asks
	 * @return the request
	 * @throws BadParameterException if they make no sense
	 */
	TapRequest request(String requestedBy) {
		Duration time = time();
		long size = size();
		Cidr range = (this.remote != null) ? SessionFilter.addresses(this.remote) : null;
		SessionFilter.Identity identity = (this.bound != null) ? SessionFilter.identity(this.bound) : null;
		try {
			return new TapRequest(this.session, this.server, this.client,
					(identity != null) ? new TapRequest.Identity(identity.type(), identity.id()) : null, range,
					isNext(), time, size, requestedBy);
		}
		catch (IllegalArgumentException ex) {
			throw new BadParameterException(
					ex.getMessage() + ": use session, server, client, bound, remote, and next with one of these",
					"Bad selectors", ex);
		}
	}

	private boolean isNext() {
		if (this.next != null && !this.next.equals("true") && !this.next.equals("false")) {
			throw BadParameterException.value("next", this.next, "true or false", "Not a truth value");
		}
		return "true".equals(this.next);
	}

	private Duration time() {
		if (this.duration == null) {
			return DEFAULT_TIME;
		}
		try {
			Duration time = DurationStyle.detectAndParse(this.duration);
			if (time.compareTo(Duration.ZERO) > 0 && time.compareTo(TapRequest.MOST_TIME) <= 0) {
				return time;
			}
		}
		catch (IllegalArgumentException ex) {
			// Below.
		}
		throw BadParameterException.value("for", this.duration, "a duration up to a day, such as 30s", "Bad duration");
	}

	private long size() {
		try {
			DataSize size = (this.bytes != null) ? DataSize.parse(this.bytes) : DEFAULT_BYTES;
			if (size.toBytes() > 0) {
				return size.toBytes();
			}
		}
		catch (IllegalArgumentException ex) {
			// Below.
		}
		throw BadParameterException.value("bytes", String.valueOf(this.bytes), "a positive size such as 1MB",
				"Bad size");
	}

}
