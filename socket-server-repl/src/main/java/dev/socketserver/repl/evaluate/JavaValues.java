package dev.socketserver.repl.evaluate;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Called by the code that a console has compiled: to get objects of the application, and
 * to notice interrupts. Public for the sake of that code, not for applications.
 */
public final class JavaValues {

	/** The name of {@link #checkInterrupted}. */
	static final String CHECK = "checkInterrupted";

	private static final Map<String, Function<String, @Nullable Object>> sources = new ConcurrentHashMap<>();

	private JavaValues() {
	}

	/**
	 * Returns an object.
	 * @param source names the interpreter that has it; that name cannot be guessed
	 * @param name the name of the object
	 * @return the object
	 * @throws IllegalArgumentException if the interpreter was closed
	 */
	public static @Nullable Object get(String source, String name) {
		Function<String, @Nullable Object> found = sources.get(source);
		if (found == null) {
			throw new IllegalArgumentException("The session of this code has ended");
		}
		return found.apply(name);
	}

	/**
	 * Ends the evaluation of the calling thread, if it was interrupted. Called when a
	 * loop goes round, and when a method begins.
	 */
	public static void checkInterrupted() {
		if (RunningEvaluation.hasToEnd()) {
			JavaValues.<RuntimeException>unchecked(new InterruptedException("by the console"));
		}
	}

	/** Throws an exception that no method of the code need declare. */
	@SuppressWarnings("unchecked")
	private static <T extends Throwable> void unchecked(Throwable failure) throws T {
		throw (T) failure;
	}

	static String register(Function<String, @Nullable Object> source) {
		String name = UUID.randomUUID().toString();
		sources.put(name, source);
		return name;
	}

	static void remove(String source) {
		sources.remove(source);
	}

}
