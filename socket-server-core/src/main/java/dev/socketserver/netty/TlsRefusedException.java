package dev.socketserver.netty;

/** A peer's handshake is not continued. */
final class TlsRefusedException extends RefusedException {

	private static final long serialVersionUID = 1L;

	TlsRefusedException(String message) {
		super(message);
	}

}
