package dev.socketserver.engine.handlers;

import dev.socketserver.operator.MessageObserver;
import dev.socketserver.operator.MessageObserver.Handling;
import org.jspecify.annotations.Nullable;

/**
 * One message whose handling is reported to the {@link MessageObserver}. If the observer
 * fails, handling goes on.
 */
public final class ObservedMessage {

	private final InvokedSession session;

	private final Handling handling;

	/** The first failure, if there was one. */
	private @Nullable Throwable failure;

	private ObservedMessage(InvokedSession session, Handling handling) {
		this.session = session;
		this.handling = handling;
	}

	/**
	 * Begins to watch, on the thread that handles the message.
	 * @param observer watches
	 * @param session the message's session
	 * @param message the message
	 * @return what is to be notified of how it goes on, or {@code null} if none wants to
	 * know
	 */
	public static @Nullable ObservedMessage begin(MessageObserver observer, InvokedSession session, Object message) {
		try {
			Handling handling = observer.begin(session, message);
			return (handling != null) ? new ObservedMessage(session, handling) : null;
		}
		catch (Throwable ex) {
			failed(session, ex);
			return null;
		}
	}

	/** Notes a failure, which is reported with the end. */
	public void failed(Throwable failure) {
		if (this.failure == null) {
			this.failure = failure;
		}
	}

	/** The call is over. On the thread of the beginning. */
	public void returned() {
		try {
			this.handling.returned();
		}
		catch (Throwable ex) {
			failed(this.session, ex);
		}
	}

	/** All is over. */
	public void ended() {
		try {
			this.handling.ended(this.failure);
		}
		catch (Throwable ex) {
			failed(this.session, ex);
		}
	}

	private static void failed(InvokedSession session, Throwable failure) {
		String what = "the observer of messages failed";
		session.logFailure(what, what, failure);
	}

}
