package dev.socketserver;

/** How a call of a handler ended. */
public enum HandlerOutcome {

	/** It returned. */
	SUCCESS,

	/**
	 * It threw, even if the handler then recovered from that; or the frame could not be
	 * converted to what the handler takes.
	 */
	ERROR

}
