package dev.socketserver;

/** How a TLS handshake ended. */
public enum TlsOutcome {

	/** The session began. */
	SUCCESS,

	/**
	 * The peer, or we, could not agree to the connection, or the peer has gone, or it was
	 * not wanted any more.
	 */
	FAILURE,

	/** It was not complete in time. */
	TIMEOUT

}
