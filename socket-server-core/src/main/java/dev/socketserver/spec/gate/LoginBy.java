package dev.socketserver.spec.gate;

/** What makes a session one that is logged in. */
public enum LoginBy {

	/**
	 * It has a principal: the application has authenticated it, its peer has presented a
	 * certificate, or is a user at the other end of a Unix socket.
	 */
	PRINCIPAL,

	/** It is bound to an identity. */
	IDENTITY

}
