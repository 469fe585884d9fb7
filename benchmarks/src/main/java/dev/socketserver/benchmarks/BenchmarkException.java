package dev.socketserver.benchmarks;

import org.jspecify.annotations.Nullable;

/**
 * The benchmarks cannot run, or a server did not do what it is to do. The message is
 * meant for whoever started them.
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
