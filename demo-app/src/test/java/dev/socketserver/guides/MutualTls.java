package dev.socketserver.guides;

import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;

@SocketHandler("mutual")
class MutualTls {

	@OnMessage
	String handle(String line, SocketSession session) {
		return session.principal().getName() + " says " + line;
	}

}
