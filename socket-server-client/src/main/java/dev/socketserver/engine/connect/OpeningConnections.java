package dev.socketserver.engine.connect;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.socketserver.client.Ready;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a client that are not ready: their handlers are still to be notified
 * of them, or to report that they are ready. Nothing is sent with them before. Any
 * thread.
 */
final class OpeningConnections {

	private final List<ClientConnection> opening = new CopyOnWriteArrayList<>();

	/**
	 * A connection is open. What waits is sent on it at once, unless its handler is
	 * first. On its loop.
	 */
	void opened(ClientConnection connection) {
		if (connection.ready() != Ready.CONNECTED) {
			this.opening.add(connection);
			connection.awaitReady();
		}
		else if (connection.handlerIsFirst()) {
			this.opening.add(connection);
			connection.attachIfHeldUp();
		}
		else {
			connection.attach();
		}
	}

	/** A connection is ready, or over. */
	void remove(ClientConnection connection) {
		this.opening.remove(connection);
	}

	/**
	 * If the caller is the handler that is being notified of a new connection, has what
	 * waits sent on it now: its send would wait for itself otherwise. A handler that is
	 * still busy with the previous connection does not get in front of what is said first
	 * on the new one.
	 * @return the connection, if it takes what the caller sends only when it is ready
	 */
	@Nullable ClientConnection attachIfHere() {
		if (this.opening.isEmpty()) {
			return null;
		}
		for (ClientConnection open : this.opening) {
			if (open.runsHere()) {
				if (open.ready() != Ready.CONNECTED) {
					return open;
				}
				open.attach();
			}
		}
		return null;
	}

}
