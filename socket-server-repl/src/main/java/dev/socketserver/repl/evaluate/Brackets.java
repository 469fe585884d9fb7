package dev.socketserver.repl.evaluate;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Splits SpEL into expressions: a semicolon ends one if no bracket and no quote is open.
 * While one is open, the input goes on.
 */
final class Brackets {

	private Brackets() {
	}

	/**
	 * Splits input into expressions.
	 * @param input the input
	 * @return the expressions, without empty ones, or {@code null} if a bracket or quote
	 * is open
	 */
	static @Nullable List<String> expressions(String input) {
		List<String> expressions = new ArrayList<>();
		int open = 0;
		int start = 0;
		// A quote within a text is written twice, which closes and opens it again.
		char quote = 0;
		for (int i = 0; i < input.length(); i++) {
			char c = input.charAt(i);
			if (quote != 0) {
				quote = (c == quote) ? 0 : quote;
				continue;
			}
			switch (c) {
				case '\'', '"' -> quote = c;
				case '(', '[', '{' -> open++;
				case ')', ']', '}' -> open = Math.max(0, open - 1);
				case ';' -> {
					if (open == 0) {
						add(expressions, input.substring(start, i));
						start = i + 1;
					}
				}
				default -> {
					// Part of an expression.
				}
			}
		}
		if (open > 0 || quote != 0) {
			return null;
		}
		add(expressions, input.substring(start));
		return expressions;
	}

	private static void add(List<String> expressions, String expression) {
		if (!expression.isBlank()) {
			expressions.add(expression.strip());
		}
	}

}
