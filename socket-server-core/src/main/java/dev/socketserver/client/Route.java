package dev.socketserver.client;

import java.time.Duration;

import dev.socketserver.spec.InvalidSpecException;
import org.jspecify.annotations.Nullable;

/**
 * How a client reaches an address.
 *
 * @param attemptDelay how long after an attempt at one of the addresses of a name the
 * next is tried as well (RFC 8305, section 5), a millisecond to a year; {@code null} to
 * try one after the other. Default 250 ms
 */
public record Route(@Nullable Duration attemptDelay) {

	/** The default. */
	public static final Route DEFAULT = new Route(Duration.ofMillis(250));

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Route {
		InvalidSpecException.check(attemptDelay == null || ClientSpec.isTime(attemptDelay), "attemptDelay",
				attemptDelay, "must be between a millisecond and a year");
	}

	/**
	 * Collects components. Those that are not set stay as they are.
	 */
	public static final class Builder {

		private @Nullable Duration attemptDelay;

		Builder(Route from) {
			this.attemptDelay = from.attemptDelay();
		}

		/**
		 * Sets {@link Route#attemptDelay()}.
		 * @param attemptDelay the value
		 * @return this builder
		 */
		public Builder attemptDelay(@Nullable Duration attemptDelay) {
			this.attemptDelay = attemptDelay;
			return this;
		}

		Route build() {
			return new Route(this.attemptDelay);
		}

	}

}
