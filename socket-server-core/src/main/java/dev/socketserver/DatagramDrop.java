package dev.socketserver;

/**
 * Why a datagram of UDP was dropped.
 */
public enum DatagramDrop {

	/**
	 * The operating system has dropped it, since those before it had not been read in
	 * time. Such datagrams are not among those that were received. Known on Linux only.
	 */
	KERNEL,

	/**
	 * Its peer has no session and gets none: it is not allowed, a limit is reached, or
	 * the server is paused or stops. Or its session has ended before the handler was
	 * given it.
	 */
	REJECTED,

	/** It, or a frame in it, was longer than {@code limits.frame}. */
	TOO_LARGE,

	/**
	 * It was no whole frame, or its rest behind the last one was none. The end of a
	 * datagram ends a line.
	 */
	UNFRAMED,

	/** As many waited for the handler as may. */
	OVERFLOW,

	/** The session was not read: its reads were paused, or its peer was too fast. */
	PAUSED,

	/**
	 * It was to be sent, and more than {@code udp.amplification} permits. It is not among
	 * those that were received.
	 */
	AMPLIFICATION,

	/**
	 * It was sent by a client, and the system of the server has refused it: nothing
	 * listens on that port. It is not among those that were received.
	 */
	REFUSED,

	/**
	 * It has come to a client that only sends, to a multicast group or by broadcast.
	 */
	UNEXPECTED

}
