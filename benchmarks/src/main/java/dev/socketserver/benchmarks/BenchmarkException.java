package dev.socketserver.benchmarks;

import org.jspecify.annotations.Nullable;

/**
 * The benchmarks cannot run, or a server has failed. The message is for the person who
 * started them.
 */
public final class BenchmarkException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	public BenchmarkException(String message) {
		this(message, null);
	}

	public BenchmarkException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
