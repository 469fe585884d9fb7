package dev.socketserver.handler.error;

import java.util.List;
import java.util.function.Predicate;

import dev.socketserver.CloseReasonException;
import dev.socketserver.SocketSession;
import dev.socketserver.framing.FrameException;
import dev.socketserver.payload.PayloadException;
import org.jspecify.annotations.Nullable;

/**
 * The {@code @OnError} methods of one bean. Immutable.
 */
public final class ErrorMethods {

	private final List<ErrorMethod> methods;

	/**
	 * Creates the methods of a bean.
	 * @param methods the methods, those for the most specific exceptions first
	 */
	public ErrorMethods(List<ErrorMethod> methods) {
		this.methods = List.copyOf(methods);
	}

	/**
	 * Chooses the method for a failure.
	 * @param failure what went wrong
	 * @param message the message whose handling failed; {@code null} if there is none, or
	 * no method takes it
	 * @return the call of the method, or {@code null} if no method takes the failure
	 */
	public @Nullable Answer find(Exception failure, @Nullable Object message) {
		if (failure instanceof FrameException) {
			return find(failure, null, (method) -> answersBadFrames(method.type()));
		}
		if (failure instanceof PayloadException) {
			Answer answer = find(failure, message, (method) -> PayloadException.class.isAssignableFrom(method.type()));
			if (answer == null && failure.getCause() instanceof Exception cause) {
				answer = find(cause, message, (method) -> !method.takesAny());
			}
			if (answer != null) {
				return answer;
			}
		}
		return find(failure, message, (method) -> true);
	}

	/**
	 * Whether a method that takes a type of exceptions is called for what is no frame.
	 * @param type the type
	 * @return {@code true} only if it is such an exception, not one of any kind
	 */
	public static boolean answersBadFrames(Class<?> type) {
		return FrameException.class.isAssignableFrom(type);
	}

	private @Nullable Answer find(Exception passed, @Nullable Object message, Predicate<ErrorMethod> among) {
		for (ErrorMethod method : this.methods) {
			if (method.type().isInstance(passed) && among.test(method) && method.takes(message)) {
				return new Answer(method, passed, message);
			}
		}
		return null;
	}

	/**
	 * A call of a method that answers a failure.
	 *
	 * @param method the method
	 * @param passed the exception that it is given: the failure, or its cause
	 * @param message the message that it is given, if it takes one
	 */
	public record Answer(ErrorMethod method, Exception passed, @Nullable Object message) {

		/**
		 * Calls the method.
		 * @param session the session
		 * @return a reply, or {@code null}
		 * @throws Exception what the method throws
		 */
		public @Nullable Object give(SocketSession session) throws Exception {
			return this.method.call().call(this.passed, this.message, session);
		}

		/**
		 * Returns what the engine is to know of a failure of the method.
		 * @param thrown what the method threw
		 * @return the exception that names the method; what says with which reason the
		 * session is to close remains as it is
		 */
		public Exception failed(Exception thrown) {
			return (thrown instanceof CloseReasonException) ? thrown
					: CloseReasonException.failedIn(this.method.name(), thrown);
		}

	}

}
