package dev.socketserver.engine.output;

import java.util.concurrent.Executor;

import dev.socketserver.engine.lane.LoopAwareFuture;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a write, as a future. It completes on the background executor, since
 * completing it runs whatever the application has chained to it.
 */
public final class SendFuture extends LoopAwareFuture<@Nullable Void> implements Completion {

	private final Executor background;

	/**
	 * Creates the future of a write.
	 * @param background runs what depends on it
	 */
	public SendFuture(Executor background) {
		this.background = background;
	}

	@Override
	public void completed(@Nullable Exception failure) {
		settle(this.background, null, failure);
	}

	/** Fails on the calling thread: no caller has the future yet. */
	@Override
	public void refused(Exception refusal) {
		completeExceptionally(refusal);
	}

}
