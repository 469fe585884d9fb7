package dev.socketserver.spec.listen;

/**
 * The kind of socket on which a server listens.
 */
public enum Protocol {

	/** A port of TCP. */
	TCP,

	/** A port of UDP. */
	UDP,

	/** A Unix stream socket. */
	UNIX

}
