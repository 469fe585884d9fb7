package dev.socketserver.exchange.targets;

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a payload as soon as it was given to a session or client. One that is
 * refused has failed by then.
 */
final class Accepted {

	private Accepted() {
	}

	/**
	 * Returns whether a payload was accepted.
	 * @param sent the outcome of sending it
	 * @return completed already, or failed as {@code sent} has
	 */
	static CompletableFuture<@Nullable Void> of(CompletableFuture<@Nullable Void> sent) {
		return sent.isCompletedExceptionally() ? sent : CompletableFuture.completedFuture(null);
	}

}
