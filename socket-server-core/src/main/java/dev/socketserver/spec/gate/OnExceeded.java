package dev.socketserver.spec.gate;

/** What happens when a peer sends faster than it may. */
public enum OnExceeded {

	/** It is not read from for so long; nothing is lost. */
	PAUSE,

	/** What is too much is dropped. */
	DROP,

	/**
	 * The handler is notified by a {@link RateExceededException} for each message that is
	 * too much. Without an answer to that, the session ends.
	 */
	ERROR,

	/** The session ends. */
	CLOSE

}
