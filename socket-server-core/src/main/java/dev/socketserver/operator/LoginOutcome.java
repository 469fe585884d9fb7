package dev.socketserver.operator;

/** What has become of a session that had to log in, counted once for each. */
public enum LoginOutcome {

	/** It is logged in. */
	SUCCESS,

	/** It has ended before, and a login had failed, or it had sent too many messages. */
	FAILED,

	/** It was not logged in in time. */
	TIMEOUT,

	/** It had to make room for others. */
	DISPLACED

}
