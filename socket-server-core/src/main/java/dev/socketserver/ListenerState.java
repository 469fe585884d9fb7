package dev.socketserver;

/**
 * What a listener of a server is doing.
 */
public enum ListenerState {

	/** It accepts connections, or receives datagrams of new peers. */
	LISTENING,

	/** Somebody has paused it: connections wait in the kernel. */
	PAUSED,

	/**
	 * It can accept nothing just now: its socket broke and is being replaced, there are
	 * no file descriptors left, or its event loop is blocked. It recovers by itself.
	 */
	FAILED,

	/** It does not listen, since the server does not. */
	CLOSED

}
