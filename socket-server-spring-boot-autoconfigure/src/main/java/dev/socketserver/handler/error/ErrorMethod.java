package dev.socketserver.handler.error;

import dev.socketserver.SocketSession;
import dev.socketserver.handler.argument.Argument;
import org.jspecify.annotations.Nullable;

/**
 * A method that is called for failures of a type.
 *
 * @param name the method, as logs name it
 * @param type the type
 * @param message the type of messages for whose failures alone it is called; if
 * {@code null}, for all failures
 * @param call calls the method
 */
public record ErrorMethod(String name, Class<?> type, @Nullable Class<?> message, Call call) {

	/** Whether it can be called if a message has failed, or none has. */
	boolean takes(@Nullable Object failed) {
		return this.message == null || this.message.isInstance(Argument.payload(failed));
	}

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
