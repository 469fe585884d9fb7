package dev.socketserver;

/** How a call of a handler ended. */
public enum HandlerOutcome {

	/** It returned. */
	SUCCESS,

	/**
	 * It threw, even if the handler has recovered from that, or its frame could not be
	 * converted to what it takes.
	 */
	ERROR

}
