package dev.socketserver.engine.threads;

import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;

import dev.socketserver.engine.lane.Handover;

/**
 * The threads that compute the TLS handshakes of one server, or of all clients. Servers
 * do not share them, since a trust manager or key manager of the application may block;
 * of the clients' a single client has one at most, since it computes one handshake after
 * the other. There are few of them, so that many handshakes do not take the processors
 * from event loops and handlers, and only while there is something to compute. What waits
 * for them is limited by the connections that may be pending: each waits for one
 * computation, and leaves next to nothing in the queue when it has gone.
 */
public final class HandshakeThreads implements Executor {

	/** How many handshakes of one server are computed at a time. */
	public static final int OF_SERVER = Math.max(4, 2 * Runtime.getRuntime().availableProcessors());

	/** How many of all clients, each of which computes one at a time. */
	private static final int OF_CLIENTS = Math.max(16, OF_SERVER);

	private static final String NAME = "socket-server-tls";

	private final ThreadPoolExecutor pool;

	HandshakeThreads(ThreadPoolExecutor pool) {
		this.pool = pool;
	}

	/** Returns those of a server. */
	public static HandshakeThreads ofServer(DaemonThreads threads) {
		return new HandshakeThreads(threads.pool(OF_SERVER, NAME));
	}

	/** Returns those that all clients share. */
	public static HandshakeThreads ofClients(DaemonThreads threads) {
		return new HandshakeThreads(threads.pool(OF_CLIENTS, NAME));
	}

	/**
	 * Runs a task, on the calling thread if the system has no other.
	 */
	@Override
	public void execute(Runnable task) {
		Handover.run(this.pool, task);
	}

}
