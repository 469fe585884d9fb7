package dev.socketserver.bridge;

import dev.socketserver.spi.PeerFault;
import org.jspecify.annotations.Nullable;

/**
 * A message can never be stored, as it is. It is not stored again, and messages behind it
 * are not held back. The handler of the session is notified of this exception; if it does
 * not deal with it, the session closes, with a warning in the log.
 */
public class MessageRejectedException extends RuntimeException implements PeerFault {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates an exception.
	 * @param message why, without the payload
	 */
	public MessageRejectedException(String message) {
		super(message);
	}

	/**
	 * Creates an exception with a cause.
	 * @param message why, without the payload
	 * @param cause what the store has said
	 */
	public MessageRejectedException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
