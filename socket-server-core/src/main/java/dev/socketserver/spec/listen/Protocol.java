package dev.socketserver.spec.listen;

/**
 * The kind of a socket.
 */
public enum Protocol {

	/** A port of TCP. */
	TCP,

	/** A port of UDP. */
	UDP,

	/** A Unix stream socket. */
	UNIX

}
