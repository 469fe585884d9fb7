package dev.socketserver.handler.error;

import dev.socketserver.SocketSession;
import org.jspecify.annotations.Nullable;

/**
 * A method that is called for failures of a type.
 *
 * @param type the type
 * @param takesMessage whether it is called only for failures of a message
 * @param call calls the method
 */
public record ErrorMethod(Class<?> type, boolean takesMessage, Call call) {

	/** Whether it takes just any exception. */
	boolean takesAny() {
		return this.type == Exception.class || this.type == Throwable.class;
	}

	/** Calls the method. */
	@FunctionalInterface
	public interface Call {

		/**
		 * Calls the method.
		 * @param failure what went wrong
		 * @param message the message whose handling failed, if the method takes it
		 * @param session the session
		 * @return a reply, or {@code null}
		 * @throws Exception what the method throws
		 */
		@Nullable Object call(Exception failure, @Nullable Object message, SocketSession session) throws Exception;

	}

}
