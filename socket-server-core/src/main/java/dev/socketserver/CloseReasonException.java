package dev.socketserver;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by a {@link SessionHandler}, or another handler that is written for the engine,
 * to say that a failure is no mistake of the handler: the session closes with a reason of
 * its own, in place of {@link CloseReason#HANDLER_ERROR}. The log has the one line that
 * there is for such a reason, without a stack.
 */
public final class CloseReasonException extends Exception {

	private static final long serialVersionUID = 1L;

	private final CloseReason reason;

	private final transient @Nullable String method;

	/**
	 * Creates the exception.
	 * @param reason why the session is to close
	 * @param failure what went wrong, which becomes the {@link CloseStatus#cause() cause}
	 * of the end
	 */
	public CloseReasonException(CloseReason reason, Throwable failure) {
		this(reason, failure, null);
	}

	private CloseReasonException(CloseReason reason, Throwable failure, @Nullable String method) {
		super(null, Objects.requireNonNull(failure, "failure"), false, false);
		this.reason = Objects.requireNonNull(reason, "reason");
		this.method = method;
	}

	/**
	 * Creates the exception for a method that was called for a failure, and has failed
	 * itself: the session closes with {@link CloseReason#HANDLER_ERROR}.
	 * @param method the method, as logs are to name it
	 * @param failure what it threw, which is logged
	 * @return the exception
	 */
	public static CloseReasonException failedIn(String method, Throwable failure) {
		return new CloseReasonException(CloseReason.HANDLER_ERROR, failure, Objects.requireNonNull(method, "method"));
	}

	/**
	 * Returns why the session is to close.
	 * @return the reason
	 */
	public CloseReason reason() {
		return this.reason;
	}

	/**
	 * Returns the method that has failed.
	 * @return the method, {@code null} if it is the one that was called for the session
	 */
	public @Nullable String method() {
		return this.method;
	}

}
