package dev.socketserver.repl;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * What code that a console has compiled calls: it gets at objects of the application, and
 * hears of interrupts. It is public for that code's sake, not for applications.
 */
public final class JavaValues {

	/** The name of {@link #checkInterrupted}. */
	static final String CHECK = "checkInterrupted";

	private static final Map<String, Function<String, @Nullable Object>> sources = new ConcurrentHashMap<>();

	private JavaValues() {
	}

	/**
	 * Returns an object.
	 * @param source whose, a name that nobody can guess
	 * @param name which one
	 * @return the object
	 * @throws IllegalArgumentException if there is no such source
	 */
	public static @Nullable Object get(String source, String name) {
		Function<String, @Nullable Object> found = sources.get(source);
		if (found == null) {
			throw new IllegalArgumentException("The session of this code has ended");
		}
		return found.apply(name);
	}

	/**
	 * Ends the evaluation that the calling thread is in, if it was interrupted. Called by
	 * loops.
	 */
	public static void checkInterrupted() {
		if (RunningEvaluation.hasToEnd()) {
			JavaValues.<RuntimeException>unchecked(new InterruptedException("by the console"));
		}
	}

	/** No method of the code need declare it. */
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
