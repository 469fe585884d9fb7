package dev.socketserver.client;

import java.io.IOException;

/**
 * A payload could not be sent, because the client was stopped or closed, before
 * {@code send} was called or before the payload had left.
 */
public class ClientClosedException extends IOException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param client the client's name
	 * @param state what the client is doing
	 */
	public ClientClosedException(String client, ClientState state) {
		super("Client '" + client + "' is " + state + ": nothing can be sent");
	}

}
