package dev.socketserver.handler.dispatch;

import dev.socketserver.SessionHandler;
import dev.socketserver.SocketSession;
import org.jspecify.annotations.Nullable;

/**
 * Has several methods for messages. It is called with a {@link ChosenMessage} or, where
 * no interceptor is in front of it, without the object.
 */
public interface MappedHandler extends SessionHandler {

	/**
	 * Calls a method, as {@link #received(Object, SocketSession)} does.
	 * @param method the index of the method
	 * @param subject what the method is given
	 * @param session the session
	 * @return what the method returns
	 * @throws Exception what it throws
	 */
	@Nullable Object received(int method, @Nullable Object subject, SocketSession session) throws Exception;

}
