package dev.socketserver.netty.accept;

import java.time.Duration;

import dev.socketserver.RejectReason;
import org.jspecify.annotations.Nullable;

/**
 * Something that has to happen on a connection before its session opens, such as a TLS
 * handshake. One object serves all connections of a run of a server.
 * {@link PendingConnection} describes how stages are used.
 */
interface ConnectionStage {

	/** How long it may take on one connection. */
	Duration timeout();

	/** Why a connection is refused on which it takes longer, or fails. */
	RejectReason reason();

	/**
	 * What is said of a stage that has taken too long, if there is more to say than that.
	 */
	default @Nullable String late() {
		return null;
	}

	/**
	 * Whether the session waits for the peer meanwhile, so that the connection counts
	 * against {@code limits.pending}.
	 */
	default boolean waits() {
		return true;
	}

	/**
	 * Begins on a connection, which is active: adds a handler that ends the stage, or
	 * ends it at once. On the connection's loop.
	 */
	void begin(StagedConnection connection);

}
