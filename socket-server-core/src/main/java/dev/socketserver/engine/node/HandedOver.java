package dev.socketserver.engine.node;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import dev.socketserver.engine.lane.LoopAwareFuture;
import dev.socketserver.engine.log.LoggedFailure;

/**
 * Hands results to an application on its own threads: what it chains to a future may
 * wait, and must not do so on a thread of the directory or the bus.
 */
final class HandedOver {

	private HandedOver() {
	}

	static <T> CompletableFuture<T> to(Executor background, CompletableFuture<T> result) {
		LoopAwareFuture<T> handed = new LoopAwareFuture<>();
		Executor executor = result.isDone() ? Runnable::run : background;
		CompletableFuture<?> unused = result.whenComplete((value, failure) -> executor
			.execute(() -> handed.settle(value, (failure != null) ? LoggedFailure.cause(failure) : null)));
		return handed;
	}

}
