package dev.socketserver.session;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

/**
 * The outcome of a write. It completes on the background executor, because completing it
 * runs whatever the application has hung on it.
 */
final class SendFuture extends CompletableFuture<@Nullable Void> implements Outbox.Completion {

	private final Executor background;

	SendFuture(Executor background) {
		this.background = background;
	}

	@Override
	public void completed(@Nullable Exception failure) {
		this.background.execute(() -> {
			if (failure != null) {
				completeExceptionally(failure);
			}
			else {
				complete(null);
			}
		});
	}

	/** Nobody has the future yet: it can be handed out failed. */
	@Override
	public void refused(Exception refusal) {
		completeExceptionally(refusal);
	}

	@Override
	public @Nullable Void get() throws InterruptedException, ExecutionException {
		checkThread();
		return super.get();
	}

	@Override
	public @Nullable Void get(long timeout, TimeUnit unit)
			throws InterruptedException, ExecutionException, TimeoutException {
		checkThread();
		return super.get(timeout, unit);
	}

	@Override
	public @Nullable Void join() {
		checkThread();
		return super.join();
	}

	private void checkThread() {
		if (!isDone() && Thread.currentThread() instanceof IoThread) {
			throw new IllegalStateException("Waiting for a send on an I/O thread would block the thread that is to "
					+ "send it; use a callback, or another execution mode");
		}
	}

}
