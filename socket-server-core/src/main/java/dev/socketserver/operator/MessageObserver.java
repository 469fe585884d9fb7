package dev.socketserver.operator;

import dev.socketserver.ConnectionHandler;
import dev.socketserver.Conversation;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SocketSession;
import org.jspecify.annotations.Nullable;

/**
 * Watches messages being handled, for traces, observations and the like: it is called
 * before and after the handling of each frame. An application has one at most; without
 * one, messages cost nothing extra. What it throws is logged and has no other effect.
 * <p>
 * For handlers of messages, each call is one message. Only what a
 * {@link ConnectionHandler} is given in several calls, since it is longer than the read
 * buffer together with the bytes that were left unread before, counts as one. In a
 * conversation, a frame is being handled from the {@link Conversation#receive()} that
 * returned it until the next one, or until the handler returns; only what the handler's
 * own thread receives is watched. Streams have no messages.
 */
@FunctionalInterface
public interface MessageObserver {

	/**
	 * A message is about to be handled. Called on the thread that handles it.
	 * @param session the session
	 * @param message the message before an application's converter has read it: text for
	 * handlers of text, bytes for all others. It must not be changed
	 * @return an object that is notified how the handling ends, or {@code null} if that
	 * is of no interest
	 */
	@Nullable Handling begin(SocketSession session, Object message);

	/**
	 * Which method of the handler handles the message was decided, among several. Called
	 * after {@link #begin}, on the same thread, and before the method is called.
	 * @param session the session
	 * @param method the class and the method, such as {@code Meters.data}; {@code none}
	 * if there is no method for the message
	 */
	default void mapped(SocketSession session, String method) {
	}

	/** The handling of one message. Each method is called once, in this order. */
	interface Handling {

		/**
		 * The handler has returned, or has thrown and dealt with that, and replies that a
		 * stream or publisher makes on demand have been asked for. Called on the thread
		 * on which the handling began, before that thread begins to handle another
		 * message. If one message takes several calls, it is called after the first,
		 * since the others may arrive later and on another thread.
		 */
		default void returned() {
		}

		/**
		 * The message has been handled, in all of its calls, and all replies to it, which
		 * may arrive later than the call returns, are in the output of the session or
		 * will not come. Called in the order of the session's calls, perhaps on another
		 * thread.
		 * @param failure what the handler threw, or what its later reply failed with; a
		 * {@link SessionClosedException} if the session ended before all of the message
		 * was handled, or before the replies were there; {@code null} if nothing failed
		 */
		void ended(@Nullable Throwable failure);

	}

}
