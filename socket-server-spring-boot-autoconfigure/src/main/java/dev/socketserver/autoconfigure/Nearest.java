package dev.socketserver.autoconfigure;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Finds the known words that somebody may have meant.
 */
final class Nearest {

	private static final int MOST = 3;

	private Nearest() {
	}

	/**
	 * Returns the known words that are the fewest edits away.
	 * @param word what was written
	 * @param known the words that could have been written
	 * @return at most three, the nearest first
	 */
	static List<String> to(String word, Collection<String> known) {
		return known.stream()
			.distinct()
			.sorted(Comparator.comparingInt((String candidate) -> distance(word, candidate))
				.thenComparing(Comparator.naturalOrder()))
			.limit(MOST)
			.toList();
	}

	/**
	 * Returns the nearest words as part of a sentence.
	 * @param word what was written
	 * @param known the words that could have been written
	 * @param none what to return if there are no known words
	 * @return the words, quoted
	 */
	static String sentence(String word, Collection<String> known, String none) {
		return known.isEmpty() ? none : "nearest: "
				+ to(word, known).stream().map((candidate) -> "'" + candidate + "'").collect(Collectors.joining(", "));
	}

	/**
	 * Whether somebody may have meant a word: at most a third of the letters differ.
	 * @param word what was written
	 * @param known what could have been written
	 */
	static boolean isNear(String word, String known) {
		return distance(word, known) <= Math.max(word.length(), known.length()) / 3;
	}

	/** Computes the Levenshtein distance, row by row. */
	private static int distance(String from, String to) {
		int[] row = new int[to.length() + 1];
		for (int j = 0; j <= to.length(); j++) {
			row[j] = j;
		}
		for (int i = 1; i <= from.length(); i++) {
			int diagonal = row[0];
			row[0] = i;
			for (int j = 1; j <= to.length(); j++) {
				int substitution = diagonal + (same(from.charAt(i - 1), to.charAt(j - 1)) ? 0 : 1);
				diagonal = row[j];
				row[j] = Math.min(substitution, 1 + Math.min(row[j], row[j - 1]));
			}
		}
		return row[to.length()];
	}

	/**
	 * Ignores case: whoever writes MLLP means mllp, and no other word that is as short.
	 */
	private static boolean same(char from, char to) {
		return Character.toLowerCase(from) == Character.toLowerCase(to);
	}

}
