package dev.socketserver.netty.transport;

/**
 * An option was asked for that the transport or the machine lacks.
 */
public final class UnsupportedOptionException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param option the option's name, as users write it
	 * @param problem why it cannot be had, and what to do, a phrase without a subject
	 */
	public UnsupportedOptionException(String option, String problem) {
		super(option + " " + problem);
	}

}
