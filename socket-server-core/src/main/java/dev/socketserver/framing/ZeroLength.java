package dev.socketserver.framing;

/**
 * What to do with a frame that has nothing after its length field.
 */
public enum ZeroLength {

	/** It is a frame like any other. */
	FRAME,

	/** It is dropped: with it, a peer only shows that it is still there. */
	IGNORE,

	/** It is dropped, and the same bytes are sent back. */
	ECHO

}
