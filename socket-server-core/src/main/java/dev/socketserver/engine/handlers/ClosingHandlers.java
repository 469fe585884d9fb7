package dev.socketserver.engine.handlers;

import dev.socketserver.CloseStatus;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketSession;

/**
 * Knows which classes of handlers do not override {@link SessionHandler#inputEnded}, and
 * so do nothing at the end of the input but close.
 */
final class ClosingHandlers {

	private static final ClassValue<Boolean> TYPES = new ClassValue<>() {

		@Override
		protected Boolean computeValue(Class<?> type) {
			try {
				return type.getMethod("inputEnded", SocketSession.class, CloseStatus.class)
					.getDeclaringClass() == SessionHandler.class;
			}
			catch (NoSuchMethodException | LinkageError ex) {
				// Another of its methods may be of a library that is missing.
				return false;
			}
		}

	};

	private ClosingHandlers() {
	}

	/** Whether a handler only closes. */
	static boolean includes(SessionHandler handler) {
		return TYPES.get(handler.getClass());
	}

}
