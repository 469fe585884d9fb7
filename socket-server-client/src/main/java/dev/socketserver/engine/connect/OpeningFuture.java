package dev.socketserver.engine.connect;

import java.util.concurrent.CompletableFuture;

import dev.socketserver.engine.lane.LoopAwareFuture;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of what a handler sends with its client while it opens a connection that is
 * not ready before the handler returns. It refuses to be waited for there, as do the
 * futures derived from it.
 *
 * @param <T> the type of the outcome
 */
final class OpeningFuture<T extends @Nullable Object> extends LoopAwareFuture<T> {

	private final ClientConnection opening;

	private OpeningFuture(ClientConnection opening) {
		this.opening = opening;
	}

	/**
	 * Returns a future with the same outcome.
	 * @param outcome the future
	 * @param opening the connection that is being opened
	 * @param <T> the type of the outcome
	 * @return the future, whose cancellation cancels the other
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // both only pass on what has happened
	static <T extends @Nullable Object> CompletableFuture<T> of(CompletableFuture<T> outcome,
			ClientConnection opening) {
		OpeningFuture<T> future = new OpeningFuture<>(opening);
		outcome.whenComplete((result, failure) -> {
			if (failure != null) {
				future.completeExceptionally(failure);
			}
			else {
				future.complete(result);
			}
		});
		future.handle((result, failure) -> future.isCancelled() && outcome.cancel(false));
		return future;
	}

	@Override
	public <U extends @Nullable Object> CompletableFuture<U> newIncompleteFuture() {
		return new OpeningFuture<>(this.opening);
	}

	@Override
	protected void checkThread() {
		super.checkThread();
		if (this.opening.isOpeningHere()) {
			throw new IllegalStateException("Waiting before the connection is ready for what is sent with the "
					+ "client would be in vain: it leaves when one is ready; send or ask with the session instead");
		}
	}

}
