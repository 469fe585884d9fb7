package dev.socketserver.address;

/**
 * An option was asked for that the transport or the machine lacks.
 */
public final class UnsupportedOptionException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	private final String option;

	private final String problem;

	/**
	 * Creates the exception.
	 * @param option the option's name, as users write it in properties
	 * @param problem why it cannot be had, and what to do, a phrase without a subject
	 */
	public UnsupportedOptionException(String option, String problem) {
		super(option + " " + problem);
		this.option = option;
		this.problem = problem;
	}

	/**
	 * Returns the option's name.
	 * @return the key of a server or client, such as {@code options.user-timeout}
	 */
	public String option() {
		return this.option;
	}

	/**
	 * Returns why it cannot be had, and what to do.
	 * @return a phrase without a subject
	 */
	public String problem() {
		return this.problem;
	}

}
