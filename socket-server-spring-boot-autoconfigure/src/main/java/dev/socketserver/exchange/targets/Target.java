package dev.socketserver.exchange.targets;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import dev.socketserver.SessionSpec;
import org.jspecify.annotations.Nullable;

/**
 * Where the calls of one object go: a client, a session, an identity or its letters. Any
 * thread.
 */
public interface Target {

	/**
	 * Sends a payload.
	 * @param payload what to send
	 * @param ttl how long a letter may wait; {@code null} for the default, and wherever
	 * there are no letters
	 * @return completes when it is accepted; for a letter with its state
	 */
	CompletableFuture<?> send(Object payload, @Nullable Duration ttl);

	/**
	 * Returns whether a payload was accepted, which is known as soon as it was given to a
	 * session or client: one that is refused has failed by then.
	 * @param sent the outcome of sending it
	 * @return completed already, or failed as {@code sent} has
	 */
	static CompletableFuture<@Nullable Void> accepted(CompletableFuture<@Nullable Void> sent) {
		return sent.isCompletedExceptionally() ? sent : CompletableFuture.completedFuture(null);
	}

	/**
	 * Whether somebody else has to answer before a payload counts as accepted.
	 * @return {@code false} where a queue of this node accepts it
	 */
	default boolean waitsToSend() {
		return false;
	}

	/**
	 * Sends a request.
	 * @param payload the request
	 * @param reply the type of the reply
	 * @param timeout how long to wait for it
	 * @param <T> the type of the reply
	 * @return the reply
	 */
	<T> CompletableFuture<T> ask(Object payload, Class<T> reply, Duration timeout);

	/**
	 * Returns what says which converters there are here, as far as it is known.
	 * @return the specifications, any of which may apply
	 */
	List<SessionSpec> specs();

	/**
	 * Returns how texts leave here, as far as it is known.
	 * @return each way, any of which may apply
	 */
	Stream<Encoding> encodings();

	/**
	 * Returns what to call this where a method fails.
	 * @return the title, such as {@code client 'plant'}
	 */
	String title();

}
