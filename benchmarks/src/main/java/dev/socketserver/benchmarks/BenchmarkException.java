package dev.socketserver.benchmarks;

import org.jspecify.annotations.Nullable;

/**
 * The benchmarks cannot run, or a server has failed. The message is for the person who
 * started them.
 */
final class BenchmarkException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	BenchmarkException(String message) {
		this(message, null);
	}

	BenchmarkException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
