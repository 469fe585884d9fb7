package dev.socketserver.mailbox.delivery;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Completes when the transaction of the thread that has made it is over: that thread must
 * not wait for it before. Futures that are derived from it are of the same kind.
 */
final class TransactionFuture<T> extends CompletableFuture<T> {

	private final Thread within;

	/** Whether the thread is in that transaction no longer. */
	private final AtomicBoolean over;

	TransactionFuture() {
		this(Thread.currentThread(), new AtomicBoolean());
	}

	private TransactionFuture(Thread within, AtomicBoolean over) {
		this.within = within;
		this.over = over;
	}

	/** The thread is in that transaction no longer. */
	void over() {
		this.over.set(true);
	}

	private void check() {
		if (!isDone() && !this.over.get() && Thread.currentThread() == this.within) {
			throw new IllegalStateException("The letter is stored when the transaction commits, so that waiting for "
					+ "it within the transaction would not end");
		}
	}

	@Override
	public T get() throws InterruptedException, ExecutionException {
		check();
		return super.get();
	}

	@Override
	public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
		check();
		return super.get(timeout, unit);
	}

	@Override
	public T join() {
		check();
		return super.join();
	}

	@Override
	public <U> CompletableFuture<U> newIncompleteFuture() {
		return new TransactionFuture<>(this.within, this.over);
	}

}
