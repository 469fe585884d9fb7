package dev.socketserver.client;

import java.io.IOException;

/**
 * A connection was made, and has ended, or was closed, before it was {@link Ready ready}:
 * it has taken nothing of what was sent with the client.
 */
public class NotReadyException extends IOException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message why it was not ready
	 */
	public NotReadyException(String message) {
		super(message);
	}

}
