package dev.socketserver.exchange;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * Posts what the methods of {@link SocketExchanges#mailbox} send. The module of the
 * mailbox has a bean of it. Any thread.
 */
public interface LetterSender {

	/**
	 * Returns the type of a letter's state, which methods may return a future of.
	 * @return the type
	 */
	Class<?> stateType();

	/**
	 * Posts a letter under a key of its own.
	 * @param type what kind of identity
	 * @param id the identity itself
	 * @param payload what to send
	 * @param ttl how long the letter may wait; {@code null} for the default of the
	 * mailbox
	 * @return completes with the letter's state when it is stored; fails as the mailbox
	 * does
	 */
	CompletableFuture<?> post(String type, String id, Object payload, @Nullable Duration ttl);

}
