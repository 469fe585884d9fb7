package dev.socketserver.engine.session;

import dev.socketserver.spi.PeerFault;

/**
 * A session cannot have an identity or a principal, because others may seem to be the
 * same.
 */
final class UnusableIdentityException extends IllegalArgumentException implements PeerFault {

	private static final long serialVersionUID = 1L;

	private UnusableIdentityException(String message) {
		super(message);
	}

	/** Not declared as what it is, which a start would load then. */
	static IllegalArgumentException of(String message) {
		return new UnusableIdentityException(message);
	}

}
