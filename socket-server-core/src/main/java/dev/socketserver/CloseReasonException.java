package dev.socketserver;

import java.util.Objects;

/**
 * Thrown by a {@link SessionHandler}, or another handler that is written for the engine,
 * to say that a failure is no mistake of the handler: the session closes with a reason of
 * its own, in place of {@link CloseReason#HANDLER_ERROR}. The log has the one line that
 * there is for such a reason, without a stack.
 */
public final class CloseReasonException extends Exception {

	private static final long serialVersionUID = 1L;

	private final CloseReason reason;

	/**
	 * Creates the exception.
	 * @param reason why the session is to close
	 * @param failure what went wrong, which becomes the {@link CloseStatus#cause() cause}
	 * of the end
	 */
	public CloseReasonException(CloseReason reason, Throwable failure) {
		super(null, Objects.requireNonNull(failure, "failure"), false, false);
		this.reason = Objects.requireNonNull(reason, "reason");
	}

	/**
	 * Returns why the session is to close.
	 * @return the reason
	 */
	public CloseReason reason() {
		return this.reason;
	}

}
