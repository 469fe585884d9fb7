package dev.socketserver.handler.intercept;

import dev.socketserver.SocketSession;
import org.jspecify.annotations.Nullable;

/**
 * A handler that converts frames itself, and can do so before it is called with them.
 */
public interface ConvertsFrames {

	/**
	 * Converts a frame.
	 * @param frame the frame
	 * @param session the session
	 * @return what the handler is called with in place of the frame; if the frame cannot
	 * be converted, or code of the application fails, the handler throws that when it is
	 * called
	 */
	Converted convert(Object frame, SocketSession session);

	/** What was made of a frame. Interceptors see its payload alone. */
	interface Converted {

		/**
		 * Returns the payload.
		 * @return the payload; {@code null} if no part of the handler is for the message,
		 * or nothing could be made of the frame
		 */
		@Nullable Object payload();

	}

}
