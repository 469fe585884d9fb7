package dev.socketserver.netty.connect;

/**
 * What has become of a {@link ConnectAttempt}. The first outcome counts.
 *
 * <pre>
 *   UNDER_WAY ──connected──▶ CONNECTED
 *       ├──failed──▶ FAILED
 *       ├──the time is over──▶ LATE
 *       └──given up──▶ CANCELLED
 * </pre>
 */
enum AttemptState {

	/** It has no outcome yet. */
	UNDER_WAY,

	/** It has led to a connection, which is secured if it is to be. */
	CONNECTED,

	/** It has failed. */
	FAILED,

	/** It has taken too long. */
	LATE,

	/** It was given up. */
	CANCELLED;

	/** Returns the state when there is an outcome: that, unless there was one before. */
	AttemptState settled(AttemptState outcome) {
		return (this == UNDER_WAY) ? outcome : this;
	}

}
