package dev.socketserver.spec;

import java.util.Objects;

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
	 * Returns a copy with another {@link #capacity()}.
	 * @param capacity the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Inbound capacity(int capacity) {
		return new Inbound(capacity, this.bytes, this.overflow);
	}

	/**
	 * Returns a copy with another {@link #bytes()}.
	 * @param bytes the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Inbound bytes(int bytes) {
		return new Inbound(this.capacity, bytes, this.overflow);
	}

	/**
	 * Returns a copy with another {@link #overflow()}.
	 * @param overflow the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Inbound overflow(InboundOverflow overflow) {
		return new Inbound(this.capacity, this.bytes, overflow);
	}

}
