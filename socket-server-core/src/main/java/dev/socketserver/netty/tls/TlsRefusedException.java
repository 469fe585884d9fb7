package dev.socketserver.netty.tls;

/**
 * A peer's handshake is not continued. The message is in words of ours only, with nothing
 * that the peer has sent. There is no stack trace: what peers do may come in floods.
 */
final class TlsRefusedException extends Exception {

	private static final long serialVersionUID = 1L;

	TlsRefusedException(String message) {
		super(message, null, false, false);
	}

}
