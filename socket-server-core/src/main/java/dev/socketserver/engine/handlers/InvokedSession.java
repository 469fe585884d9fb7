package dev.socketserver.engine.handlers;

import java.util.List;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseReasonException;
import dev.socketserver.CloseStatus;
import dev.socketserver.PeerCredentials;
import dev.socketserver.SessionSpec;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.gate.LoginPhase;
import dev.socketserver.engine.input.SessionInput;
import dev.socketserver.engine.log.LogContext;
import dev.socketserver.engine.output.Outbox;
import dev.socketserver.engine.output.RefusedPayloadException;
import dev.socketserver.engine.state.SessionEnd;
import dev.socketserver.engine.state.SessionState;
import dev.socketserver.payload.PayloadException;
import dev.socketserver.spi.PeerFault;
import org.jspecify.annotations.Nullable;

/**
 * A session as what calls its handler sees it: what calls bring about, and what becomes
 * of their failures. User code gets it as a {@link SocketSession}.
 */
public interface InvokedSession extends SocketSession, LogContext.Named {

	/**
	 * Returns what the parts of the session share. Any thread.
	 * @return the state
	 */
	SessionState state();

	/**
	 * Returns why and how it ends. Any thread.
	 * @return the end
	 */
	default SessionEnd end() {
		return state().end();
	}

	/**
	 * Returns what it is made from. Any thread.
	 * @return the specification
	 */
	default SessionSpec spec() {
		return state().spec();
	}

	@Override
	default @Nullable PeerCredentials peerCredentials() {
		return state().connection().peerCredentials();
	}

	@Override
	default String server() {
		return spec().name();
	}

	@Override
	default List<String> args() {
		return spec().args();
	}

	@Override
	default String ownerKey() {
		return (spec().side() == SessionSpec.Side.SERVER) ? LogContext.SERVER : LogContext.CLIENT;
	}

	@Override
	default void pauseReads() {
		input().pause(SessionInput.BY_APPLICATION);
	}

	@Override
	default void resumeReads() {
		input().resume(SessionInput.BY_APPLICATION);
	}

	@Override
	default void loginFailed(String reason) {
		LoginPhase login = input().room().login();
		if (login != null) {
			login.failed(reason);
		}
	}

	/**
	 * Returns what has become of its input. Any thread.
	 * @return the input
	 */
	SessionInput input();

	/**
	 * Whether the calling thread is running this session's user code.
	 * @return {@code true} on the lane or in the call of a blocking handler
	 */
	boolean runsHere();

	/**
	 * Returns what takes what the handler sends.
	 * @return the outbox
	 */
	Outbox outbox();

	/**
	 * Cuts the connection.
	 * @param status how the session ends, unless that is settled already
	 */
	void abort(CloseStatus status);

	@Override
	default void abort() {
		abort(CloseStatus.of(CloseReason.HANDLER_CLOSED));
	}

	/** The handler is about to be notified of the session. On its thread. */
	void begun();

	/**
	 * The handler of messages has been notified of the session, and what it has replied
	 * to a failure there has been sent. On the lane; not if the session is ending.
	 * @param recovered whether there was a failure, with which the handler has dealt
	 */
	void handlerOpened(boolean recovered);

	/** The handler has been notified of the end. On its thread. */
	void finished();

	/**
	 * Lets callbacks run before the handler is notified of the end. On the lane.
	 * @param then is called on the lane when they have run, unless this returns
	 * {@code false}
	 * @return {@code false} if there are none
	 */
	boolean awaitCallbacks(Runnable then);

	/**
	 * Sends a reply: it is never refused. On the lane.
	 * @param payload the reply
	 * @return {@code false} if the output has ended before it
	 */
	boolean reply(Object payload);

	/**
	 * The handler has left all of a full read buffer: it will never take more, and
	 * reading has stopped for good. On the lane.
	 */
	void handlerStalled();

	/**
	 * There is no thread to run the handler. Any thread.
	 * @return whether that ends the session; not if it is ending already
	 */
	boolean executorRefused();

	/**
	 * Logs a failure, unless there have been many of the kind and type. Its class may be
	 * user code, so that asking for its message may throw.
	 * @param kind what failed, among that of all sessions
	 * @param what what failed
	 * @param failure the failure
	 */
	void logFailure(String kind, String what, Throwable failure);

	/**
	 * Returns what log lines are to name.
	 * @return the session, or {@code null} if they name none
	 */
	default LogContext.@Nullable Named named() {
		return state().diagnostics().logContext() ? this : null;
	}

	/**
	 * User code threw. The session ends, and nothing else does.
	 * @param call what was called
	 * @param failure what it threw
	 */
	default void handlerFailed(String call, Throwable failure) {
		String name = spec().handler().name();
		userCodeFailed("handler '" + name + "' failed", "handler '" + name + "' failed in " + call, call, failure);
	}

	/**
	 * A handler that cannot go on threw, and its failure was answered. The session ends.
	 * @param call what was called
	 * @param failure what it threw
	 */
	default void handlerAnswered(String call, Throwable failure) {
		close(CloseReason.HANDLER_ERROR, failure, call);
	}

	/**
	 * User code threw that does not belong to the handler: the same for the session.
	 * @param source what it is
	 * @param failure what it threw
	 */
	default void otherFailed(String source, Throwable failure) {
		String what = source + " failed with what was received";
		userCodeFailed(what, what, source, failure);
	}

	private void userCodeFailed(String kind, String what, String where, Throwable failure) {
		if (failure instanceof InterruptedException) {
			// The interrupt was meant for this call, not for the next session's on the
			// same thread.
			Thread.interrupted();
		}
		if (failure instanceof PayloadException && !(failure instanceof RefusedPayloadException)) {
			// No error handler of the application has dealt with it. It is the peer's
			// doing, so it is not logged as an error.
			close(new CloseStatus(CloseReason.DECODE_ERROR, failure.getMessage(), failure));
			return;
		}
		@Nullable Throwable wrapped = failure.getCause();
		Throwable cause = failure;
		if (failure instanceof CloseReasonException reasoned && wrapped != null) {
			cause = wrapped;
			if (reasoned.reason() != CloseReason.HANDLER_ERROR) {
				// Logged with the end of the session.
				close(reasoned.reason(), cause, where);
				return;
			}
		}
		if (cause instanceof PeerFault) {
			logFailure("messages refused", "a message was refused", cause);
			close(new CloseStatus(CloseReason.HANDLER_ERROR, cause.getMessage(), cause));
			return;
		}
		logFailure(kind, what, cause);
		close(CloseReason.HANDLER_ERROR, cause, where);
	}

	private void close(CloseReason reason, Throwable failure, String where) {
		close(new CloseStatus(reason, failure.getClass().getSimpleName() + " in " + where, failure));
	}

}
