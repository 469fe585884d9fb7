package dev.socketserver.tls;

/** When a connection begins to be encrypted. */
public enum TlsMode {

	/** With its first byte. */
	IMMEDIATE,

	/**
	 * When the handler asks for it ({@link dev.socketserver.SocketSession#startTls}), as
	 * protocols with STARTTLS do. Until then, frames are decoded one at a time.
	 */
	ON_REQUEST

}
