package dev.socketserver.engine.handlers;

import java.net.InetAddress;
import java.util.List;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.PeerCredentials;
import dev.socketserver.SessionSpec;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.gate.LoginPhase;
import dev.socketserver.engine.input.SessionInput;
import dev.socketserver.engine.log.LogContext;
import dev.socketserver.engine.output.Outbox;
import dev.socketserver.engine.state.SessionEnd;
import dev.socketserver.engine.state.SessionState;
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
	default @Nullable InetAddress group() {
		return state().connection().group();
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
	default long settingsVersion() {
		return state().version();
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

}
