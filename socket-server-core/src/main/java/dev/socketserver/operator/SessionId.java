package dev.socketserver.operator;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The id of a session, in its two parts. As text it is {@code <server>-<number>}, where
 * the name of the server may contain dashes, too.
 *
 * @param server the name of the session's server
 * @param number the number of the session, counted from 1 for each server
 */
public record SessionId(String server, long number) {

	/** A number with more digits might not fit a {@code long}. */
	private static final int MAX_DIGITS = 18;

	/**
	 * Checks the parts.
	 * @throws IllegalArgumentException if the name is empty or the number is less than 1
	 */
	public SessionId {
		Objects.requireNonNull(server, "server");
		if (server.isEmpty() || number < 1) {
			throw new IllegalArgumentException("'" + server + "-" + number + "' is not the id of a session");
		}
	}

	/**
	 * Parses an id, which must be written exactly as the engine writes it, so that no
	 * session can be named in two ways.
	 * @param text the text
	 * @return the id, or {@code null} if the text cannot be the id of a session
	 */
	public static @Nullable SessionId parse(String text) {
		int dash = text.lastIndexOf('-');
		int digits = text.length() - dash - 1;
		if (dash < 1 || digits < 1 || digits > MAX_DIGITS || text.charAt(dash + 1) == '0') {
			return null;
		}
		long number = 0;
		for (int i = dash + 1; i < text.length(); i++) {
			char digit = text.charAt(i);
			if (digit < '0' || digit > '9') {
				return null;
			}
			number = number * 10 + (digit - '0');
		}
		return new SessionId(text.substring(0, dash), number);
	}

	/**
	 * Returns the id as it is written everywhere.
	 * @return the text
	 */
	@Override
	public String toString() {
		return this.server + "-" + this.number;
	}

}
