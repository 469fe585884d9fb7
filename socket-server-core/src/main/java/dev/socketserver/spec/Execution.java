package dev.socketserver.spec;

import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

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
		InvalidSpecException.check(executor == null || mode != ExecutionMode.EVENT_LOOP, "execution.executor", executor,
				"is not used if the handler runs on the event loop");
	}

	/**
	 * Returns a copy with other components.
	 * @param change sets them
	 * @return the copy
	 * @throws InvalidSpecException if one of them has an invalid value
	 */
	public Execution with(Consumer<Builder> change) {
		Builder builder = new Builder(this);
		change.accept(builder);
		return builder.build();
	}

	/**
	 * Collects components. Those that are not set stay as they are.
	 */
	public static final class Builder {

		private ExecutionMode mode;

		private int threads;

		private int queue;

		private @Nullable Executor executor;

		private Builder(Execution from) {
			this.mode = from.mode();
			this.threads = from.threads();
			this.queue = from.queue();
			this.executor = from.executor();
		}

		/**
		 * Sets {@link Execution#mode()}.
		 * @param mode the value
		 * @return this builder
		 */
		public Builder mode(ExecutionMode mode) {
			this.mode = mode;
			return this;
		}

		/**
		 * Sets {@link Execution#threads()}.
		 * @param threads the value
		 * @return this builder
		 */
		public Builder threads(int threads) {
			this.threads = threads;
			return this;
		}

		/**
		 * Sets {@link Execution#queue()}.
		 * @param queue the value
		 * @return this builder
		 */
		public Builder queue(int queue) {
			this.queue = queue;
			return this;
		}

		/**
		 * Sets {@link Execution#executor()}.
		 * @param executor the value
		 * @return this builder
		 */
		public Builder executor(@Nullable Executor executor) {
			this.executor = executor;
			return this;
		}

		private Execution build() {
			return new Execution(this.mode, this.threads, this.queue, this.executor);
		}

	}

}
