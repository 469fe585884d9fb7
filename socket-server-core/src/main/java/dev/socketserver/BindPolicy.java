package dev.socketserver;

/**
 * What {@link SocketSession#bind} does when another session has the identity already.
 */
public enum BindPolicy {

	/** The older session keeps it, and the newer one does not get it. */
	REJECT,

	/**
	 * The newer session takes it over, and the older one closes with
	 * {@link CloseReason#REPLACED}, after what it has accepted for sending. The older one
	 * is no longer found under the identity from that moment on.
	 */
	REPLACE,

	/** Both have it. */
	ALLOW

}
