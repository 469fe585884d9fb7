package dev.socketserver.engine.lifecycle;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

import dev.socketserver.operator.IoThread;

/**
 * How calling threads wait for what they have asked of a server: not if that would be
 * waiting for the calling thread itself, and never for ever. Any thread.
 */
public final class CallerWaits {

	/** Beyond the time to stop, for what aborts and notifications take. */
	public static final Duration MARGIN = Duration.ofSeconds(5);

	private static final long SHORT_MILLIS = 100;

	private final Notifying<?> notifying;

	private final BooleanSupplier handles;

	/**
	 * Creates the object of one server.
	 * @param notifying knows which thread notifies listeners of what it does
	 * @param handles whether the calling thread runs one of its handlers
	 */
	public CallerWaits(Notifying<?> notifying, BooleanSupplier handles) {
		this.notifying = notifying;
		this.handles = handles;
	}

	/**
	 * Waits for the end of the server for the given time and {@link #MARGIN}, but no
	 * longer once the thread is interrupted, which it stays. Does not wait if the server
	 * cannot end before the calling thread returns: it is an event loop's, runs one of
	 * the server's handlers, or is notifying listeners.
	 * @param end completes at the end
	 * @param timeout how long that may take, without the margin
	 * @return whether that time was not enough
	 */
	public boolean isLate(CompletableFuture<?> end, Duration timeout) {
		boolean mayWait = !(Thread.currentThread() instanceof IoThread) && !this.notifying.isHere()
				&& !this.handles.getAsBoolean();
		return mayWait && !isDone(end, timeout.plus(MARGIN));
	}

	/**
	 * Waits until a loop has obeyed, unless this is one, but not for ever: a loop that a
	 * handler keeps busy accepts nothing either.
	 * @param obeyed completes when it has
	 */
	public void forLoop(CompletableFuture<?> obeyed) {
		if (!(Thread.currentThread() instanceof IoThread)) {
			isDone(obeyed, MARGIN);
		}
	}

	/**
	 * Waits, and returns whether it was long enough, or the thread was interrupted. A
	 * time in which the process stands still counts as one of many short waits.
	 */
	static boolean isDone(CompletableFuture<?> end, Duration most) {
		try {
			for (long left = most.toMillis(); left > 0; left -= SHORT_MILLIS) {
				if (isDone(end, Math.min(left, SHORT_MILLIS))) {
					return true;
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return true;
		}
		catch (ExecutionException ex) {
			return false;
		}
		return false;
	}

	private static boolean isDone(CompletableFuture<?> end, long millis)
			throws InterruptedException, ExecutionException {
		try {
			end.get(millis, TimeUnit.MILLISECONDS);
			return true;
		}
		catch (TimeoutException ex) {
			return false;
		}
	}

}
