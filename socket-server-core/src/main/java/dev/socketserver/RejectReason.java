package dev.socketserver;

/**
 * Why an accepted connection was refused before it became a session. Such a connection
 * has no id and never reaches a handler.
 */
public enum RejectReason {

	/** The server already had as many sessions as it may have. */
	LIMIT_SESSIONS

}
