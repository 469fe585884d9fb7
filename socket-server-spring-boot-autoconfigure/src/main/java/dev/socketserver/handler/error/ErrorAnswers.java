package dev.socketserver.handler.error;

import dev.socketserver.FailureHandler;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketSession;
import dev.socketserver.handler.error.ErrorMethods.Answer;
import dev.socketserver.payload.PayloadException;
import org.jspecify.annotations.Nullable;

/**
 * Answers failures of a handler: by a method of its own or, if none takes the failure, by
 * advice.
 */
public final class ErrorAnswers {

	private final ErrorMethods methods;

	private final @Nullable FailureHandler advice;

	/**
	 * Creates the object.
	 * @param methods the methods of the handler
	 * @param advice answers what they do not take, if there is advice
	 */
	public ErrorAnswers(ErrorMethods methods, @Nullable FailureHandler advice) {
		this.methods = methods;
		this.advice = advice;
	}

	/**
	 * Called for a failure.
	 * @param failure what went wrong
	 * @param message the message whose handling failed; {@code null} if there is none, or
	 * no method takes it
	 * @param session the session
	 * @return as {@link SessionHandler#failed}
	 * @throws Exception as {@link SessionHandler#failed}
	 */
	public @Nullable Object failed(Exception failure, @Nullable Object message, SocketSession session)
			throws Exception {
		Answer answer = this.methods.find(failure, message);
		if (answer == null) {
			if (this.advice == null) {
				throw failure;
			}
			return this.advice.failed(failure, session);
		}
		try {
			return answer.give(session);
		}
		catch (Exception ex) {
			// A method that throws what it was given has not changed the failure.
			if (ex == answer.passed()) {
				throw failure;
			}
			// The peer is to blame for what cannot be read, here too.
			throw (ex instanceof PayloadException) ? ex : answer.failed(ex);
		}
	}

}
