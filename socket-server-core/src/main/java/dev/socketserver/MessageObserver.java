package dev.socketserver;

import org.jspecify.annotations.Nullable;

/**
 * Watches messages being handled: around each frame that a handler takes, for traces,
 * observations and the like. An application has one at most; without one a message costs
 * nothing for it. What it throws is logged and has no other effect.
 * <p>
 * Message handlers of all forms are watched call by call. What a
 * {@link ConnectionHandler} is given in several calls, since with the bytes that it had
 * left unread it is more than the read buffer, is one message. Of a conversation a frame
 * is being handled from the {@link Conversation#receive()} that gave it to the next one,
 * or to the handler's return, on the session's own thread; what other threads receive is
 * not watched. Streams have no messages.
 */
@FunctionalInterface
public interface MessageObserver {

	/**
	 * A message is about to be handled. Called on the thread that handles it.
	 * @param session the session
	 * @param message the message as it was cut: text for handlers of text, bytes for all
	 * others; not to be changed
	 * @return is told how that goes on, or {@code null} if nobody wants to know
	 */
	@Nullable Handling begin(SocketSession session, Object message);

	/** The handling of one message. Each method is called once, in this order. */
	interface Handling {

		/**
		 * The handler has returned, or thrown, and has been told of that; and those
		 * replies have been asked for that are made only then, by a stream or a
		 * publisher. Called on the thread on which the handling began, before any other
		 * begins there: behind the first of several calls, since the others may come
		 * later and on another thread.
		 */
		default void returned() {
		}

		/**
		 * The message has been handled, in all of its calls: the replies to it, which may
		 * come later than the call returns, have all been given away or will not come.
		 * Called on the session's lane, perhaps by another thread.
		 * @param failure what the handler or its later reply has thrown, a
		 * {@link SessionClosedException} if the session ended before its replies were
		 * there or all of it was handled, or {@code null}
		 */
		void ended(@Nullable Throwable failure);

	}

}
