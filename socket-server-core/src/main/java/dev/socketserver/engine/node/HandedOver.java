package dev.socketserver.engine.node;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

import dev.socketserver.engine.lane.LoopAwareFuture;
import org.jspecify.annotations.Nullable;

/**
 * Hands results to an application on its own threads: what it chains to a future may
 * wait, and must not do so on a thread of the directory or the bus.
 */
final class HandedOver {

	private HandedOver() {
	}

	static <T> CompletableFuture<T> to(Executor background, CompletableFuture<T> result) {
		CompletableFuture<T> handed = new LoopAwareFuture<>();
		if (result.isDone()) {
			CompletableFuture<?> unused = result.whenComplete((value, failure) -> settle(handed, value, failure));
		}
		else {
			CompletableFuture<?> unused = result
				.whenComplete((value, failure) -> background.execute(() -> settle(handed, value, failure)));
		}
		return handed;
	}

	private static <T> void settle(CompletableFuture<T> handed, T value, @Nullable Throwable failure) {
		if (failure == null) {
			handed.complete(value);
		}
		else {
			handed.completeExceptionally((failure instanceof CompletionException && failure.getCause() != null)
					? failure.getCause() : failure);
		}
	}

}
