package dev.socketserver.spec;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

import dev.socketserver.address.Cidr;

/**
 * Whether a load balancer announces, at the beginning of a connection, the address of the
 * peer that it forwards (the PROXY protocol of HAProxy, versions 1 and 2). Sessions,
 * limits and logs then use that address.
 *
 * @param mode whether connections begin with such a header; default {@link ProxyMode#OFF}
 * @param trusted the addresses of the load balancers; a header from any other address is
 * never believed. Required unless the mode is off, and not needed on a Unix socket
 */
public record ProxyProtocol(ProxyMode mode, List<Cidr> trusted) {

	/** How long the server waits for a complete header: 5 s. */
	public static final Duration HEADER_TIMEOUT = Duration.ofSeconds(5);

	/** No headers. */
	public static final ProxyProtocol DEFAULT = new ProxyProtocol(ProxyMode.OFF, List.of());

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public ProxyProtocol {
		Objects.requireNonNull(mode, "mode");
		trusted = List.copyOf(trusted);
	}

	/**
	 * Returns a copy with other components.
	 * @param change sets them
	 * @return the copy
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public ProxyProtocol with(Consumer<Builder> change) {
		Builder builder = new Builder(this);
		change.accept(builder);
		return builder.build();
	}

	/**
	 * Collects components. Those that are not set stay as they are.
	 */
	public static final class Builder {

		private ProxyMode mode;

		private List<Cidr> trusted;

		private Builder(ProxyProtocol from) {
			this.mode = from.mode();
			this.trusted = from.trusted();
		}

		/**
		 * Sets {@link ProxyProtocol#mode()}.
		 * @param mode the value
		 * @return this builder
		 */
		public Builder mode(ProxyMode mode) {
			this.mode = mode;
			return this;
		}

		/**
		 * Sets {@link ProxyProtocol#trusted()}.
		 * @param trusted the value
		 * @return this builder
		 */
		public Builder trusted(List<Cidr> trusted) {
			this.trusted = trusted;
			return this;
		}

		private ProxyProtocol build() {
			return new ProxyProtocol(this.mode, this.trusted);
		}

	}

}
