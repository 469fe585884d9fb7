package dev.socketserver.netty;

/**
 * A connection is not let go on. The message says why, in words of ours only. It has no
 * stack trace: it is the peer's doing, and may come in floods.
 */
abstract class RefusedException extends Exception {

	private static final long serialVersionUID = 1L;

	RefusedException(String message) {
		super(message, null, false, false);
	}

}
