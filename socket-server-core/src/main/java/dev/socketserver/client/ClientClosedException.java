package dev.socketserver.client;

import java.io.IOException;

/**
 * Something was to be sent with a client that is stopped or closed, or that was before it
 * could be sent.
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
