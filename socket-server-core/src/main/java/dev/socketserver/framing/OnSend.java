package dev.socketserver.framing;

/**
 * How the length is set when a frame is sent.
 */
public enum OnSend {

	/** The length is put in front of the payload. */
	PREPEND,

	/**
	 * The payload contains the header already; the length in it is overwritten with the
	 * right one.
	 */
	PATCH,

	/** The payload is the whole frame, sent as it is. */
	NONE

}
