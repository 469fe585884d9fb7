package dev.socketserver.netty.tls;

/**
 * How far a {@link TlsHandshake} has come.
 *
 * <pre>
 *   SILENT ──bytes of the peer──▶ HEARD ──outcome──▶ COUNTED
 *      └───────────────────outcome──────────────────▲
 * </pre>
 */
enum HandshakeState {

	/**
	 * The peer has sent nothing, so that there is nothing to count, unless it is late.
	 */
	SILENT,

	/** The peer has begun. */
	HEARD,

	/** The outcome was counted. */
	COUNTED;

	/** Bytes of the peer have come. */
	HandshakeState heard() {
		return (this == SILENT) ? HEARD : this;
	}

	/** The outcome is counted. */
	HandshakeState counted() {
		return COUNTED;
	}

}
