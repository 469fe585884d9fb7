package dev.socketserver.spec;

/**
 * How requests to one peer follow each other, where no correlator says which reply
 * belongs to which.
 */
public enum RequestOrder {

	/** Each is sent at once, and replies come in the order of the requests. */
	IN_ORDER,

	/**
	 * One is under way, and the next is sent when that has its reply or is given up: for
	 * half-duplex peers. A reply that never comes costs one request only.
	 */
	ONE_AT_A_TIME

}
