package dev.socketserver.handler.intercept;

import java.util.function.Function;
import java.util.function.UnaryOperator;

import dev.socketserver.SessionHandler;
import dev.socketserver.SessionSpec;

/**
 * Makes handlers of messages that prepare each message themselves, before interceptors
 * are called.
 */
public interface InterceptedInside extends Function<SessionSpec, SessionHandler> {

	/**
	 * Puts interceptors behind that preparation.
	 * @param interceptors puts interceptors in front of a handler
	 * @return what makes the handlers then
	 */
	InterceptedInside intercepted(UnaryOperator<SessionHandler> interceptors);

}
