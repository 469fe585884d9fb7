package dev.socketserver.autoconfigure.properties;

import org.jspecify.annotations.Nullable;

/**
 * A property under {@code socket.} is missing, or has a value that it cannot have; or the
 * bean that it chooses, or that is chosen if it is missing, cannot be what it should. No
 * server has been started then, except when it is the machine that lacks what a client
 * asks for, such as its transport.
 */
public final class InvalidSocketPropertyException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String property;

	private final @Nullable String value;

	private final String fact;

	private final String remedy;

	/**
	 * Creates an exception for a value that is missing or wrong.
	 * @param property the property's full name
	 * @param value its value, or {@code null} if it is not set
	 * @param problem what is wrong, the end of a sentence without a full stop
	 * @param remedy what to do about it, an imperative sentence without a full stop
	 */
	public InvalidSocketPropertyException(String property, @Nullable Object value, String problem, String remedy) {
		this(property, value, problem, remedy, null);
	}

	public InvalidSocketPropertyException(String property, @Nullable Object value, String problem, String remedy,
			@Nullable Throwable cause) {
		this(property, (value != null) ? Written.of(value) : null, cause, describe(property, value, problem), remedy);
	}

	private InvalidSocketPropertyException(String property, @Nullable String value, @Nullable Throwable cause,
			String fact, String remedy) {
		super(fact + ". " + remedy + ".", cause);
		this.property = property;
		this.value = value;
		this.fact = fact;
		this.remedy = remedy;
	}

	/**
	 * Creates an exception for a property that is right itself, but chooses something
	 * that is wrong.
	 * @param property the property's full name
	 * @param value its value, or {@code null} if it is not set
	 * @param fact what is wrong, a sentence without a full stop
	 * @param remedy what to do about it
	 * @param cause what was thrown before
	 */
	public static InvalidSocketPropertyException elsewhere(String property, @Nullable String value, String fact,
			String remedy, Throwable cause) {
		return new InvalidSocketPropertyException(property, value, cause, fact, remedy);
	}

	/**
	 * Returns the same exception with an alternative at the end of its remedy; empty for
	 * none.
	 */
	public InvalidSocketPropertyException or(String alternative) {
		return alternative.isEmpty() ? this : new InvalidSocketPropertyException(this.property, this.value, this,
				this.fact, this.remedy + alternative);
	}

	private static String describe(String property, @Nullable Object value, String problem) {
		return "Property %s is %s: %s".formatted(property, (value != null) ? shown(Written.of(value)) : "not set",
				problem);
	}

	private static String shown(String value) {
		return value.isEmpty() ? "empty" : "'" + value + "'";
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
	 * @return a sentence that names property and value, or else what the property chooses
	 */
	public String description() {
		return this.fact + ".";
	}

	/**
	 * Returns what to do about it.
	 * @return an imperative sentence
	 */
	public String remedy() {
		return this.remedy + ".";
	}

}
