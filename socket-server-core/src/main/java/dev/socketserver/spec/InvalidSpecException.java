package dev.socketserver.spec;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * A component of a specification has a value it cannot have.
 */
public final class InvalidSpecException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	private static final Duration SHORTEST = Duration.ofMillis(1);

	private static final Duration LONGEST = Duration.ofDays(365);

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

	private InvalidSpecException(String whole, InvalidSpecException of) {
		super(whole + "." + of.getMessage(), of);
		this.component = whole + "." + of.component;
		this.rule = of.rule;
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
	 * Throws unless a number is positive.
	 * @param component the component's name
	 * @param value the number
	 * @throws InvalidSpecException if it is zero or negative
	 */
	public static void checkPositive(String component, int value) {
		check(value > 0, component, value, "must be positive");
	}

	/**
	 * Throws unless a time can be waited for.
	 * @param component the component's name
	 * @param value the time
	 * @throws InvalidSpecException if it is shorter than a millisecond or longer than a
	 * year
	 */
	public static void checkTime(String component, Duration value) {
		check(value.compareTo(SHORTEST) >= 0 && value.compareTo(LONGEST) <= 0, component, value,
				"must be between a millisecond and a year");
	}

	/**
	 * Returns the same of a part of something larger.
	 * @param whole the component that has the part; empty if it is none
	 * @return the exception, which names the whole and the part
	 */
	public InvalidSpecException within(String whole) {
		return whole.isEmpty() ? this : new InvalidSpecException(whole, this);
	}

	/**
	 * Returns the component's name.
	 * @return the name of the property, in camel case, with the block that it is in:
	 * <code>limits.acceptRate</code>
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
