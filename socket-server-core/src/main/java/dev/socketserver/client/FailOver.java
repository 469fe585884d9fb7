package dev.socketserver.client;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.IntSupplier;
import java.util.stream.Stream;

import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.connect.ClientTls;
import dev.socketserver.spec.connect.Reconnect;
import dev.socketserver.tls.TlsMaterial;
import org.jspecify.annotations.Nullable;

/**
 * To which of several addresses a client connects, and when an address is tried again
 * that has failed.
 *
 * @param addresses where the servers are, at most 64; empty, the default, for
 * {@link ClientSpec#host()} alone
 * @param select which of them is chosen; default {@link Select#ORDERED}
 * @param failures how many failures in a row make an address unavailable; default 1
 * @param retryPeriod how long an address is unavailable, which doubles with each further
 * failure; {@code null}, the default, for {@link Reconnect#period()}
 * @param retryMaxPeriod the longest time; {@code null}, the default, for
 * {@link Reconnect#maxPeriod()}
 * @param failBack how long an address that is before the one in use must keep a
 * connection until it takes over; {@code null}, the default, if it does not; at least a
 * millisecond and at most a year; only with {@link Select#ORDERED}
 */
public record FailOver(List<ServerAddress> addresses, Select select, int failures, @Nullable Duration retryPeriod,
		@Nullable Duration retryMaxPeriod, @Nullable Duration failBack) {

	/** One address. */
	public static final FailOver DEFAULT = new FailOver(List.of(), Select.ORDERED, 1, null, null, null);

	private static final String LOOPBACK = "127.0.0.1";

	private static final String TOGETHER = "cannot be set together with a host or a port";

	private static final String OF_UNIX = "means nothing for a Unix socket, which domainSocket.path names";

	/** The most addresses of a client. */
	public static final int MOST = 64;

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public FailOver {
		addresses = List.copyOf(addresses);
		Objects.requireNonNull(select, "select");
		InvalidSpecException.check(addresses.size() <= MOST, "addresses", addresses.size() + " addresses",
				"must be at most " + MOST + " addresses");
		InvalidSpecException.check(addresses.stream().allMatch((each) -> each.path() == null), "addresses", addresses,
				ServerAddress.RULE);
		InvalidSpecException.checkPositive("failures", failures);
		if (failBack != null) {
			InvalidSpecException.checkTime("failBack", failBack);
		}
	}

	/** Checks the addresses with what else a client has. */
	void check(ServerAddress first, boolean datagrams, @Nullable ClientTls tls) {
		boolean several = !this.addresses.isEmpty();
		InvalidSpecException.check(this.failBack == null || this.select == Select.ORDERED, "failBack", this.failBack,
				"works with select = ordered only");
		InvalidSpecException.check(this.failBack == null || first.path() == null, "failBack", this.failBack, OF_UNIX);
		InvalidSpecException.check(this.failBack == null || !datagrams, "failBack", this.failBack,
				"means nothing for UDP, where nobody answers an attempt to connect");
		InvalidSpecException.check(tls == null || !datagrams, "ssl.bundle", (tls != null) ? tls.bundle().name() : null,
				"needs a stream, and UDP has none");
		InvalidSpecException.check(!several || this.addresses.get(0).equals(first), "addresses", this.addresses,
				TOGETHER);
		if (tls != null && tls.serverName() == null) {
			for (ServerAddress each : several ? this.addresses : List.of(first)) {
				InvalidSpecException.check(each.path() == null && TlsMaterial.isServerName(each.host()),
						several ? "addresses" : "host", each.host(),
						"is no name that TLS can ask for: ssl.server-name must be that of the server's certificate");
			}
		}
	}

	/**
	 * Returns the first address: that of the path, or of the host and port, where there
	 * are no others.
	 */
	ServerAddress first(@Nullable String path, @Nullable String host, @Nullable IntSupplier port) {
		if (path != null) {
			InvalidSpecException.check(host == null, "host", host, OF_UNIX);
			InvalidSpecException.check(port == null, "port", null, OF_UNIX);
			InvalidSpecException.check(this.addresses.isEmpty(), "addresses", this.addresses, OF_UNIX);
			return ServerAddress.unix(path);
		}
		if (this.addresses.isEmpty()) {
			return new ServerAddress(Objects.requireNonNullElse(host, LOOPBACK),
					(port != null) ? port : ServerAddress.fixed(0));
		}
		InvalidSpecException.check(host == null && port == null, "addresses", this.addresses, TOGETHER);
		return this.addresses.get(0);
	}

	/**
	 * Returns when an address that has failed is tried again.
	 * @param reconnect when the client connects again, which is the default
	 * @return the times, with the jitter of {@code reconnect}
	 * @throws InvalidSpecException if a time is invalid
	 */
	public Reconnect retry(Reconnect reconnect) {
		if (this.retryPeriod == null && this.retryMaxPeriod == null) {
			return reconnect;
		}
		Duration period = Objects.requireNonNullElse(this.retryPeriod, reconnect.period());
		Duration longest = (period.compareTo(reconnect.maxPeriod()) > 0) ? period : reconnect.maxPeriod();
		Duration maxPeriod = Objects.requireNonNullElse(this.retryMaxPeriod, longest);
		Reconnect.checkTimes("retry", period, maxPeriod);
		return new Reconnect(period, maxPeriod, reconnect.jitter());
	}

	/**
	 * Returns a copy with another {@link #addresses()}.
	 * @param addresses the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public FailOver addresses(List<ServerAddress> addresses) {
		return new FailOver(addresses, this.select, this.failures, this.retryPeriod, this.retryMaxPeriod,
				this.failBack);
	}

	/**
	 * Returns a copy with other {@link #addresses()}.
	 * @param addresses the addresses as properties have them, such as
	 * {@code collector.example.org:5000}
	 * @return the copy
	 * @throws InvalidSpecException if one of them is invalid
	 */
	public FailOver addresses(String... addresses) {
		return addresses(Stream.of(addresses).map(ServerAddress::parse).toList());
	}

	/**
	 * Returns a copy with another {@link #select()}.
	 * @param select the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public FailOver select(Select select) {
		return new FailOver(this.addresses, select, this.failures, this.retryPeriod, this.retryMaxPeriod,
				this.failBack);
	}

	/**
	 * Returns a copy with another {@link #failures()}.
	 * @param failures the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public FailOver failures(int failures) {
		return new FailOver(this.addresses, this.select, failures, this.retryPeriod, this.retryMaxPeriod,
				this.failBack);
	}

	/**
	 * Returns a copy with another {@link #retryPeriod()}.
	 * @param retryPeriod the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public FailOver retryPeriod(@Nullable Duration retryPeriod) {
		return new FailOver(this.addresses, this.select, this.failures, retryPeriod, this.retryMaxPeriod,
				this.failBack);
	}

	/**
	 * Returns a copy with another {@link #retryMaxPeriod()}.
	 * @param retryMaxPeriod the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public FailOver retryMaxPeriod(@Nullable Duration retryMaxPeriod) {
		return new FailOver(this.addresses, this.select, this.failures, this.retryPeriod, retryMaxPeriod,
				this.failBack);
	}

	/**
	 * Returns a copy with another {@link #failBack()}.
	 * @param failBack the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public FailOver failBack(@Nullable Duration failBack) {
		return new FailOver(this.addresses, this.select, this.failures, this.retryPeriod, this.retryMaxPeriod,
				failBack);
	}

}
