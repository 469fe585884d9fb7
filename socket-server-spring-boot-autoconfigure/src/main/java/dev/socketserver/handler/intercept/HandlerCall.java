package dev.socketserver.handler.intercept;

import dev.socketserver.CloseStatus;
import dev.socketserver.ConnectionHandler;
import dev.socketserver.SocketSession;
import org.jspecify.annotations.Nullable;

/**
 * A call of the code of a handler that is about to take place. Used on the thread of the
 * call only, and not after the interceptor has returned.
 */
public interface HandlerCall {

	/**
	 * Returns what the handler is called for.
	 * @return the kind of call
	 */
	Kind kind();

	/**
	 * Returns the session that the call is for.
	 * @return the session
	 */
	SocketSession session();

	/**
	 * Returns what the handler is given besides the session.
	 * @return the payload of a message, as the handler takes it, or {@code null} for the
	 * rest of one; the exception of a failure; the {@link CloseStatus} of a close and of
	 * an end of input; {@code null} for other kinds
	 */
	@Nullable Object payload();

	/**
	 * Goes on with the next interceptor or the handler. At most once for each call.
	 * @return what that returns
	 * @throws Exception what that throws
	 */
	@Nullable Object proceed() throws Exception;

	/** What a handler is called for. */
	enum Kind {

		/** A session has opened. */
		OPEN,

		/** A message has arrived, or bytes have. */
		MESSAGE,

		/**
		 * The opening or a message has failed, or the one call of a stream or
		 * conversation handler to which an advice applies. The handler or an advice deals
		 * with that, or the exception is thrown again.
		 */
		FAILURE,

		/**
		 * The peer of a {@link ConnectionHandler} has ended its output. If no handler is
		 * notified, the session stays open.
		 */
		INPUT_END,

		/** An operator asks for details of the session. */
		DETAILS,

		/** The session has closed. */
		CLOSE,

		/** The one call of a stream or conversation handler. */
		SESSION

	}

}
