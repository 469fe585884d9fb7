package dev.socketserver.framing;

/**
 * What becomes of the length when a frame is sent.
 */
public enum OnSend {

	/** The length is put in front of the payload. */
	PREPEND,

	/**
	 * The payload has the header already; the length in it is overwritten with the right
	 * one.
	 */
	PATCH,

	/** The payload is the whole frame, sent as it is. */
	NONE

}
