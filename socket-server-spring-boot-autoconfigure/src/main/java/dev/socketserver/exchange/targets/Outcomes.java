package dev.socketserver.exchange.targets;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

import dev.socketserver.engine.log.LoggedFailure;
import org.jspecify.annotations.Nullable;

/**
 * Makes outcomes of others. These fail directly: what depends on a future sees its
 * failure within a {@link CompletionException}.
 */
public final class Outcomes {

	private Outcomes() {
	}

	/**
	 * Returns an outcome with another value. Who cancels it gives up the request.
	 * @param outcome what has begun
	 * @param value makes what to complete with; a {@link CompletionException} that it
	 * throws stands for its cause
	 * @return the outcome
	 */
	public static <T, V extends @Nullable Object> CompletableFuture<V> with(CompletableFuture<T> outcome,
			Function<? super T, V> value) {
		// Of the same kind: it may refuse to be waited for on an event loop.
		CompletableFuture<V> with = outcome.newIncompleteFuture();
		CompletableFuture<?> unused = outcome.thenApply(value).whenComplete((made, failure) -> {
			if (failure != null) {
				with.completeExceptionally(LoggedFailure.cause(failure));
			}
			else {
				with.complete(made);
			}
		});
		unused = with.whenComplete((any, failure) -> {
			if (with.isCancelled()) {
				outcome.cancel(false);
			}
		});
		return with;
	}

}
