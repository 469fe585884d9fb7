package dev.socketserver.engine.lane;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.socketserver.operator.IoThread;
import org.jspecify.annotations.Nullable;

/**
 * A future that refuses to be waited for on an I/O thread, as do the futures derived from
 * it: they depend on that thread.
 *
 * @param <T> the type of the outcome
 */
public class LoopAwareFuture<T extends @Nullable Object> extends CompletableFuture<T> {

	@Override
	public <U extends @Nullable Object> CompletableFuture<U> newIncompleteFuture() {
		return new LoopAwareFuture<>();
	}

	@Override
	public T get() throws InterruptedException, ExecutionException {
		checkWait();
		return super.get();
	}

	@Override
	public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
		checkWait();
		return super.get(timeout, unit);
	}

	@Override
	public T join() {
		checkWait();
		return super.join();
	}

	/**
	 * Completes it on an executor, since that runs whatever the application has chained
	 * to it.
	 * @param executor the executor
	 * @param outcome the outcome, if there is no failure
	 * @param failure the failure, or {@code null}
	 */
	protected final void settle(Executor executor, T outcome, @Nullable Throwable failure) {
		Handover.run(executor, () -> settle(outcome, failure));
	}

	/**
	 * Completes it.
	 * @param outcome the outcome, if there is no failure
	 * @param failure the failure, or {@code null}
	 */
	public final void settle(T outcome, @Nullable Throwable failure) {
		if (failure != null) {
			completeExceptionally(failure);
		}
		else {
			complete(outcome);
		}
	}

	private void checkWait() {
		if (!isDone()) {
			checkThread();
		}
	}

	/**
	 * Checks that the calling thread may wait.
	 * @throws IllegalStateException if what is waited for depends on it
	 */
	protected void checkThread() {
		if (Thread.currentThread() instanceof IoThread) {
			throw new IllegalStateException("Waiting on an I/O thread would block the thread that is to do what is "
					+ "waited for; use a callback, or another execution mode");
		}
	}

}
