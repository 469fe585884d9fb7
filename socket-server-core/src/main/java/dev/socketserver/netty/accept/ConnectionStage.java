package dev.socketserver.netty.accept;

import java.time.Duration;

import dev.socketserver.RejectReason;
import io.netty.channel.ChannelHandler;
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
	 * against {@code limits.pending}; else the stage is done at once.
	 */
	default boolean waits() {
		return true;
	}

	/**
	 * Begins on a connection, which is active. On the connection's loop.
	 * @return the handler that ends the stage, unless that does not {@link #waits wait}
	 */
	ChannelHandler handler(PendingConnection connection);

}
