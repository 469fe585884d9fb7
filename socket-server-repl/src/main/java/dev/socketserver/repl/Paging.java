package dev.socketserver.repl;

import java.util.Map;

import dev.socketserver.operation.WholeNumber;

/** How commands show one page of a long list. */
final class Paging {

	private Paging() {
	}

	/** Returns a number among parameters, or another if it is not given. */
	static int number(Map<String, String> parameters, WholeNumber number, int unset) {
		String text = parameters.get(number.parameter());
		return (text != null) ? number.parse(text) : unset;
	}

	/** Says that not all are shown, and how to see others. */
	static String more(long shown, long total) {
		return shown + " of " + total + "; page= and after= show others";
	}

}
