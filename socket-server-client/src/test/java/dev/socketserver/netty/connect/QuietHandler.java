package dev.socketserver.netty.connect;

import java.nio.charset.StandardCharsets;

import dev.socketserver.ServerHandler;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketSession;
import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;

/** A handler of text that has no answers. */
interface QuietHandler extends SessionHandler {

	@Override
	default @Nullable Object received(Object payload, SocketSession session) throws Exception {
		return null;
	}

	/** One object for all sessions. */
	static ServerHandler messages(SessionHandler handler) {
		return new ServerHandler.Messages("handler", PayloadConverter.text(StandardCharsets.UTF_8), false,
				(spec) -> handler);
	}

}
