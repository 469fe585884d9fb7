package dev.socketserver.autoconfigure.port;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import org.springframework.core.env.Environment;

/**
 * Placeholders of ports of this application, such as {@code ${local.socket.orders.port}}.
 * They are asked for when a client connects, since a server may listen on another port by
 * then.
 */
public final class LocalPlaceholders {

	private static final Pattern LOCAL = Pattern.compile("\\$\\{(local\\.socket\\.[^.{}:]+\\.port)}");

	/** Stands for a placeholder while others are replaced: no property has it. */
	private static final char MARK = '\0';

	private final Environment environment;

	/**
	 * Creates the object.
	 * @param environment has the values of all other placeholders
	 */
	public LocalPlaceholders(Environment environment) {
		this.environment = environment;
	}

	/**
	 * Returns a text with the values of all other placeholders.
	 * @param text the text
	 */
	public String resolveOthers(String text) {
		if (!text.contains("${")) {
			return text;
		}
		List<String> local = new ArrayList<>();
		String marked = LOCAL.matcher(text).replaceAll((placeholder) -> {
			local.add(placeholder.group());
			return MARK + String.valueOf(local.size() - 1) + MARK;
		});
		String resolved = this.environment.resolvePlaceholders(marked);
		for (int i = 0; i < local.size(); i++) {
			resolved = resolved.replace(MARK + String.valueOf(i) + MARK, local.get(i));
		}
		return resolved;
	}

	/**
	 * Whether there is one.
	 * @param text the text
	 */
	public static boolean areIn(String text) {
		return LOCAL.matcher(text).find();
	}

	/**
	 * Returns a text with the names of properties in their place, which mean the same.
	 * @param text the text
	 */
	public static String named(String text) {
		return LOCAL.matcher(text).replaceAll("$1");
	}

}
