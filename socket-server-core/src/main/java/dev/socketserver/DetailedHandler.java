package dev.socketserver;

import java.util.Map;

/**
 * A handler that can report to operators what the application knows about a session. A
 * handler of any form may implement this interface. Handlers with annotated methods have
 * an annotation for the same purpose, and a {@link ConnectionHandler} has a method that
 * is given its state, too.
 */
@FunctionalInterface
public interface DetailedHandler {

	/**
	 * Returns what the application knows about a session, when an operator asks for it.
	 * It should be quick, as it is called between the other calls of the session. For
	 * stream and conversation handlers it is called during their one long call, on
	 * another thread.
	 * @param session the session
	 * @return names and values
	 * @throws Exception if there is nothing to report; it has no effect on the session
	 */
	Map<String, ?> details(SocketSession session) throws Exception;

	/**
	 * Calls a handler of any form, if it is a {@link DetailedHandler}.
	 * @param handler the handler
	 * @param session the session
	 * @return what the handler returns; empty if it is none
	 * @throws Exception what it throws
	 */
	static Map<String, ?> detailsOf(Object handler, SocketSession session) throws Exception {
		return (handler instanceof DetailedHandler detailed) ? detailed.details(session) : Map.of();
	}

}
