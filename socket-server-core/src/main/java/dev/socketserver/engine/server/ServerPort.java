package dev.socketserver.engine.server;

import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.ListenerSpec;
import dev.socketserver.spec.SocketTransport;
import org.jspecify.annotations.Nullable;

/**
 * The port of one listener of a run, and what becomes of connections before they are
 * sessions. Any thread.
 */
public interface ServerPort {

	/**
	 * Binds the port. Nothing is accepted yet.
	 * @param listener is notified of the connections, and when the port is free
	 * @throws dev.socketserver.ServerStartException if it cannot be bound
	 */
	void open(RunListener listener);

	/** Begins to accept. */
	void accept();

	/**
	 * Returns what completes when the port obeys its gate, as it is now.
	 * @return the future
	 */
	CompletableFuture<@Nullable Void> obeyed();

	/**
	 * Makes what other settings need, of a port that is bound.
	 * @param next what the listener is made from now
	 * @return has connections that arrive from now on have these settings; any thread
	 * @throws IllegalArgumentException if it cannot be had; nothing has changed then
	 */
	Runnable reconfigured(ListenerSpec next);

	/** Stops listening, also if it was never bound. */
	void close();

	/**
	 * Returns what completes when it was closed and others may bind it; never, if it was
	 * not bound.
	 * @return the future
	 */
	CompletableFuture<@Nullable Void> free();

	/** Aborts connections that are not sessions yet, also those that still arrive. */
	void abortPending();

	/** A session has given back its permit. */
	default void permitFree() {
	}

	/** Gives back what the run has taken of others, when its last session has ended. */
	void release();

	/**
	 * Returns the transport.
	 * @return the transport, resolved
	 */
	SocketTransport transport();

	/**
	 * Returns where it listens, or has listened.
	 * @return the address, or {@code null} if it was never bound
	 */
	@Nullable InetSocketAddress address();

	/**
	 * Returns why nothing can be accepted at the moment.
	 * @return the failure, or {@code null}
	 */
	@Nullable Throwable failure();

}
