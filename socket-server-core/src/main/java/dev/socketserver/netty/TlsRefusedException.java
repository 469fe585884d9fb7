package dev.socketserver.netty;

/**
 * A peer's handshake is not continued. The message says why, in words of ours only. It
 * has no stack trace: it is the peer's doing, and may come in floods.
 */
final class TlsRefusedException extends Exception {

	private static final long serialVersionUID = 1L;

	TlsRefusedException(String message) {
		super(message, null, false, false);
	}

}
