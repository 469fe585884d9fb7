package dev.socketserver.spec;

/**
 * What happens when more frames wait for the handler of a session than may wait.
 */
public enum InboundOverflow {

	/** The socket is not read until there is room: TCP makes the peer wait. */
	BLOCK,

	/** The frame that has just arrived is dropped, and counted. */
	DROP_NEWEST,

	/** The frame that has waited longest is dropped, and counted. */
	DROP_OLDEST,

	/** The session closes with {@link dev.socketserver.CloseReason#OVERFLOW}. */
	CLOSE;

	/**
	 * Whether frames get lost.
	 * @return {@code true} for the policies that drop
	 */
	public boolean drops() {
		return this == DROP_NEWEST || this == DROP_OLDEST;
	}

}
