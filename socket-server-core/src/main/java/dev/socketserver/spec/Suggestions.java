package dev.socketserver.spec;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Finds the known words that somebody may have meant.
 */
public final class Suggestions {

	private static final int MOST = 3;

	/** How many words are listed if none of them is near. */
	private static final int MOST_OF_ALL = 10;

	private static final int SHORTEST_PART = 3;

	private Suggestions() {
	}

	/**
	 * Returns the known words that are the fewest edits away.
	 * @param word what was written
	 * @param known the words that could have been written
	 * @return at most three, the nearest first
	 */
	public static List<String> to(String word, Collection<String> known) {
		// There may be hundreds, so that each is measured once.
		Map<String, Integer> distances = new HashMap<>();
		known.forEach((candidate) -> distances.computeIfAbsent(candidate, (each) -> distance(word, each)));
		return distances.entrySet()
			.stream()
			.sorted(Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
			.map(Map.Entry::getKey)
			.limit(MOST)
			.toList();
	}

	/**
	 * Returns the words that somebody may have meant as part of a sentence, or else all
	 * of them, or the first of many.
	 * @param word what was written
	 * @param known the words that could have been written
	 * @param none what to return if there are no known words
	 * @return the words, quoted
	 */
	public static String sentence(String word, Collection<String> known, String none) {
		List<String> near = to(word, known.stream().filter((candidate) -> isNear(word, candidate)).toList());
		if (!near.isEmpty()) {
			return "nearest: " + quoted(near);
		}
		List<String> all = known.stream().distinct().sorted().toList();
		if (all.isEmpty()) {
			return none;
		}
		int more = all.size() - MOST_OF_ALL;
		return "there " + ((all.size() > 1) ? "are " : "is ")
				+ ((more > 0) ? quoted(all.subList(0, MOST_OF_ALL)) + " and " + more + " more" : quoted(all));
	}

	private static String quoted(List<String> words) {
		return words.stream().map((word) -> "'" + word + "'").collect(Collectors.joining(", "));
	}

	/**
	 * Whether somebody may have meant a word: at most a third of the letters differ, or
	 * one of the two begins or ends with the other.
	 * @param word what was written
	 * @param known what could have been written
	 */
	private static boolean isNear(String word, String known) {
		return distance(word, known) <= Math.max(word.length(), known.length()) / 3 || isPart(word, known)
				|| isPart(known, word);
	}

	/**
	 * Whether a word that is the nearest is near at all: half of the letters are the
	 * same, or one of the two begins or ends with the other.
	 * @param word what was written
	 * @param known what could have been written
	 * @return whether it may have been meant
	 */
	public static boolean isSimilar(String word, String known) {
		return 2 * distance(word, known) <= Math.max(word.length(), known.length()) || isPart(word, known)
				|| isPart(known, word);
	}

	private static boolean isPart(String part, String whole) {
		String lower = part.toLowerCase(Locale.ROOT);
		return part.length() >= SHORTEST_PART
				&& (whole.toLowerCase(Locale.ROOT).startsWith(lower) || whole.toLowerCase(Locale.ROOT).endsWith(lower));
	}

	/**
	 * Computes the Levenshtein distance, row by row. Two letters in the wrong order are
	 * one edit.
	 */
	private static int distance(String from, String to) {
		int[] before = new int[to.length() + 1];
		int[] last = new int[to.length() + 1];
		for (int j = 0; j <= to.length(); j++) {
			last[j] = j;
		}
		for (int i = 1; i <= from.length(); i++) {
			int[] row = new int[to.length() + 1];
			row[0] = i;
			for (int j = 1; j <= to.length(); j++) {
				int substitution = last[j - 1] + (same(from.charAt(i - 1), to.charAt(j - 1)) ? 0 : 1);
				row[j] = Math.min(substitution, 1 + Math.min(last[j], row[j - 1]));
				if (i > 1 && j > 1 && same(from.charAt(i - 1), to.charAt(j - 2))
						&& same(from.charAt(i - 2), to.charAt(j - 1))) {
					row[j] = Math.min(row[j], 1 + before[j - 2]);
				}
			}
			before = last;
			last = row;
		}
		return last[to.length()];
	}

	/**
	 * Ignores case: whoever writes MLLP means mllp, and no other word that is as short.
	 */
	private static boolean same(char from, char to) {
		return Character.toLowerCase(from) == Character.toLowerCase(to);
	}

}
