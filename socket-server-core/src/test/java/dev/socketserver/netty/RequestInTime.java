package dev.socketserver.netty;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import dev.socketserver.client.RequestNotSentException;
import dev.socketserver.fixtures.Patience;
import org.awaitility.Awaitility;

/**
 * A request that leaves before its short time is over, however long the machine stands
 * still.
 */
public final class RequestInTime {

	private RequestInTime() {
	}

	/**
	 * Asks, and again with twice the time while a request was over before it had left.
	 * @param timeout the first one
	 * @param arrived whether something has arrived at the peer, which has read all before
	 * @param ask sends the request with a timeout
	 * @return the reply to the request that has left, which may be over
	 */
	public static <T> CompletableFuture<T> ask(Duration timeout, Callable<Boolean> arrived,
			Function<Duration, CompletableFuture<T>> ask) throws Exception {
		for (Duration next = timeout;; next = next.multipliedBy(2)) {
			CompletableFuture<T> reply = ask.apply(next);
			Awaitility.await().atMost(Patience.limit().plus(next)).until(() -> reply.isDone() || arrived.call());
			if (!wasNotSent(reply)) {
				return reply;
			}
		}
	}

	/**
	 * Asks, and again with twice the time while a request was over before its loop had
	 * noted that it has left, which is after the peer has it.
	 * @param timeout the first one
	 * @param ask sends the request with a timeout
	 * @return what the request has failed with that has left
	 */
	public static Throwable failure(Duration timeout, Function<Duration, CompletableFuture<Object>> ask)
			throws Exception {
		for (Duration next = timeout;; next = next.multipliedBy(2)) {
			Throwable failure = ask.apply(next)
				.handle((reply, thrown) -> thrown)
				.get(Patience.limit().plus(next).toMillis(), TimeUnit.MILLISECONDS);
			if (!(failure instanceof RequestNotSentException)
					&& !String.valueOf(failure.getMessage()).contains("not all of the request has left")) {
				return failure;
			}
		}
	}

	/** Whether the request has failed, and the peer does not have it. */
	public static boolean wasNotSent(CompletableFuture<?> reply) throws InterruptedException {
		if (!reply.isDone()) {
			return false;
		}
		try {
			reply.get();
			return false;
		}
		catch (ExecutionException ex) {
			return ex.getCause() instanceof RequestNotSentException;
		}
	}

}
