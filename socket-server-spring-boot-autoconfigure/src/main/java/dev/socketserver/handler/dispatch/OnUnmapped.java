package dev.socketserver.handler.dispatch;

/** What to do with a message that no method of its handler is for. */
public enum OnUnmapped {

	/**
	 * It is an error of the handler, and the session closes unless that is dealt with.
	 */
	ERROR,

	/** It is counted, and dropped. */
	IGNORE

}
