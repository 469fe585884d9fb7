package dev.socketserver.spec;

/**
 * What happens to connections when a server has as many sessions as it may have.
 */
public enum OnFull {

	/** They are refused with a reset, and counted. */
	REJECT,

	/**
	 * They wait in the kernel's backlog until a session has ended; to their peers they
	 * look like connections to a server that says nothing.
	 */
	WAIT

}
