package dev.socketserver.bridge;

import java.util.concurrent.CompletionStage;

/**
 * Stores messages for a bridge. A bean of this type is named by the property
 * {@code bridge.to} of a server.
 */
@FunctionalInterface
public interface MessageStore {

	/**
	 * Stores a message. Called in the order in which messages of a session have arrived,
	 * on the thread of its handler, before those before it are stored: an implementation
	 * that must keep their order has to do so itself. Called again, and then for all
	 * messages behind it too, if storing has failed or took longer than the timeout of
	 * the bridge: a store may see a message twice.
	 * @param message the message
	 * @return completes when the message is stored so that it will not be lost, on any
	 * thread. Its value may be a {@link Stored}, and is ignored otherwise. If it fails
	 * with a {@link MessageRejectedException}, the message is not stored again
	 */
	CompletionStage<?> store(InboundMessage message);

}
