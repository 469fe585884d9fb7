package dev.socketserver.engine.requests;

/**
 * Another request with the same key still waits for its reply. Nothing was sent: it can
 * be asked again when that one is over.
 */
public final class KeyInUseException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 */
	KeyInUseException() {
		super("Another request with the same key still waits for its reply");
	}

}
