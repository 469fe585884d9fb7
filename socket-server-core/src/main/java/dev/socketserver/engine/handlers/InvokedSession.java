package dev.socketserver.engine.handlers;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.engine.connection.Connection;
import dev.socketserver.engine.input.ReceivingSession;
import dev.socketserver.engine.log.LogContext;
import dev.socketserver.engine.output.Outbox;
import dev.socketserver.operator.MessageObserver;
import dev.socketserver.payload.PayloadException;
import org.jspecify.annotations.Nullable;

/**
 * A session as what calls its handler sees it: its state, what calls bring about, and
 * what becomes of their failures.
 */
public abstract class InvokedSession extends ReceivingSession implements LogContext.Named {

	/**
	 * Creates the state of a session that opens now.
	 * @param connection the connection
	 */
	protected InvokedSession(Connection connection) {
		super(connection);
	}

	/**
	 * Whether the calling thread is running this session's user code.
	 * @return {@code true} on the lane or in the call of a blocking handler
	 */
	public abstract boolean runsHere();

	/**
	 * Returns what takes what the handler sends.
	 * @return the outbox
	 */
	public abstract Outbox outbox();

	/** The handler is about to be notified of the session. On its thread. */
	public abstract void begun();

	/**
	 * The handler of messages has been notified of the session, and what it has replied
	 * to a failure there has been sent. On the lane; not if the session is ending.
	 */
	public abstract void handlerOpened();

	/** The handler has been notified of the end. On its thread. */
	public abstract void finished();

	/**
	 * Lets callbacks run before the handler is notified of the end. On the lane.
	 * @param then is called on the lane when they have run, unless this returns
	 * {@code false}
	 * @return {@code false} if there are none
	 */
	public abstract boolean awaitCallbacks(Runnable then);

	/**
	 * Sends a reply: it is never refused. On the lane.
	 * @param payload the reply
	 * @return {@code false} if the output has ended before it
	 */
	public abstract boolean reply(Object payload);

	/** The inbox has room again. Any thread. */
	public abstract void resumeInput();

	/**
	 * Frames were dropped where they waited. On the loop.
	 * @param count how many
	 */
	public abstract void inboundDropped(int count);

	/**
	 * Whether frames are decoded one at a time.
	 * @return {@code true} if the framing can change
	 */
	public abstract boolean switchable();

	/**
	 * Makes the framing that was asked for take effect from the next frame on. Called
	 * where the handler runs, before it takes that frame.
	 */
	public abstract void switchFraming();

	/**
	 * The handler has left all of a full read buffer: it will never take more, and
	 * reading has stopped for good. On the lane.
	 */
	public abstract void handlerStalled();

	/**
	 * There is no thread to run the handler. Any thread.
	 * @return whether that ends the session; not if it is ending already
	 */
	public abstract boolean executorRefused();

	/**
	 * Returns who watches messages being handled.
	 * @return the observer, or {@code null} if nobody does
	 */
	public final @Nullable MessageObserver observer() {
		return diagnostics().observer();
	}

	/**
	 * Returns what log lines are to name.
	 * @return the session, or {@code null} if they name none
	 */
	public final LogContext.@Nullable Named named() {
		return diagnostics().logContext() ? this : null;
	}

	/**
	 * User code threw. The session ends, and nothing else does.
	 * @param call what was called
	 * @param failure what it threw
	 */
	public final void handlerFailed(String call, Throwable failure) {
		String name = spec().handler().name();
		userCodeFailed("handler '" + name + "' failed", "handler '" + name + "' failed in " + call, call, failure);
	}

	/**
	 * User code threw that does not belong to the handler: the same for the session.
	 * @param source what it is
	 * @param failure what it threw
	 */
	public final void otherFailed(String source, Throwable failure) {
		String what = source + " failed with what was received";
		userCodeFailed(what, what, source, failure);
	}

	private void userCodeFailed(String kind, String what, String where, Throwable failure) {
		if (failure instanceof InterruptedException) {
			// The interrupt was meant for this call, not for the next session's on the
			// same thread.
			Thread.interrupted();
		}
		if (failure instanceof PayloadException) {
			// No error handler of the application has dealt with it. It is the peer's
			// doing, so it is not logged as an error.
			close(new CloseStatus(CloseReason.DECODE_ERROR, failure.getMessage(), failure));
			return;
		}
		logFailure(kind, what, failure);
		close(new CloseStatus(CloseReason.HANDLER_ERROR, failure.getClass().getSimpleName() + " in " + where, failure));
	}

}
