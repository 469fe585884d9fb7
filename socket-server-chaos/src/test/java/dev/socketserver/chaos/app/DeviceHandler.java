package dev.socketserver.chaos.app;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import dev.socketserver.BindPolicy;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnClose;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.OnOpen;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.cluster.SocketCluster;

/**
 * Has its peer use the cluster: {@code bind REPLACE x} binds the session to an identity,
 * {@code take x} does so and returns the token, which is 0 if it is lost again already,
 * {@code find x} returns the node that has it and its token, and {@code send x text}
 * returns what became of a text that was sent to it.
 */
@SocketHandler("devices")
class DeviceHandler {

	private static final String TYPE = "device";

	private final HandlerLedger counters;

	private final SocketCluster cluster;

	DeviceHandler(HandlerLedger counters, SocketCluster cluster) {
		this.counters = counters;
		this.cluster = cluster;
	}

	@OnOpen
	void opened(SocketSession session) {
		this.counters.opened(session);
	}

	@OnMessage
	CompletionStage<String> received(String text, SocketSession session) {
		this.counters.count(session.server(), "handler.messages");
		String[] words = text.split(" ", 3);
		return switch (words[0]) {
			case "bind" -> CompletableFuture
				.completedFuture(Boolean.toString(session.bind(TYPE, words[2], BindPolicy.valueOf(words[1]))));
			case "take" -> CompletableFuture.completedFuture(take(session, words[1]));
			case "find" -> this.cluster.find(TYPE, words[1])
				.handle((found, failure) -> (failure == null && found.isPresent())
						? found.get().node() + " " + found.get().token() : "nobody 0");
			default -> this.cluster.send(TYPE, words[1], words[2])
				.handle((delivery, failure) -> (failure == null) ? delivery.name() : "failed");
		};
	}

	private static String take(SocketSession session, String id) {
		boolean has = session.bind(TYPE, id, BindPolicy.REPLACE);
		return Long.toString(has ? session.token(TYPE, id).orElse(0) : 0);
	}

	@OnClose
	void closed(SocketSession session) {
		this.counters.closed(session);
	}

}
