package dev.socketserver.autoconfigure;

import org.jspecify.annotations.Nullable;

/**
 * A property under {@code socket.} is missing, or has a value that it cannot have. No
 * server has been started then, except when it is the machine that lacks what a client
 * asks for, such as its transport.
 */
public final class InvalidSocketPropertyException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String property;

	private final @Nullable String value;

	private final String problem;

	private final String remedy;

	InvalidSocketPropertyException(String property, @Nullable Object value, String problem, String remedy) {
		this(property, value, problem, remedy, null);
	}

	InvalidSocketPropertyException(String property, @Nullable Object value, String problem, String remedy,
			@Nullable Throwable cause) {
		super(describe(property, value, problem) + ". " + remedy + ".", cause);
		this.property = property;
		this.value = (value != null) ? Written.of(value) : null;
		this.problem = problem;
		this.remedy = remedy;
	}

	/**
	 * Returns the same exception with an alternative at the end of its remedy; empty for
	 * none.
	 */
	InvalidSocketPropertyException or(String alternative) {
		return alternative.isEmpty() ? this : new InvalidSocketPropertyException(this.property, this.value,
				this.problem, this.remedy + alternative, this);
	}

	private static String describe(String property, @Nullable Object value, String problem) {
		return "Property %s is %s: %s".formatted(property, (value != null) ? "'" + Written.of(value) + "'" : "not set",
				problem);
	}

	/**
	 * Returns the property's full name.
	 * @return the name
	 */
	public String property() {
		return this.property;
	}

	/**
	 * Returns the value as it was given.
	 * @return the value, or {@code null} if the property is not set
	 */
	public @Nullable String value() {
		return this.value;
	}

	/**
	 * Returns what is wrong.
	 * @return a sentence that names property and value
	 */
	public String description() {
		return describe(this.property, this.value, this.problem) + ".";
	}

	/**
	 * Returns what to do about it.
	 * @return an imperative sentence
	 */
	public String remedy() {
		return this.remedy + ".";
	}

}
