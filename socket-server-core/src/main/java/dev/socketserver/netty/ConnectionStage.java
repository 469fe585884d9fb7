package dev.socketserver.netty;

import java.time.Duration;

import dev.socketserver.RejectReason;
import org.jspecify.annotations.Nullable;

/**
 * What has to happen on a connection before its session opens, one object for all
 * connections of a server's run. {@link PendingConnection} tells how it goes.
 */
interface ConnectionStage {

	/** How long it may take on one connection. */
	Duration timeout();

	/** Why a connection is refused on which it takes longer, or fails. */
	RejectReason reason();

	/** Says that it has taken longer, in a few words, if there is more to say. */
	default @Nullable RefusedException late() {
		return null;
	}

	/**
	 * Begins on a connection, which is active: adds a handler that ends the stage, or
	 * ends it at once. On the connection's loop.
	 */
	void begin(PendingConnection connection);

}
