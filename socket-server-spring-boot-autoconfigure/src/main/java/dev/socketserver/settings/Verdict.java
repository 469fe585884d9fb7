package dev.socketserver.settings;

/**
 * What the change of a setting does, in the order of what it costs.
 */
public enum Verdict {

	/** It is in force at once, for sessions that are open, too. */
	APPLIED,

	/** Sessions that open from now on have it; open ones keep what they began with. */
	NEW_SESSIONS,

	/**
	 * The server or client is drained by its plan, stopped, and started with it. A key of
	 * {@code start} restarts nothing: it is kept for the next start.
	 */
	RESTART,

	/** A server or client is added. */
	CREATE,

	/** A server or client is drained by its plan, and removed. */
	REMOVE,

	/** Only another start of the application can make the change, or it cannot work. */
	REFUSED

}
