package dev.socketserver.handler;

/**
 * A method of a handler takes an identity of a type of which the session has none.
 */
public class IdentityMissingException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String type;

	/**
	 * Creates an exception.
	 * @param type the type of the identity
	 */
	public IdentityMissingException(String type) {
		super("The session is not bound to an identity of type '%s'".formatted(type));
		this.type = type;
	}

	/**
	 * Returns the type of the identity.
	 * @return the type
	 */
	public String type() {
		return this.type;
	}

}
