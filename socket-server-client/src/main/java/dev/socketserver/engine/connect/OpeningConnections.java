package dev.socketserver.engine.connect;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.socketserver.engine.lane.LoopAwareFuture;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a client that are not ready: their handlers are still to be notified
 * of them, or to report that they are ready. Nothing is sent with them before. Any
 * thread.
 */
final class OpeningConnections {

	private final List<ClientConnection> opening = new CopyOnWriteArrayList<>();

	/**
	 * A connection is open. What waits is sent on it at once, unless its handler is
	 * first, or it has to become ready. On its loop.
	 */
	void opened(ClientConnection connection) {
		// Added before: it may be ready at any moment.
		this.opening.add(connection);
		if (!connection.readiness().begin()) {
			this.opening.remove(connection);
		}
	}

	/** A connection is ready, or over. */
	void remove(ClientConnection connection) {
		this.opening.remove(connection);
	}

	/**
	 * If the caller is the handler that is being notified of a new connection, has what
	 * waits sent on it now: its send would wait for itself otherwise. A handler that is
	 * still busy with the previous connection does not get in front of what is said first
	 * on the new one.
	 * @return the connection, if it takes what the caller sends only when it is ready
	 */
	@Nullable ClientConnection attachIfHere() {
		if (this.opening.isEmpty()) {
			return null;
		}
		for (ClientConnection open : this.opening) {
			if (open.runsHere()) {
				if (open.readiness().isOpening()) {
					return open;
				}
				open.readiness().attach();
			}
		}
		return null;
	}

	/**
	 * Returns a future with the same outcome, which refuses to be waited for while a
	 * connection is being opened.
	 * @param outcome the future
	 * @param opening the connection that is being opened
	 * @param <T> the type of the outcome
	 * @return the future, whose cancellation cancels the other
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // both only pass on what has happened
	static <T extends @Nullable Object> CompletableFuture<T> outcome(CompletableFuture<T> outcome,
			ClientConnection opening) {
		Outcome<T> future = new Outcome<>(opening);
		outcome.whenComplete(future::settle);
		future.handle((result, failure) -> future.isCancelled() && outcome.cancel(false));
		return future;
	}

	/**
	 * The outcome of what a handler sends with its client while it opens a connection
	 * that is not ready before the handler returns. It refuses to be waited for there, as
	 * do the futures derived from it.
	 */
	private static final class Outcome<T extends @Nullable Object> extends LoopAwareFuture<T> {

		private final ClientConnection opening;

		private Outcome(ClientConnection opening) {
			this.opening = opening;
		}

		@Override
		public <U extends @Nullable Object> CompletableFuture<U> newIncompleteFuture() {
			return new Outcome<>(this.opening);
		}

		@Override
		protected void checkThread() {
			super.checkThread();
			if (this.opening.readiness().isOpeningHere()) {
				throw new IllegalStateException("Waiting before the connection is ready for what is sent with the "
						+ "client would be in vain: it leaves when one is ready; send or ask with the session instead");
			}
		}

	}

}
