package dev.socketserver;

/**
 * Throws as code does whose language knows no checked exceptions.
 */
public final class Undeclared {

	private Undeclared() {
	}

	/** Throws whatever it is, without declaring it. */
	public static void sneak(Throwable failure) {
		Undeclared.<RuntimeException>as(failure);
	}

	@SuppressWarnings("unchecked")
	private static <T extends Throwable> void as(Throwable failure) throws T {
		throw (T) failure;
	}

}
