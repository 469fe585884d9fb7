package dev.socketserver;

import java.util.Map;

/**
 * A handler that tells operators what the application knows of a session. A handler of
 * any form may implement it; those with annotated methods have an annotation for it, and
 * a {@link ConnectionHandler} can tell it with its state instead.
 */
@FunctionalInterface
public interface DetailedHandler {

	/**
	 * Tells what the application knows of a session, when somebody asks. It is called
	 * serially with the other calls of the session, and should be quick; for stream and
	 * conversation handlers it is called beside their one long call, on another thread.
	 * @param session the session
	 * @return names and values
	 * @throws Exception if there is nothing to tell; it has no effect on the session
	 */
	Map<String, ?> details(SocketSession session) throws Exception;

	/**
	 * Asks a handler of any form.
	 * @param handler the handler
	 * @param session the session
	 * @return what it tells; nothing unless it is a {@link DetailedHandler}
	 * @throws Exception what it throws
	 */
	static Map<String, ?> detailsOf(Object handler, SocketSession session) throws Exception {
		return (handler instanceof DetailedHandler detailed) ? detailed.details(session) : Map.of();
	}

}
