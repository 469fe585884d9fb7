package dev.socketserver.guides;

import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;

@SocketHandler("${meters.server:meters}")
class Meters {

	@OnMessage
	void handle(String line, SocketSession session) {
		if (line.startsWith("meter ")) {
			session.bind("meter", line.substring(6));
		}
	}

}
