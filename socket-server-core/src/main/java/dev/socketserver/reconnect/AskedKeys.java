package dev.socketserver.reconnect;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The keys of requests whose replies are waited for, whether or not they have been sent:
 * no two may have the same. Safe for use by several threads.
 */
public final class AskedKeys {

	private final Map<Object, Ask> keys = new ConcurrentHashMap<>();

	/**
	 * Takes the key of a request, until there is a reply, or none any more.
	 * @param ask the request
	 * @param client the client's name
	 * @throws IllegalArgumentException if another has it
	 */
	public void add(Ask ask, String client) {
		Object key = ask.key();
		if (key == null) {
			return;
		}
		if (this.keys.putIfAbsent(key, ask) != null) {
			throw new IllegalArgumentException(
					"Client '" + client + "' waits for the reply to another request of the same key");
		}
		// Whoever sees the reply may ask with the same key at once, and what is hung on a
		// future last is told first: that it is completed would be too late.
		ask.release(() -> this.keys.remove(key, ask));
		CompletableFuture<?> unused = ask.reply().whenComplete((reply, failure) -> this.keys.remove(key, ask));
	}

}
