package dev.socketserver.client;

/**
 * What a client is doing.
 *
 * <pre>
 *   STOPPED ──start──▶ CONNECTING ──connected──▶ CONNECTED
 *                       ▲      │                     │
 *          next attempt │      │ failed              │ the connection has ended
 *                       │      ▼                     │
 *                     DISCONNECTED ◀─────────────────┘
 *
 *   CONNECTING, CONNECTED, DISCONNECTED ──stop──▶ CLOSING ──▶ STOPPED
 *                                       ──close─▶ CLOSING ──▶ CLOSED
 * </pre>
 */
public enum ClientState {

	/** Not started, or stopped: it can be started. */
	STOPPED,

	/** An attempt to connect is under way. */
	CONNECTING,

	/** Connected. */
	CONNECTED,

	/**
	 * Not connected. The client waits until it is time for the next attempt or, if it is
	 * {@link SocketClient#suspended() suspended}, until {@link SocketClient#reconnect()}
	 * is called.
	 */
	DISCONNECTED,

	/** Stopping or closing; payloads that were accepted are still sent if possible. */
	CLOSING,

	/** Closed for good. */
	CLOSED

}
