package dev.socketserver.bridge.session;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import dev.socketserver.bridge.InboundMessage;
import dev.socketserver.bridge.MessageRejectedException;
import dev.socketserver.bridge.MessageStore;
import dev.socketserver.bridge.NotStoredException;

/**
 * Where a bridge stores messages.
 */
public interface BridgeStore {

	/**
	 * Stores a message, as {@link MessageStore#store} does.
	 * @param message the message
	 * @param turn the messages of the session that it is behind; if the store
	 * {@linkplain #keepsOrder keeps order}, it ends the turn before it fails a message of
	 * it for which a {@link MessageRejectedException} is not the cause
	 * @return completes when it is stored
	 */
	CompletionStage<?> store(InboundMessage message, Turn turn);

	/**
	 * Whether it stores no message behind one of its turn that it has failed to store.
	 * @return {@code false} if one behind may be stored
	 */
	default boolean keepsOrder() {
		return false;
	}

	/**
	 * Makes a store of a bean of the application.
	 * @param bean the bean
	 * @return the store
	 */
	static BridgeStore of(MessageStore bean) {
		return (message, turn) -> {
			CompletionStage<?> stage = bean.store(message);
			return (stage != null) ? stage : CompletableFuture
				.failedFuture(new NotStoredException("The store returned null, and not a CompletionStage", null));
		};
	}

}
