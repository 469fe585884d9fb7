package dev.socketserver;

import java.io.IOException;

import dev.socketserver.spec.OutboundOverflow;

/**
 * A {@code send} was refused, or dropped before it began to leave, because the session
 * has as much unsent output as it may have. Nothing of the payload is sent. The session
 * stays open, unless its server closes the sessions of slow peers
 * ({@link OutboundOverflow#CLOSE}).
 */
public class OutboundFullException extends IOException {

	private static final long serialVersionUID = 1L;

	private final String limit;

	/**
	 * Creates the exception.
	 * @param session the session's id
	 * @param limit the name of the limit: {@code outbound.capacity} or
	 * {@code outbound.bytes}
	 * @param value the limit's value
	 */
	public OutboundFullException(String session, String limit, long value) {
		this("Session " + session + " has reached " + limit + " = " + value
				+ ": its peer reads more slowly than it is written to", limit);
	}

	/**
	 * Creates the exception for what is not a session, such as a client.
	 * @param message what has reached which limit
	 * @param limit the name of the limit
	 */
	public OutboundFullException(String message, String limit) {
		super(message);
		this.limit = limit;
	}

	/**
	 * Returns which limit was reached.
	 * @return {@code outbound.capacity} or {@code outbound.bytes}; for clients also
	 * {@code limits.memory}, of which at most half may be in use when they add to what
	 * waits
	 */
	public String limit() {
		return this.limit;
	}

}
