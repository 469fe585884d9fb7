package dev.socketserver.cluster;

/**
 * What became of something that was sent to a session of any node. It happens at most
 * once, whatever the outcome.
 */
public enum Delivery {

	/** The operating system of the session's node has taken the last byte. */
	WRITTEN,

	/** No session has the identity. */
	NO_SESSION,

	/** The session ended before it, or because of it. */
	GONE,

	/** The session's output is full, or its overflow policy dropped it. */
	REFUSED,

	/**
	 * No subscriber listens on the session's node, or it did not answer in time. In the
	 * second case it may have been sent.
	 */
	NODE_UNREACHABLE,

	/** The directory cannot be reached, so that it is unknown where the session is. */
	DIRECTORY_UNAVAILABLE

}
