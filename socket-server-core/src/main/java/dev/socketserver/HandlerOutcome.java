package dev.socketserver;

/** How a call of a handler ended. */
public enum HandlerOutcome {

	/** It returned. */
	SUCCESS,

	/**
	 * It threw, whether or not the handler made good for it, or its frame could not be
	 * converted to what it takes.
	 */
	ERROR

}
