package dev.socketserver.framing;

/**
 * What a frame means that has nothing behind its length field.
 */
public enum ZeroLength {

	/** It is a frame like any other. */
	FRAME,

	/** The peer only shows that it is there; no handler sees it. */
	IGNORE,

	/** As {@link #IGNORE}, and the same bytes are sent back. */
	ECHO

}
