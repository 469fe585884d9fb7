package dev.socketserver.client;

/**
 * Why an attempt to connect failed.
 */
public enum ConnectFailure {

	/**
	 * The host name could not be resolved: it does not exist, or the name service did not
	 * answer.
	 */
	UNKNOWN_HOST,

	/**
	 * The connection was refused: most often, nothing listens on that port. The system
	 * may have refused it itself, for want of a local port for example.
	 */
	REFUSED,

	/** The attempt was not complete within {@link ClientSpec#connectTimeout()}. */
	TIMEOUT,

	/**
	 * The TLS handshake failed: the server's certificate is not accepted, or the server
	 * does not speak TLS, for example.
	 */
	TLS,

	/** The proxy could not be reached, or has not connected the client. */
	PROXY,

	/**
	 * The client had connected to itself. That happens when nothing listens on a port of
	 * this machine, and the system chooses this very port as the client's local one (RFC
	 * 793, section 3.4, simultaneous open).
	 */
	SELF,

	/** Anything else, such as a network that cannot be reached. */
	OTHER

}
