package dev.socketserver.repl.evaluate;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Evaluates a language, with the variables of one session. Used by one thread at a time.
 */
public interface Interpreter extends AutoCloseable {

	/** The longest input, over all its lines, in characters. */
	int MAX_INPUT = 64 * 1024;

	/** The value of what has none, which is not the same as {@code null}. */
	Object NOTHING = new Object();

	/**
	 * Splits input into parts, which are evaluated one after the other.
	 * @param input one line or several
	 * @return the parts, or {@code null} if the input goes on
	 */
	@Nullable List<String> parts(String input);

	/**
	 * Evaluates a part on the calling thread, and remembers the result.
	 * @param part the part
	 * @return the value, or {@link #NOTHING}
	 * @throws Throwable what the code throws, or what is wrong with it
	 */
	@Nullable Object evaluate(String part) throws Throwable;

	/**
	 * Remembers a failure.
	 * @param failure what {@link #evaluate} threw
	 * @return the failure as the user is to see it
	 */
	Failure failed(Throwable failure);

	/**
	 * Returns the variables.
	 * @return their values by their names, as they are written in the language
	 */
	Map<String, @Nullable Object> variables();

	/**
	 * Completes a name.
	 * @param input text that ends in the middle of a name
	 * @return what the name may become
	 */
	List<String> completions(String input);

	/** Frees everything this holds. A second call does nothing. */
	@Override
	void close();

	/**
	 * Why an evaluation failed.
	 *
	 * @param cause what the code threw
	 * @param text what the user reads
	 */
	record Failure(Throwable cause, String text) {

	}

}
