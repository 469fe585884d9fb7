package dev.socketserver.tls;

/** Whether peers must show a certificate in the TLS handshake. */
public enum ClientAuth {

	/** Peers are not asked for a certificate. */
	NONE,

	/**
	 * Peers are asked, and may have none. A certificate that is not trusted fails the
	 * handshake.
	 */
	WANT,

	/** A peer without a trusted certificate fails the handshake. */
	NEED

}
