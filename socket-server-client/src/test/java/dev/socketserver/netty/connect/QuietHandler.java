package dev.socketserver.netty.connect;

import dev.socketserver.ServerHandler;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketSession;
import dev.socketserver.netty.ServerFixture;
import org.jspecify.annotations.Nullable;

/** A handler of text that has no answers. */
interface QuietHandler extends SessionHandler {

	@Override
	default @Nullable Object received(Object payload, SocketSession session) throws Exception {
		return null;
	}

	/** Does something when a session opens. */
	static ServerHandler opening(Opening opening) {
		return ServerFixture.messages(new QuietHandler() {

			@Override
			public void opened(SocketSession session) throws Exception {
				opening.opened(session);
			}

		});
	}

	/** What is done when a session opens. */
	@FunctionalInterface
	interface Opening {

		void opened(SocketSession session) throws Exception;

	}

}
