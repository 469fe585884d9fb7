package dev.socketserver.spec;

import java.util.Objects;
import java.util.function.Consumer;

/**
 * How much output may wait between a session and its socket.
 *
 * @param capacity greatest number of unsent writes; default 1,024
 * @param bytes greatest number of unsent bytes; a single longer write is admitted when
 * nothing else waits; default 256 KiB
 * @param overflow what {@link dev.socketserver.SocketSession#send} does when either limit
 * is reached; default {@link OutboundOverflow#FAIL}; of a client
 * {@link OutboundOverflow#BLOCK}, and of one of UDP {@link OutboundOverflow#DROP_OLDEST}
 */
public record Outbound(int capacity, int bytes, OutboundOverflow overflow) {

	/** 1,024 writes and 256 KiB, and then a send fails. */
	public static final Outbound DEFAULT = new Outbound(1024, 256 * 1024, OutboundOverflow.FAIL);

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Outbound {
		InvalidSpecException.checkPositive("outbound.capacity", capacity);
		InvalidSpecException.checkPositive("outbound.bytes", bytes);
		Objects.requireNonNull(overflow, "overflow");
	}

	/**
	 * Returns a copy with other components.
	 * @param change sets them
	 * @return the copy
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Outbound with(Consumer<Builder> change) {
		Builder builder = new Builder(this);
		change.accept(builder);
		return builder.build();
	}

	/**
	 * Collects components. Those that are not set stay as they are.
	 */
	public static final class Builder {

		private int capacity;

		private int bytes;

		private OutboundOverflow overflow;

		private Builder(Outbound from) {
			this.capacity = from.capacity();
			this.bytes = from.bytes();
			this.overflow = from.overflow();
		}

		/**
		 * Sets {@link Outbound#capacity()}.
		 * @param capacity the value
		 * @return this builder
		 */
		public Builder capacity(int capacity) {
			this.capacity = capacity;
			return this;
		}

		/**
		 * Sets {@link Outbound#bytes()}.
		 * @param bytes the value
		 * @return this builder
		 */
		public Builder bytes(int bytes) {
			this.bytes = bytes;
			return this;
		}

		/**
		 * Sets {@link Outbound#overflow()}.
		 * @param overflow the value
		 * @return this builder
		 */
		public Builder overflow(OutboundOverflow overflow) {
			this.overflow = overflow;
			return this;
		}

		private Outbound build() {
			return new Outbound(this.capacity, this.bytes, this.overflow);
		}

	}

}
