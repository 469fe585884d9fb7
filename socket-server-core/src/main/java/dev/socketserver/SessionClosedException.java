package dev.socketserver;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/**
 * Something was to be sent or received on a session that is closed or closing, or was
 * waiting for that when the connection was lost.
 */
public class SessionClosedException extends IOException {

	private static final long serialVersionUID = 1L;

	private final transient @Nullable CloseStatus status;

	/**
	 * Creates the exception.
	 * @param session the session's id
	 * @param status how the session ended, or {@code null} if it is only ending
	 * @param cause what made sending fail, or {@code null} if it is only that the session
	 * is closed
	 */
	public SessionClosedException(String session, @Nullable CloseStatus status, @Nullable Throwable cause) {
		super("Session " + session + " is closed" + ((status != null) ? " (" + status.reason() + ")" : ""), cause);
		this.status = status;
	}

	/**
	 * Returns how the session ended.
	 * @return the status, or {@code null} if the session has only begun to close
	 */
	public @Nullable CloseStatus status() {
		return this.status;
	}

}
