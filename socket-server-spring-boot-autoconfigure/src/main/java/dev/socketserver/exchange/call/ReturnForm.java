package dev.socketserver.exchange.call;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import dev.socketserver.exchange.targets.Outcomes;
import org.jspecify.annotations.Nullable;

/**
 * How a method returns the outcome of what it has sent. Those of libraries are made only
 * for interfaces that use them.
 */
interface ReturnForm {

	/** The method waits for the outcome. */
	ReturnForm WAITING = new ReturnForm() {

		@Override
		public @Nullable Object outcome(Supplier<CompletableFuture<?>> begin, ExchangeMethod method,
				@Nullable Object[] arguments) throws Throwable {
			Object value = method.await(begin.get());
			return method.unused() ? null : value;
		}

		@Override
		public boolean waits() {
			return true;
		}

	};

	/** The method returns a future. */
	ReturnForm FUTURE = new ReturnForm() {

		@Override
		public Object outcome(Supplier<CompletableFuture<?>> begin, ExchangeMethod method,
				@Nullable Object[] arguments) {
			// Error Prone would have the type be a future.
			Object outcome = later(begin, method);
			return outcome;
		}

	};

	/**
	 * Sends or asks, and returns the outcome.
	 * @param begin sends or asks
	 * @param method the method
	 * @param arguments its arguments
	 * @return what the method returns
	 * @throws Throwable what sending or asking fails with, if the method waits for that
	 */
	@Nullable Object outcome(Supplier<CompletableFuture<?>> begin, ExchangeMethod method, @Nullable Object[] arguments)
			throws Throwable;

	/** Whether the method waits for the outcome. */
	default boolean waits() {
		return false;
	}

	/**
	 * Sends or asks, without waiting.
	 * @param begin sends or asks
	 * @param method the method
	 * @return the outcome, without a value if it is dropped
	 */
	static CompletableFuture<?> later(Supplier<CompletableFuture<?>> begin, ExchangeMethod method) {
		CompletableFuture<?> outcome = begin.get();
		return method.unused() ? dropping(outcome, null) : outcome;
	}

	/** Returns the outcome with another value. */
	static CompletableFuture<@Nullable Object> dropping(CompletableFuture<?> outcome, @Nullable Object value) {
		return Outcomes.with(outcome, (any) -> value);
	}

}
