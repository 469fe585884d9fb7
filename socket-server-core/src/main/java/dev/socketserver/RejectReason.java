package dev.socketserver;

/**
 * Why an accepted connection was refused before it became a session. Such a connection
 * has no id and never reaches a handler.
 */
public enum RejectReason {

	/** The TLS handshake failed, or was not done in time. */
	TLS_FAILED,

	/**
	 * A header of the PROXY protocol was wrong, missing or late, or came from an address
	 * that is not trusted.
	 */
	PROXY_REJECTED,

	/** The server already had as many sessions as it may have. */
	LIMIT_SESSIONS,

	/** The address already had as many sessions as one may have. */
	LIMIT_ADDRESS,

	/**
	 * There were already as many connections waiting to become sessions as there may be.
	 */
	LIMIT_PENDING,

	/** The address is one that may not connect. */
	DENIED

}
