package dev.socketserver.spec;

import org.jspecify.annotations.Nullable;

/**
 * A component of a specification has a value it cannot have.
 */
public final class InvalidSpecException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	private final String component;

	private final String rule;

	/**
	 * Creates the exception.
	 * @param component the component's name
	 * @param value its value
	 * @param rule the rule that it breaks, a phrase without a subject
	 */
	public InvalidSpecException(String component, @Nullable Object value, String rule) {
		super(component + " is " + value + ", but " + rule);
		this.component = component;
		this.rule = rule;
	}

	/**
	 * Throws unless a component is valid.
	 * @param valid whether it is
	 * @param component the component's name
	 * @param value its value
	 * @param rule the rule that it would break, a phrase without a subject
	 * @throws InvalidSpecException if the component is not valid
	 */
	public static void check(boolean valid, String component, @Nullable Object value, String rule) {
		if (!valid) {
			throw new InvalidSpecException(component, value, rule);
		}
	}

	/**
	 * Returns the component's name.
	 * @return the name, as in the specification; after a dot, as in the record that
	 * groups it
	 */
	public String component() {
		return this.component;
	}

	/**
	 * Returns the rule that the value breaks.
	 * @return the rule, a phrase without a subject
	 */
	public String rule() {
		return this.rule;
	}

}
