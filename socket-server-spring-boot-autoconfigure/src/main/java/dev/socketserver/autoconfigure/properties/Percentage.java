package dev.socketserver.autoconfigure.properties;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonValue;

/**
 * A share of something, such as {@code 80%}; the sign may be absent.
 */
public final class Percentage {

	private static final Pattern FORM = Pattern.compile("(\\d{1,9})\\s*%?");

	private final int value;

	private Percentage(int value) {
		this.value = value;
	}

	/**
	 * Reads a percentage. Called when properties are bound.
	 * @param text the text
	 * @return the percentage
	 * @throws IllegalArgumentException if the text is no percentage
	 */
	public static Percentage of(String text) {
		Matcher matcher = FORM.matcher(text.trim());
		if (!matcher.matches()) {
			throw new IllegalArgumentException("'" + text + "' is not a percentage such as 80%");
		}
		return new Percentage(Integer.parseInt(matcher.group(1)));
	}

	/**
	 * Takes a number, which is what YAML makes of a percentage without the sign. Called
	 * when properties are bound.
	 * @param number how many of a hundred
	 * @return the percentage
	 */
	public static Percentage of(Integer number) {
		return new Percentage(number);
	}

	/**
	 * Returns the number.
	 * @return how many of a hundred
	 */
	public int value() {
		return this.value;
	}

	@Override
	@JsonValue // for the endpoint configprops
	public String toString() {
		return this.value + "%";
	}

}
