package dev.socketserver.event;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;

/** What texts of events call the server of a session. */
final class ServerLabel {

	private ServerLabel() {
	}

	/** As logs do: with the listener, if the server has several. */
	static String of(SocketServer server, SocketSession session) {
		boolean several = server.spec().listeners().size() > 1;
		return several ? server.name() + "/" + session.listener() : server.name();
	}

}
