package dev.socketserver.guides;

import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;

@SocketHandler("devices")
class Devices {

	@OnMessage
	String handle(String line, SocketSession session) {
		String[] words = line.split(" ");
		if (words.length == 2 && words[0].equals("login")) {
			session.bind("device", words[1]);
			return "welcome " + words[1];
		}
		return "log in first";
	}

}
