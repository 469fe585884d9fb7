package dev.socketserver.spec.gate;

/**
 * The end of a session, or of a connection before it, that can count as an offence of an
 * address. It is called like the {@link dev.socketserver.CloseReason} of that end.
 */
public enum Offence {

	/** Method security has refused a call of the handler. */
	ACCESS_DENIED,

	/** A frame could not be converted to what the handler takes. */
	DECODE_ERROR,

	/** No complete frame arrived within the time allowed for the first one. */
	FIRST_FRAME_TIMEOUT,

	/** A frame was longer than the configured limit. */
	FRAME_TOO_LARGE,

	/** The peer could not log in. */
	LOGIN_FAILED,

	/** The session was not logged in in time. */
	LOGIN_TIMEOUT,

	/** The bytes received do not follow the configured framing. */
	PROTOCOL_ERROR,

	/** The peer has sent faster than it may, and the policy is to close. */
	RATE_EXCEEDED,

	/** A TLS handshake failed, or did not begin in time. */
	TLS_FAILED

}
