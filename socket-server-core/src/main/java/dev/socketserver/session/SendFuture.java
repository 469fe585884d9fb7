package dev.socketserver.session;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import org.jspecify.annotations.Nullable;

/**
 * The outcome of a write. It completes on the background executor, because completing it
 * runs whatever the application has hung on it.
 */
public final class SendFuture extends LoopAwareFuture<@Nullable Void> implements Completion {

	private final Executor background;

	/**
	 * Creates the future of a write.
	 * @param background runs what is hung on it
	 */
	public SendFuture(Executor background) {
		this.background = background;
	}

	@Override
	public void completed(@Nullable Exception failure) {
		try {
			this.background.execute(() -> settle(failure));
		}
		catch (RejectedExecutionException | OutOfMemoryError ex) {
			// There is no thread: better told here than never.
			settle(failure);
		}
	}

	private void settle(@Nullable Exception failure) {
		if (failure != null) {
			completeExceptionally(failure);
		}
		else {
			complete(null);
		}
	}

	/** Nobody has the future yet: it can be handed out failed. */
	@Override
	public void refused(Exception refusal) {
		completeExceptionally(refusal);
	}

}
