package dev.socketserver.handler.argument;

import dev.socketserver.SocketSession;
import dev.socketserver.handler.SocketMessage;
import org.jspecify.annotations.Nullable;

/**
 * What one parameter of an annotated method is given. Decided when the handler is made;
 * safe for use by several threads.
 */
public interface Argument {

	/**
	 * Returns the argument for a call. On the thread of the call.
	 * @param subject what the call is about: a payload, or the {@link SocketMessage} that
	 * has it; the exception, the status, or {@code null}
	 * @param failed the message that failed, like a payload, for a method that takes it
	 * beside the exception
	 * @param session the session
	 * @return the argument
	 * @throws Exception what resolving it throws; the method is not called then
	 */
	@Nullable Object value(@Nullable Object subject, @Nullable Object failed, SocketSession session) throws Exception;

	/**
	 * Returns which place the argument has among those of its method.
	 * @return the role
	 */
	default Role role() {
		return Role.OTHER;
	}

	/**
	 * Returns the argument that is given what is made of this one.
	 * @param step makes it
	 * @return the argument, in the place of this one
	 */
	default Argument then(Step step) {
		return new DerivedArgument(this, step);
	}

	/**
	 * Returns the payload of a message.
	 * @param message the payload, or the {@link SocketMessage} that has it
	 * @return the payload
	 */
	static @Nullable Object payload(@Nullable Object message) {
		return (message instanceof SocketMessage known) ? known.payload() : message;
	}

	/** Makes an argument of another one. */
	@FunctionalInterface
	interface Step {

		/**
		 * Makes the argument, on the thread of the call.
		 * @param given the other one
		 * @return the argument
		 * @throws Exception as {@link Argument#value}
		 */
		@Nullable Object of(@Nullable Object given) throws Exception;

	}

	/** Which place an argument has among those of its method. */
	enum Role {

		/**
		 * What the call is about: the payload, the exception, the status. At most one.
		 */
		SUBJECT,

		/** The message that failed, beside the exception. At most one. */
		FAILED,

		/** Needs more of a message than its payload: a {@code SocketMessage}. */
		MESSAGE,

		/** Needs the session only. */
		OTHER

	}

}
