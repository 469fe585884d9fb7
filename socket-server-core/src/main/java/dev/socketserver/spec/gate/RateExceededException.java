package dev.socketserver.spec.gate;

/**
 * A peer has sent a message faster than it may, with {@link OnExceeded#ERROR}. The
 * message is not handled.
 */
public final class RateExceededException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/** Creates the exception, without a stack: a peer can cause many. */
	public RateExceededException() {
		super("The peer sends faster than rate.messages or rate.bytes allows", null, false, false);
	}

}
