package dev.socketserver.spi;

import java.util.function.Function;

import dev.socketserver.SessionHandler;
import dev.socketserver.SessionSpec;

/**
 * Returns the handlers of sessions that prepare messages, in a description of
 * {@link dev.socketserver.ServerHandler.Messages}.
 */
public interface PreparingHandlers extends Function<SessionSpec, PreparingHandler> {

	/**
	 * Returns how many messages of a session are prepared at a time.
	 * @return the number, at least 1
	 */
	int ahead();

	/**
	 * Returns what gives the handlers that are called when messages are prepared.
	 * @return the handlers
	 */
	Function<SessionSpec, ? extends SessionHandler> handlers();

	/**
	 * Returns what is counted of all sessions.
	 * @return the figures
	 */
	PreparationFigures figures();

}
