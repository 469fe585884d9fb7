package dev.socketserver.client;

import java.io.IOException;

/**
 * A payload could not be sent, because the client was stopped or closed, before
 * {@code send} or {@code ask} was called or before the payload had left.
 */
public class ClientClosedException extends IOException {

	private static final long serialVersionUID = 1L;

	private final boolean sent;

	/**
	 * Creates the exception for a payload of which nothing was sent.
	 * @param client the client's name
	 * @param state what the client is doing
	 */
	public ClientClosedException(String client, ClientState state) {
		this(client, state, false);
	}

	/**
	 * Creates the exception.
	 * @param client the client's name
	 * @param state what the client is doing
	 * @param mayHaveBeenSent whether some or all of the payload may have been sent
	 */
	public ClientClosedException(String client, ClientState state, boolean mayHaveBeenSent) {
		super("Client '" + client + "' is " + state + ": " + (mayHaveBeenSent
				? "some or all of the payload may have been sent, and it is not sent again" : "nothing can be sent"));
		this.sent = mayHaveBeenSent;
	}

	/**
	 * Whether some or all of the payload may have been sent. If not, no connection was
	 * ever given it, so the server cannot have seen it, and it is safe to send it again.
	 * @return {@code false} if certainly nothing was sent
	 */
	public boolean mayHaveBeenSent() {
		return this.sent;
	}

}
