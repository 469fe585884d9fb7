package dev.socketserver.bridge.session;

import dev.socketserver.SessionHandler;
import dev.socketserver.SocketSession;
import org.jspecify.annotations.Nullable;

/**
 * Stands where a server has no handler: acknowledges each message that is stored.
 *
 * @param text what is sent
 */
record AcknowledgingHandler(String text) implements SessionHandler {

	@Override
	public @Nullable Object received(Object payload, SocketSession session) {
		return CurrentStored.isStored() ? this.text : null;
	}

}
