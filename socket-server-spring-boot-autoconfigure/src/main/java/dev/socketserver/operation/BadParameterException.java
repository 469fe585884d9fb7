package dev.socketserver.operation;

import java.util.Collection;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * A request of an operator has a parameter that makes no sense: 400 over HTTP.
 */
public class BadParameterException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	/** How much of a wrong value a message repeats, in characters. */
	private static final int SHOWN = 60;

	private static final Pattern CONTROLS = Pattern.compile("\\p{Cntrl}", Pattern.UNICODE_CHARACTER_CLASS);

	private final String reason;

	/**
	 * Creates the exception.
	 * @param message what is wrong, for people, in one line: control characters become
	 * {@code ?}
	 * @param reason the same without any value
	 */
	public BadParameterException(String message, String reason) {
		this(message, reason, null);
	}

	/**
	 * Creates the exception.
	 * @param message what is wrong, for people, in one line: control characters become
	 * {@code ?}
	 * @param reason the same without any value
	 * @param cause what has failed, or {@code null}
	 */
	public BadParameterException(String message, String reason, @Nullable Throwable cause) {
		super(withoutControls(message), cause);
		this.reason = reason;
	}

	/**
	 * Creates the exception for a parameter with a wrong value.
	 * @param parameter the name of the parameter
	 * @param value its value, of which the message repeats the first 60 characters
	 * @param rule what it must be, such as {@code true or false}
	 * @param reason what is wrong, without the value
	 * @return the exception
	 */
	public static BadParameterException value(String parameter, String value, String rule, String reason) {
		return new BadParameterException(parameter + " is " + quoted(value) + ", but must be " + rule, reason);
	}

	/**
	 * Creates the exception for a parameter that there is not.
	 * @param parameter its name, of which the message repeats the first 60 characters
	 * @param known the names of those that there are
	 * @return the exception
	 */
	public static BadParameterException unknown(String parameter, Collection<String> known) {
		return new BadParameterException("Unknown parameter " + quoted(parameter) + ": use " + String.join(", ", known),
				"Unknown parameter");
	}

	/** A value may have any character; a message is one line. */
	private static String withoutControls(String message) {
		return CONTROLS.matcher(message).replaceAll("?");
	}

	static String quoted(String value) {
		return "'" + StringUtils.truncate(value, SHOWN) + "'";
	}

	/**
	 * Returns what is wrong, without any value.
	 * @return a phrase
	 */
	public String reason() {
		return this.reason;
	}

}
