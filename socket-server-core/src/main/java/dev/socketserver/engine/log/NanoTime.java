package dev.socketserver.engine.log;

import java.util.function.LongSupplier;

/**
 * The clock of classes to which tests give another one: the time of the system, in
 * nanoseconds since some moment. A class, where {@code System::nanoTime} would do: the
 * JVM makes a class for each place with a reference to a method, and a start has several
 * of these.
 */
public final class NanoTime implements LongSupplier {

	/** {@link System#nanoTime()}. */
	public static final NanoTime SYSTEM = new NanoTime();

	private NanoTime() {
	}

	@Override
	public long getAsLong() {
		return System.nanoTime();
	}

}
