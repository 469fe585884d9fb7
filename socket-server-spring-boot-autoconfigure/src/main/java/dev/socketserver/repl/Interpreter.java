package dev.socketserver.repl;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A language, with the variables of one session. Used by one thread at a time.
 */
interface Interpreter extends AutoCloseable {

	/** Of what has no value, which is not the same as {@code null}. */
	Object NOTHING = new Object();

	/**
	 * Cuts input into what is evaluated one after the other.
	 * @param input one line or several
	 * @return the parts, or {@code null} if the input has not come to its end
	 */
	@Nullable List<String> parts(String input);

	/**
	 * Evaluates a part on the calling thread, and remembers the result.
	 * @param part the part
	 * @return the value, or {@link #NOTHING}
	 * @throws Throwable whatever the code throws, or the language finds wrong with it
	 */
	@Nullable Object evaluate(String part) throws Throwable;

	/**
	 * Remembers a failure.
	 * @param failure what {@link #evaluate} threw
	 * @return the failure as its user knows it
	 */
	Failure failed(Throwable failure);

	/**
	 * Returns the variables.
	 * @return their values by their names as one writes them
	 */
	Map<String, @Nullable Object> variables();

	/**
	 * Completes a name.
	 * @param input something typed that ends in the middle of a name
	 * @return what it may become
	 */
	List<String> completions(String input);

	/** Lets go of everything; done again, it does nothing. */
	@Override
	void close();

	/**
	 * Why an evaluation failed.
	 *
	 * @param cause what the code threw
	 * @param text what its user is told
	 */
	record Failure(Throwable cause, String text) {

	}

}
