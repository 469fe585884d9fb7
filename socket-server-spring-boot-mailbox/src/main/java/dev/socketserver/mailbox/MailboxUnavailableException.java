package dev.socketserver.mailbox;

import org.jspecify.annotations.Nullable;

/**
 * The store of the mailbox cannot be used, or has not answered. A letter whose
 * {@code post} fails with it is not stored, as far as can be known: posting it again with
 * the same key is safe.
 */
public final class MailboxUnavailableException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates an exception.
	 * @param message what could not be done
	 * @param cause why, or {@code null}
	 */
	public MailboxUnavailableException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
