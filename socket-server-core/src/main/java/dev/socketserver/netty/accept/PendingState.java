package dev.socketserver.netty.accept;

/**
 * Whether a {@link PendingConnection} waits to become a session.
 *
 * <pre>
 *   PENDING ──a session opens, refused, gone──▶ ENDED
 *      └──the time of a stage is over──▶ LATE
 * </pre>
 */
enum PendingState {

	/** It goes through its stages. */
	PENDING,

	/** It has become a session, is refused, or is gone. */
	ENDED,

	/** It is refused, since a stage took too long. */
	LATE;

	/** Returns the state when the wait ends: as said, unless it has ended before. */
	PendingState ended(PendingState how) {
		return (this == PENDING) ? how : this;
	}

}
