package dev.socketserver.client;

/**
 * Why an attempt to connect failed.
 */
public enum ConnectFailure {

	/** Nobody knows the host's name, or who should know did not answer. */
	UNKNOWN_HOST,

	/** Nobody listens there, or the connection was refused. */
	REFUSED,

	/** It was not complete within {@link ClientSpec#connectTimeout()}. */
	TIMEOUT,

	/** The TLS handshake failed: the server is not who it should be, or is no TLS. */
	TLS,

	/**
	 * The client had connected to itself: a local port that the system chose can be the
	 * one that nobody listens on (RFC 793, section 3.4, simultaneous open).
	 */
	SELF,

	/** Anything else, such as a network that cannot be reached. */
	OTHER

}
