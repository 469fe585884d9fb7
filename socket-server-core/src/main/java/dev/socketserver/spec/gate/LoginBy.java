package dev.socketserver.spec.gate;

/** What makes a session one that is logged in. */
public enum LoginBy {

	/**
	 * It has a principal: the application has authenticated it, or its peer has presented
	 * a certificate.
	 */
	PRINCIPAL,

	/** It is bound to an identity. */
	IDENTITY

}
