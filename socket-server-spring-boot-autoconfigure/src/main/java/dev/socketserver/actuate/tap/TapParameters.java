package dev.socketserver.actuate.tap;

import java.time.Duration;
import java.util.List;
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
 * @param given returns what is given for a name
 */
record TapParameters(Function<String, @Nullable String> given) {

	/** The names of the parameters, beside that of the session. */
	static final List<String> OTHERS = List.of("server", "client", "bound", "remote", "next", "for", "bytes");

	private static final Duration DEFAULT_TIME = Duration.ofSeconds(30);

	private static final DataSize DEFAULT_BYTES = DataSize.ofMegabytes(1);

	/** Returns a parameter, {@code null} if it is absent. */
	@Nullable String text(String name) {
		String value = this.given.apply(name);
		return (value == null || value.isBlank()) ? null : value.trim();
	}

	/**
	 * Makes the request that they describe.
	 * @param requestedBy who asks
	 * @param mostBytes how many bytes a tap keeps at most
	 * @return the request
	 * @throws BadParameterException if they make no sense
	 */
	TapRequest request(String requestedBy, long mostBytes) {
		Duration time = time();
		long size = size(mostBytes);
		String remote = text("remote");
		Cidr range = (remote != null) ? SessionFilter.addresses(remote) : null;
		String bound = text("bound");
		TapRequest.Identity identity = (bound != null) ? identity(SessionFilter.identity(bound)) : null;
		try {
			return new TapRequest(text("session"), text("server"), text("client"), identity, range,
					SessionFilter.truth("next", text("next")), time, size, requestedBy);
		}
		catch (IllegalArgumentException ex) {
			throw new BadParameterException(
					ex.getMessage() + ": use session, server, client, bound, remote, and next with one of these",
					"Bad selectors", ex);
		}
	}

	private static TapRequest.Identity identity(String listed) {
		int colon = listed.indexOf(':');
		return new TapRequest.Identity(listed.substring(0, colon), listed.substring(colon + 1));
	}

	private Duration time() {
		String written = text("for");
		if (written == null) {
			return DEFAULT_TIME;
		}
		try {
			Duration time = DurationStyle.detectAndParse(written);
			if (time.compareTo(Duration.ZERO) > 0 && time.compareTo(TapRequest.MOST_TIME) <= 0) {
				return time;
			}
		}
		catch (IllegalArgumentException ex) {
			// Below.
		}
		throw BadParameterException.value("for", written, "a duration up to a day, such as 30s", "Bad duration");
	}

	private long size(long most) {
		String written = text("bytes");
		if (written == null) {
			return Math.min(DEFAULT_BYTES.toBytes(), most);
		}
		try {
			DataSize size = DataSize.parse(written);
			if (size.toBytes() > 0) {
				return size.toBytes();
			}
		}
		catch (IllegalArgumentException ex) {
			// Below.
		}
		throw BadParameterException.value("bytes", written, "a positive size such as 1MB", "Bad size");
	}

}
