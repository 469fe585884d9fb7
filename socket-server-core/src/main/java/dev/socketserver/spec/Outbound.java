package dev.socketserver.spec;

import java.util.Objects;

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
	 * Returns a copy with another {@link #capacity()}.
	 * @param capacity the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Outbound capacity(int capacity) {
		return new Outbound(capacity, this.bytes, this.overflow);
	}

	/**
	 * Returns a copy with another {@link #bytes()}.
	 * @param bytes the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Outbound bytes(int bytes) {
		return new Outbound(this.capacity, bytes, this.overflow);
	}

	/**
	 * Returns a copy with another {@link #overflow()}.
	 * @param overflow the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Outbound overflow(OutboundOverflow overflow) {
		return new Outbound(this.capacity, this.bytes, overflow);
	}

}
