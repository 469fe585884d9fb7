package dev.socketserver.engine.connect;

import java.time.Instant;

import dev.socketserver.CloseStatus;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.LastClosed;
import dev.socketserver.client.NotReadyException;
import dev.socketserver.client.SocketClient;
import dev.socketserver.engine.session.Session;
import org.jspecify.annotations.Nullable;

/**
 * What a client shows of its connections while it runs, and what it reports of them to
 * listeners and to the log. Changed under the monitor of {@link ClientConnections}, read
 * on any thread.
 */
final class ClientStatus {

	private final SocketClient client;

	private final ClientEvents events;

	private final ClientLog log;

	private final ConnectionPool pool;

	private volatile ClientState state = ClientState.DISCONNECTED;

	private volatile @Nullable Session session;

	private volatile @Nullable Throwable failure;

	private volatile @Nullable LastClosed lastClosed;

	/**
	 * Creates the status of a client that has not run.
	 * @param client the client
	 * @param events notifies listeners
	 * @param log has a line about each connection
	 * @param pool the connections
	 */
	ClientStatus(SocketClient client, ClientEvents events, ClientLog log, ConnectionPool pool) {
		this.client = client;
		this.events = events;
		this.log = log;
		this.pool = pool;
	}

	ClientState state() {
		return this.state;
	}

	/** The first of the sessions that are ready, if one is. */
	@Nullable Session session() {
		return this.session;
	}

	@Nullable Throwable failure() {
		return this.failure;
	}

	@Nullable LastClosed lastClosed() {
		return this.lastClosed;
	}

	/** The client has started. */
	void started() {
		this.failure = null;
		this.lastClosed = null;
		this.state = ClientState.CONNECTING;
	}

	/** The connections have changed. */
	void update() {
		ClientConnection first = this.pool.firstReady();
		this.session = (first != null) ? first.session() : null;
		if (first != null) {
			this.state = ClientState.CONNECTED;
		}
		else {
			boolean connects = this.pool.count(ConnectionPhase.CONNECTING, ConnectionPhase.OPENING) > 0;
			this.state = connects ? ClientState.CONNECTING : ClientState.DISCONNECTED;
		}
	}

	/** An attempt has failed, or is not made. */
	void failed(Throwable cause) {
		this.failure = cause;
	}

	/** No attempt is made before handlers of connections that are lost have returned. */
	void heldUp(int lost) {
		failed(new IllegalStateException("the handler of a connection that is lost has not returned, and " + lost
				+ " connections have been lost meanwhile"));
		ClientLog.heldUp(this.client, lost);
	}

	/**
	 * A connection is not ready, and is closed.
	 * @return whether the one before was not that
	 */
	boolean notReady(NotReadyException cause) {
		boolean first = !(this.failure instanceof NotReadyException);
		this.failure = cause;
		return first;
	}

	/** A connection is ready. */
	void ready(Session opened, int endedSoon) {
		boolean first = this.session == null;
		this.failure = null;
		update();
		if (first) {
			this.events.notifyEach(() -> this.log.connected(opened, endedSoon),
					(listener) -> listener.connected(this.client, opened));
		}
		else {
			ClientLog.another(this.client, opened);
		}
	}

	/**
	 * A connection has ended.
	 * @param wasReady whether it was ready until then
	 * @param endedSoon how many connections in a row to its address did not last
	 */
	void lost(Session over, CloseStatus status, boolean wasReady, int endedSoon) {
		this.lastClosed = new LastClosed(status, Instant.now());
		update();
		if (!wasReady) {
			return;
		}
		if (this.session == null) {
			disconnected(over, status, endedSoon);
		}
		else {
			ClientLog.oneLess(this.client, over, status, endedSoon);
		}
	}

	/** The client has stopped, perhaps without connections that are stuck. */
	void stopped(CloseStatus status) {
		Session open = this.session;
		update();
		if (open != null) {
			this.lastClosed = new LastClosed(status, Instant.now());
			disconnected(open, status, 0);
		}
	}

	private void disconnected(Session over, CloseStatus status, int endedSoon) {
		this.events.notifyEach(() -> this.log.disconnected(over, status, endedSoon),
				(listener) -> listener.disconnected(this.client, over, status));
	}

	/** It has stopped, and all has been given back. */
	void closed() {
		this.events.notifyEach(this.log::closed, (listener) -> listener.closed(this.client));
	}

}
