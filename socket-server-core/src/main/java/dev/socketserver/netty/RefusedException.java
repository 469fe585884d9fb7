package dev.socketserver.netty;

/**
 * Says why a connection does not become a session, in words of ours only, with nothing
 * that the peer has sent. It has no stack trace: what peers do may come in floods.
 */
abstract class RefusedException extends Exception {

	private static final long serialVersionUID = 1L;

	RefusedException(String message) {
		super(message, null, false, false);
	}

}
