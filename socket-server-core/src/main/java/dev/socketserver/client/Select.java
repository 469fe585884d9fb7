package dev.socketserver.client;

/**
 * Which of several a client chooses: of its addresses when it connects, of its
 * connections when it sends.
 */
public enum Select {

	/** The first of the list that is available. */
	ORDERED,

	/** One after the other. */
	ROUND_ROBIN,

	/** The one for which the fewest requests, and then the fewest bytes, wait. */
	LEAST_WAITING

}
