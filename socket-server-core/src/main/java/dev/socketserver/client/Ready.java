package dev.socketserver.client;

/**
 * When a connection of a client takes what is sent and asked for with the
 * {@link SocketClient}. Until then that waits, or leaves on other connections.
 */
public enum Ready {

	/** At once; a handler's {@code @OnOpen} sends what it has to say first. */
	CONNECTED,

	/** When {@code @OnOpen}, and the stage that it has returned, has completed. */
	OPENED,

	/** When the handler calls {@link dev.socketserver.SocketSession#ready}. */
	HANDLER,

	/**
	 * When the server has answered the first heartbeat, which is sent as soon as
	 * {@code @OnOpen} has returned; needs a
	 * {@link dev.socketserver.spec.Heartbeat#reply() reply}.
	 */
	HEARTBEAT

}
