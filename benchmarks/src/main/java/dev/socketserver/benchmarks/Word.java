package dev.socketserver.benchmarks;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Something that is chosen by a word: on the command line, and of the processes that are
 * started.
 */
interface Word {

	/**
	 * Returns the word.
	 * @return the word, which no other of its kind has
	 */
	String id();

	/**
	 * Finds what a word stands for.
	 * @param kind what kind of thing that is, for messages
	 * @param id the word
	 * @param all all of that kind
	 * @param <W> their type
	 * @return the one of that word
	 * @throws BenchmarkException if there is none
	 */
	static <W extends Word> W find(String kind, String id, W[] all) {
		return Arrays.stream(all)
			.filter((one) -> one.id().equals(id))
			.findFirst()
			.orElseThrow(() -> new BenchmarkException("There is no " + kind + " '" + id + "', but "
					+ Arrays.stream(all).map(Word::id).collect(Collectors.joining(", "))));
	}

}
