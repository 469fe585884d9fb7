package dev.socketserver.operation;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.socketserver.SessionInfo;
import dev.socketserver.SocketSession;
import dev.socketserver.operation.SessionEvaluator.Evaluation;
import dev.socketserver.operator.SessionOperations;
import org.jspecify.annotations.Nullable;

/**
 * What an operator can make a session do, besides closing it.
 */
public enum SessionAction {

	/**
	 * Stops handling what the peer sends, and reading the socket, whatever the
	 * application does about reads. Refused for a session that is closing, or was paused
	 * already.
	 */
	PAUSE(false, (session, payload, evaluator) -> {
		if (!SessionOperations.of(session).hold()) {
			throw refused(session, closing(session) ? "it is closing" : "it is already paused");
		}
		return null;
	}),

	/**
	 * Goes on after {@link #PAUSE}, unless the application itself has paused reads.
	 * Refused if there was no such pause.
	 */
	RESUME(false, (session, payload, evaluator) -> {
		if (!SessionOperations.of(session).release()) {
			throw refused(session,
					session.info().readsPaused() ? "its handler has paused it" : "it has not been paused");
		}
		return null;
	}),

	/**
	 * Sends the payload as one frame. Refused where there is no room, for which it never
	 * waits. Waits at most a second for the payload to leave; if it has not then, it goes
	 * on waiting in the session.
	 */
	SEND(true, (session, payload, evaluator) -> {
		send(session, payload);
		return null;
	}),

	/**
	 * Sends the payload as a request, and waits for the reply of the peer. It has an
	 * outcome of its own: {@link PeerRequest} performs it.
	 */
	ASK(true, (session, payload, evaluator) -> {
		throw refused(session, "a reply cannot be shown here");
	}),

	/**
	 * Evaluates the payload, and waits for the outcome; see {@link SessionEvaluator}.
	 * Refused without an evaluator, which there is only with
	 * {@code socket.repl.eval-over-actuator}.
	 */
	EVAL(true, (session, payload, evaluator) -> {
		if (evaluator == null) {
			throw refused(session, "evaluation is off; set socket.repl.eval-over-actuator to true to allow it");
		}
		return evaluator.evaluate(session, payload);
	});

	/** How long to wait for the outcome of a send. */
	private static final long SEND_MILLIS = 1000;

	private final boolean takesPayload;

	private final Step step;

	SessionAction(boolean takesPayload, Step step) {
		this.takesPayload = takesPayload;
		this.step = step;
	}

	/**
	 * Returns the action with a name. If there is none, the message names those that are
	 * offered.
	 * @param name the name, in lower case
	 * @param evaluator evaluates expressions, {@code null} if that is not allowed
	 * @return the action, which may be one that is not offered
	 * @throws BadParameterException if there is none
	 */
	public static SessionAction of(String name, @Nullable SessionEvaluator evaluator) {
		return ActionNames.find(SessionAction.class, name, offered(evaluator));
	}

	/**
	 * Returns the names of the actions that are offered.
	 * @param evaluator evaluates expressions, {@code null} if that is not allowed
	 * @return the names, for people
	 */
	public static String names(@Nullable SessionEvaluator evaluator) {
		return ActionNames.all(offered(evaluator));
	}

	private static Set<SessionAction> offered(@Nullable SessionEvaluator evaluator) {
		return (evaluator != null) ? EnumSet.allOf(SessionAction.class) : EnumSet.complementOf(EnumSet.of(EVAL));
	}

	/**
	 * Performs the action. May wait, and so is not for I/O threads.
	 * @param session the session
	 * @param payload what to send or evaluate, {@code null} for other actions
	 * @param evaluator evaluates expressions, {@code null} if that is not allowed
	 * @return the outcome of an evaluation, or {@code null} if there was none
	 * @throws BadParameterException if the payload is missing, not for the action, or
	 * cannot be sent
	 * @throws RefusedOperationException if the action does not fit the session's state,
	 * or has failed; always for {@link #ASK}
	 */
	public @Nullable Evaluation perform(SocketSession session, @Nullable String payload,
			@Nullable SessionEvaluator evaluator) {
		if (this.takesPayload && payload == null) {
			throw new BadParameterException("The action " + ActionNames.of(this) + " needs a payload",
					"Missing payload");
		}
		if (!this.takesPayload && payload != null) {
			throw new BadParameterException("The action " + ActionNames.of(this) + " takes no payload",
					"Bad parameter");
		}
		return this.step.perform(session, (payload != null) ? payload : "", evaluator);
	}

	/**
	 * Sends, and waits for the outcome. A refusal is there at once, and any other failure
	 * is reported if it occurs soon; a peer that reads slowly is not waited for.
	 */
	private static void send(SocketSession session, String payload) {
		try {
			session.trySend(payload).get(SEND_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (RuntimeException ex) {
			// Thrown by a framing or a converter of the application.
			throw PeerRequest.failed(session, "cannot send", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (TimeoutException ex) {
			// The payload is still waiting, which the description of the session shows.
		}
		catch (ExecutionException ex) {
			throw PeerRequest.failed(session, "could not send", (ex.getCause() != null) ? ex.getCause() : ex);
		}
	}

	private static boolean closing(SocketSession session) {
		SessionInfo.State state = session.info().state();
		return state == SessionInfo.State.CLOSING || state == SessionInfo.State.CLOSED;
	}

	private static RefusedOperationException refused(SocketSession session, String why) {
		return new RefusedOperationException("Session '" + session.id() + "': " + why);
	}

	/** What an action does. */
	private interface Step {

		/** Returns the outcome of an evaluation, if there was one. */
		@Nullable Evaluation perform(SocketSession session, String payload, @Nullable SessionEvaluator evaluator);

	}

}
