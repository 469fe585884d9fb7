package dev.socketserver.netty;

import java.util.stream.Stream;

/**
 * How often tests that go by chance are repeated: a little in each build, much with the
 * profile {@code soak}.
 */
public final class Rounds {

	/** Whether everything is to run, and long. */
	public static final boolean SOAK = Boolean.getBoolean("socketserver.soak");

	private Rounds() {
	}

	/**
	 * Returns what a test takes its time for: the first few in each build, all with the
	 * profile.
	 * @param <T> the type of a parameter
	 * @param few the number in each build
	 * @param all the parameters, those that differ most first
	 * @return the parameters
	 */
	@SafeVarargs
	@SuppressWarnings("varargs") // they are only read
	public static <T> Stream<T> some(int few, T... all) {
		return Stream.of(all).limit(SOAK ? all.length : few);
	}

	/**
	 * Returns how many rounds to run.
	 * @param property a system property that has the number, if it is to be another
	 * @return the number
	 */
	public static int of(String property) {
		return of(property, 50, 1_000);
	}

	/**
	 * Returns how many rounds to run.
	 * @param property a system property that has the number, if it is to be another
	 * @param few the number in each build
	 * @param many the number with the profile
	 * @return the number
	 */
	public static int of(String property, int few, int many) {
		return Integer.getInteger(property, SOAK ? many : few);
	}

}
