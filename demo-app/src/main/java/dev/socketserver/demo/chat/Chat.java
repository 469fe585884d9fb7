package dev.socketserver.demo.chat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import dev.socketserver.CloseStatus;
import dev.socketserver.ConnectionHandler;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.SocketHandler;
import org.jspecify.annotations.Nullable;

/**
 * Sends what one session says to all sessions. The state of a session is its name, which
 * is the id of the session until it says <code>/name</code> and another name.
 */
@SocketHandler("chat")
class Chat implements ConnectionHandler<String> {

	private final SocketServers servers;

	Chat(SocketServers servers) {
		this.servers = servers;
	}

	@Override
	public String opened(SocketSession session) {
		String name = session.id();
		broadcast(session, name + " joined");
		return name;
	}

	@Override
	public @Nullable String received(@Nullable String name, ByteBuffer line, SocketSession session) {
		String text = StandardCharsets.UTF_8.decode(line).toString();
		if (text.startsWith("/name ")) {
			String newName = text.substring("/name ".length());
			session.attributes().put("name", newName);
			broadcast(session, name + " is now " + newName);
			return newName;
		}
		broadcast(session, name + ": " + text);
		return name;
	}

	@Override
	public void closed(@Nullable String name, SocketSession session, CloseStatus status) {
		broadcast(session, name + " left");
	}

	@Override
	public Map<String, ?> details(@Nullable String name, SocketSession session) {
		return Map.of("name", String.valueOf(name), "audience", audience(session));
	}

	private long audience(SocketSession session) {
		return this.servers.server(session.server()).map((server) -> server.sessions().count()).orElse(0L);
	}

	private void broadcast(SocketSession session, String text) {
		this.servers.server(session.server()).ifPresent((server) -> server.broadcast(text));
	}

}
