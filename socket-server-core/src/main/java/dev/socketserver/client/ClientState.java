package dev.socketserver.client;

/**
 * What a client is doing.
 */
public enum ClientState {

	/** Not started, or stopped: it can be started. */
	STOPPED,

	/** An attempt to connect is under way. */
	CONNECTING,

	/** Connected. */
	CONNECTED,

	/**
	 * Not connected, and waiting for the time of the next attempt; or for
	 * {@link SocketClient#reconnect()}, if it was {@link SocketClient#suspended()
	 * suspended}.
	 */
	DISCONNECTED,

	/** Stopping or closing: what was accepted is still sent, as far as it can be. */
	CLOSING,

	/** Closed for good. */
	CLOSED

}
