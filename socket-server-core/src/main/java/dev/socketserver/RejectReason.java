package dev.socketserver;

/**
 * Why an accepted connection was refused before it became a session. Such a connection
 * has no id and never reaches a handler.
 */
public enum RejectReason {

	/** The TLS handshake failed, or was not done in time. */
	TLS_FAILED,

	/**
	 * The PROXY header was wrong, missing or late, or was sent from an address that is
	 * not trusted.
	 */
	PROXY_REJECTED,

	/** The server already had the greatest number of sessions that it may have. */
	LIMIT_SESSIONS,

	/**
	 * The address already had the greatest number of sessions that one address may have.
	 */
	LIMIT_ADDRESS,

	/**
	 * As many connections as allowed were already waiting to become sessions.
	 */
	LIMIT_PENDING,

	/**
	 * The address may not connect: it is not in the list of allowed ones, or is in that
	 * of denied ones.
	 */
	DENIED,

	/** The address is banned, for its offences or by an operator. */
	BANNED

}
