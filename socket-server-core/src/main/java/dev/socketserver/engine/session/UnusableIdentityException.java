package dev.socketserver.engine.session;

import dev.socketserver.spi.IdText;
import dev.socketserver.spi.PeerFault;
import org.jspecify.annotations.Nullable;

/**
 * A session cannot have an identity or a principal, because others may seem to be the
 * same.
 */
final class UnusableIdentityException extends IllegalArgumentException implements PeerFault {

	private static final long serialVersionUID = 1L;

	private UnusableIdentityException(String message) {
		super(message);
	}

	/**
	 * Checks a text.
	 * @param what what it is, for the beginning of a sentence
	 * @param text the text
	 * @param session whose it is to be; if it has yet to log in, that has failed
	 * @throws UnusableIdentityException if it cannot be used
	 */
	static void check(String what, @Nullable String text, Session session) {
		String problem = (text != null) ? IdText.problem(text) : null;
		if (problem != null) {
			String message = what + " must not have " + problem;
			session.loginFailed(message);
			throw new UnusableIdentityException(message);
		}
	}

}
