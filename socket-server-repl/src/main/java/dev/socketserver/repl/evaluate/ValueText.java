package dev.socketserver.repl.evaluate;

import java.lang.reflect.Array;
import java.util.Collection;
import java.util.Map;

import dev.socketserver.engine.log.LogText;
import org.jspecify.annotations.Nullable;

/**
 * Formats values, failures and what peers typed for people: limited in length, and
 * without control characters, which could take over the terminal or forge a line of a
 * log.
 */
public final class ValueText {

	/** The longest text of a value, in characters. */
	public static final int MAX = 64 * 1024;

	private static final int MAX_DEPTH = 8;

	private final StringBuilder text = new StringBuilder();

	private ValueText() {
	}

	/**
	 * Formats a value.
	 * @param value the value
	 * @return its text, in which collections and arrays show their elements
	 */
	public static String of(@Nullable Object value) {
		ValueText text = new ValueText();
		text.append(value, 0);
		return escaped(truncate(text.text.toString()), true);
	}

	/**
	 * Formats a failure.
	 * @param failure the failure
	 * @param nameless whether its message says enough without the name of its class
	 * @return one line or several
	 */
	public static String of(Throwable failure, boolean nameless) {
		String message;
		try {
			message = failure.getMessage();
		}
		catch (RuntimeException | Error ex) {
			// The class of the exception may be anybody's.
			message = null;
		}
		String name = failure.getClass().getName();
		String text = (message == null) ? name : (nameless ? message : name + ": " + message);
		return escaped(truncate(text), true);
	}

	/**
	 * Formats what a peer typed, for one line of a log.
	 * @param typed what it typed
	 * @return the text
	 */
	public static String logged(String typed) {
		return escaped(typed, false);
	}

	private void append(@Nullable Object value, int depth) {
		if (this.text.length() > MAX || depth > MAX_DEPTH) {
			this.text.append("...");
		}
		else if (value instanceof Map<?, ?> map) {
			this.text.append('{');
			int start = this.text.length();
			for (Map.Entry<?, ?> entry : map.entrySet()) {
				if (full(start)) {
					break;
				}
				append(entry.getKey(), depth + 1);
				this.text.append('=');
				append(entry.getValue(), depth + 1);
			}
			this.text.append('}');
		}
		else if (value instanceof Collection<?> collection) {
			this.text.append('[');
			int start = this.text.length();
			for (Object element : collection) {
				if (full(start)) {
					break;
				}
				append(element, depth + 1);
			}
			this.text.append(']');
		}
		else if (value != null && value.getClass().isArray()) {
			this.text.append('[');
			int start = this.text.length();
			for (int i = 0; i < Array.getLength(value) && !full(start); i++) {
				append(Array.get(value, i), depth + 1);
			}
			this.text.append(']');
		}
		else {
			String plain = String.valueOf(value);
			this.text.append(plain, 0, Math.min(plain.length(), MAX + 1));
		}
	}

	/**
	 * Appends what separates elements. Returns whether there is no room for another one.
	 */
	private boolean full(int start) {
		if (this.text.length() > start) {
			this.text.append(", ");
		}
		boolean full = this.text.length() > MAX;
		if (full) {
			this.text.append("...");
		}
		return full;
	}

	private static String truncate(String text) {
		return (text.length() > MAX) ? text.substring(0, MAX) + "... (cut)" : text;
	}

	private static String escaped(String text, boolean lines) {
		StringBuilder escaped = new StringBuilder(text.length() + 16);
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (!LogText.isHidden(LogText.codePoint(text, i)) || (lines && (c == '\n' || c == '\t'))) {
				escaped.append(c);
				continue;
			}
			switch (c) {
				case '\n' -> escaped.append("\\n");
				case '\r' -> escaped.append("\\r");
				case '\t' -> escaped.append("\\t");
				default -> escaped.append("\\u%04x".formatted((int) c));
			}
		}
		return escaped.toString();
	}

}
