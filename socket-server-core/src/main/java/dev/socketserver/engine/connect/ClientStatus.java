package dev.socketserver.engine.connect;

import java.time.Instant;

import dev.socketserver.CloseStatus;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.LastClosed;
import dev.socketserver.client.NotReadyException;
import dev.socketserver.engine.session.Session;
import org.jspecify.annotations.Nullable;

/**
 * What a client shows of its connections while it runs. Changed under the monitor of
 * {@link ClientConnections}, read on any thread.
 */
final class ClientStatus {

	private volatile ClientState state = ClientState.DISCONNECTED;

	private volatile @Nullable Session session;

	private volatile @Nullable Throwable failure;

	private volatile @Nullable LastClosed lastClosed;

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
	void update(ConnectionPool pool) {
		ClientConnection first = pool.firstReady();
		this.session = (first != null) ? first.session() : null;
		if (first != null) {
			this.state = ClientState.CONNECTED;
		}
		else {
			boolean connects = pool.count(ConnectionPhase.CONNECTING) + pool.count(ConnectionPhase.OPENING) > 0;
			this.state = connects ? ClientState.CONNECTING : ClientState.DISCONNECTED;
		}
	}

	/** An attempt has failed, or is not made. */
	void failed(Throwable cause) {
		this.failure = cause;
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
	void ready() {
		this.failure = null;
	}

	/** A connection has ended. */
	void closed(CloseStatus status) {
		this.lastClosed = new LastClosed(status, Instant.now());
	}

}
