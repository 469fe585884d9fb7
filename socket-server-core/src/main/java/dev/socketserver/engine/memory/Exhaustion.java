package dev.socketserver.engine.memory;

/**
 * The only place outside the workarounds and the thread factories that handles a system
 * without memory or threads, for which the JVM throws the same error. It is for work that
 * can be left out, or done in another way: everything else lets the error pass.
 */
public final class Exhaustion {

	private Exhaustion() {
	}

	/**
	 * Makes an attempt that may need more memory, or another thread, than there is. An
	 * attempt that fails for that must have changed nothing.
	 * @param <X> what the attempt may throw besides; passed on
	 * @param attempt the attempt
	 * @return what the attempt returns; {@code false} if there was no memory or thread
	 * @throws X if the attempt throws it
	 */
	public static <X extends Exception> boolean attempt(Attempt<X> attempt) throws X {
		try {
			return attempt.make();
		}
		catch (OutOfMemoryError ex) {
			return false;
		}
	}

	/**
	 * Work that may fail for want of memory or threads.
	 *
	 * @param <X> what it may throw besides
	 */
	@FunctionalInterface
	public interface Attempt<X extends Exception> {

		/**
		 * Does the work.
		 * @return whether it was done
		 * @throws X if the work fails for another reason
		 */
		boolean make() throws X;

	}

}
