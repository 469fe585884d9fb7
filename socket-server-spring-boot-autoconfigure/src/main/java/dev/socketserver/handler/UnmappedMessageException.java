package dev.socketserver.handler;

import org.jspecify.annotations.Nullable;

/**
 * No method of a handler is for a message. Passed to
 * {@link dev.socketserver.annotation.OnError @OnError} with the property
 * {@code on-unmapped} set to {@code error}, its default; a session whose handler does not
 * deal with it closes with {@link dev.socketserver.CloseReason#PROTOCOL_ERROR}. The
 * message of the exception does not have the key, which the peer has chosen.
 */
public class UnmappedMessageException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final @Nullable String key;

	/**
	 * Creates an exception.
	 * @param key the key of the message, {@code null} if it has none
	 */
	public UnmappedMessageException(@Nullable String key) {
		super((key != null) ? "No method is for the key of the message" : "The message has no key");
		this.key = key;
	}

	/**
	 * Returns the key of the message.
	 * @return the key, {@code null} if it has none
	 */
	public @Nullable String key() {
		return this.key;
	}

}
