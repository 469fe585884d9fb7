package dev.socketserver.spec;

import java.util.Objects;
import java.util.function.Consumer;

/**
 * How much received data may wait between the socket and the handler of a session.
 *
 * @param capacity greatest number of frames that wait; default 64
 * @param bytes greatest number of bytes of all these frames; default 256 KiB
 * @param overflow what happens when either limit is reached; default
 * {@link InboundOverflow#BLOCK}
 */
public record Inbound(int capacity, int bytes, InboundOverflow overflow) {

	/** 64 frames and 256 KiB, and then the peer waits. */
	public static final Inbound DEFAULT = new Inbound(64, 256 * 1024, InboundOverflow.BLOCK);

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Inbound {
		InvalidSpecException.checkPositive("inbound.capacity", capacity);
		InvalidSpecException.checkPositive("inbound.bytes", bytes);
		Objects.requireNonNull(overflow, "overflow");
	}

	/**
	 * Returns a copy with other components.
	 * @param change sets them
	 * @return the copy
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Inbound with(Consumer<Builder> change) {
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

		private InboundOverflow overflow;

		private Builder(Inbound from) {
			this.capacity = from.capacity();
			this.bytes = from.bytes();
			this.overflow = from.overflow();
		}

		/**
		 * Sets {@link Inbound#capacity()}.
		 * @param capacity the value
		 * @return this builder
		 */
		public Builder capacity(int capacity) {
			this.capacity = capacity;
			return this;
		}

		/**
		 * Sets {@link Inbound#bytes()}.
		 * @param bytes the value
		 * @return this builder
		 */
		public Builder bytes(int bytes) {
			this.bytes = bytes;
			return this;
		}

		/**
		 * Sets {@link Inbound#overflow()}.
		 * @param overflow the value
		 * @return this builder
		 */
		public Builder overflow(InboundOverflow overflow) {
			this.overflow = overflow;
			return this;
		}

		private Inbound build() {
			return new Inbound(this.capacity, this.bytes, this.overflow);
		}

	}

}
