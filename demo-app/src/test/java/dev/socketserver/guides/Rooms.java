package dev.socketserver.guides;

import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;

@SocketHandler("rooms")
class Rooms {

	private final SocketServers servers;

	Rooms(SocketServers servers) {
		this.servers = servers;
	}

	@OnMessage
	String handle(String line, SocketSession session) {
		String[] words = line.split(" ", 3);
		if (words.length == 2 && words[0].equals("join")) {
			session.join(words[1]);
			return "you are in " + words[1];
		}
		if (words.length == 3 && words[0].equals("tell")) {
			int reached = this.servers.get("rooms").group(words[1]).broadcast(words[2]);
			return "told " + reached;
		}
		return "join ROOM, or tell ROOM TEXT";
	}

}
