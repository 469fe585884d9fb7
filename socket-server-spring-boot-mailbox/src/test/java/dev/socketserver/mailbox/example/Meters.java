package dev.socketserver.mailbox.example;

import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;

@SocketHandler("meters")
class Meters {

	@OnMessage
	String received(String name, SocketSession session) {
		session.bind("meter", name);
		return "welcome";
	}

}
