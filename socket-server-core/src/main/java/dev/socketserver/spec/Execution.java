package dev.socketserver.spec;

import java.util.Objects;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * Which threads run the handler.
 *
 * @param mode which kind of threads; default {@link ExecutionMode#AUTO}
 * @param threads greatest number of threads in the pool; default 200
 * @param queue greatest number of sessions that wait for a thread of the pool; further
 * ones are aborted with {@link dev.socketserver.CloseReason#EXECUTOR_REJECTED}; default
 * 10,000
 * @param executor an executor of the application that runs message handlers instead, and
 * that the engine never shuts down; one that may wait is called by a thread for that
 * alone, see {@link dev.socketserver.spi.HandlerExecutor}; {@code null}, the default, for
 * none
 */
public record Execution(ExecutionMode mode, int threads, int queue, @Nullable Executor executor) {

	/** Any kind of threads; a pool of 200, for which 10,000 sessions may wait. */
	public static final Execution DEFAULT = new Execution(ExecutionMode.AUTO, 200, 10_000, null);

	/**
	 * Checks the components.
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Execution {
		Objects.requireNonNull(mode, "mode");
		InvalidSpecException.checkPositive("execution.threads", threads);
		InvalidSpecException.checkPositive("execution.queue", queue);
	}

	/**
	 * Checks what the components mean together.
	 * @throws InvalidSpecException if they exclude each other
	 */
	public void check() {
		InvalidSpecException.check(this.executor == null || this.mode != ExecutionMode.EVENT_LOOP, "execution.executor",
				this.executor, "is not used if the handler runs on the event loop");
	}

	/**
	 * Returns a copy with another {@link #mode()}.
	 * @param mode the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Execution mode(ExecutionMode mode) {
		return new Execution(mode, this.threads, this.queue, this.executor);
	}

	/**
	 * Returns a copy with another {@link #threads()}.
	 * @param threads the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Execution threads(int threads) {
		return new Execution(this.mode, threads, this.queue, this.executor);
	}

	/**
	 * Returns a copy with another {@link #queue()}.
	 * @param queue the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Execution queue(int queue) {
		return new Execution(this.mode, this.threads, queue, this.executor);
	}

	/**
	 * Returns a copy with another {@link #executor()}.
	 * @param executor the value
	 * @return the copy
	 * @throws InvalidSpecException if it is invalid
	 */
	public Execution executor(@Nullable Executor executor) {
		return new Execution(this.mode, this.threads, this.queue, executor);
	}

}
