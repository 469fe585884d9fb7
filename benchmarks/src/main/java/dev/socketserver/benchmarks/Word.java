package dev.socketserver.benchmarks;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Something that is chosen by a word on the command line, of the benchmarks or of the
 * processes that they start.
 */
interface Word {

	/**
	 * Returns the word.
	 * @return the word, unique among the things of this kind
	 */
	String id();

	/**
	 * Returns what a word stands for.
	 * @param kind the name of this kind of thing, for messages
	 * @param id the word
	 * @param all all things of that kind
	 * @param <W> their type
	 * @return the thing with that word
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
