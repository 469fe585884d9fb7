package dev.socketserver.engine.output;

import java.util.concurrent.Executor;

import dev.socketserver.engine.lane.LoopAwareFuture;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a write, as a future. It completes on an executor, since completing it
 * runs whatever is chained to it: on the background executor where that is the
 * application's.
 */
public final class SendFuture extends LoopAwareFuture<@Nullable Void> implements Completion {

	private final Executor executor;

	/**
	 * Creates the future of a write.
	 * @param executor runs what depends on it
	 */
	public SendFuture(Executor executor) {
		this.executor = executor;
	}

	@Override
	public void completed(@Nullable Exception failure) {
		settle(this.executor, null, failure);
	}

	/** Fails on the calling thread: no caller has the future yet. */
	@Override
	public void refused(Exception refusal) {
		completeExceptionally(refusal);
	}

}
