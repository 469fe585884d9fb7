package dev.socketserver.operation;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.socketserver.SessionInfo;
import dev.socketserver.SocketSession;
import dev.socketserver.operation.SessionEvaluator.Evaluation;
import org.jspecify.annotations.Nullable;

/**
 * What an operator can have a session do, besides closing it.
 */
public enum SessionAction {

	/** Pauses the session's reads, whatever the application does about them. */
	PAUSE(false) {

		@Override
		@Nullable Evaluation performOn(SocketSession session, String payload, @Nullable SessionEvaluator evaluator) {
			if (!session.hold()) {
				throw refused(session, closing(session) ? "it is closing" : "it has been paused already");
			}
			return null;
		}

	},

	/** Goes on after {@link #PAUSE}, unless the application has paused reads itself. */
	RESUME(false) {

		@Override
		@Nullable Evaluation performOn(SocketSession session, String payload, @Nullable SessionEvaluator evaluator) {
			if (!session.release()) {
				throw refused(session,
						session.info().readsPaused() ? "it was its handler that paused it" : "it has not been paused");
			}
			return null;
		}

	},

	/** Sends the payload as one frame. Waits a second at most for the outcome. */
	SEND(true) {

		@Override
		@Nullable Evaluation performOn(SocketSession session, String payload, @Nullable SessionEvaluator evaluator) {
			CompletableFuture<?> outcome;
			try {
				outcome = session.trySend(payload);
			}
			catch (IllegalArgumentException ex) {
				throw new BadParameterException("The payload cannot be sent: " + FailureText.of(ex), "Bad payload", ex);
			}
			catch (RuntimeException ex) {
				// A framing or a converter of the application's.
				throw new RefusedOperationException("Session '" + session.id() + "' cannot send: " + FailureText.of(ex),
						ex);
			}
			await(session, outcome);
			return null;
		}

	},

	/**
	 * Evaluates the payload, if an evaluator is given, and waits for what comes of it.
	 */
	EVAL(true) {

		@Override
		@Nullable Evaluation performOn(SocketSession session, String payload, @Nullable SessionEvaluator evaluator) {
			if (evaluator == null) {
				throw refused(session, "evaluation is off; socket.repl.eval-over-actuator=true switches it on");
			}
			return evaluator.evaluate(session, payload);
		}

	};

	/** How long the outcome of a send is waited for. */
	private static final long SEND_MILLIS = 1000;

	private final boolean takesPayload;

	SessionAction(boolean takesPayload) {
		this.takesPayload = takesPayload;
	}

	/**
	 * Returns the action of a name.
	 * @param name the name, in lower case
	 * @return the action
	 * @throws BadParameterException if there is none
	 */
	public static SessionAction of(String name) {
		return ActionNames.find(SessionAction.class, name);
	}

	/**
	 * Lists the names of all actions.
	 * @return the names, for people
	 */
	public static String names() {
		return ActionNames.all(SessionAction.class);
	}

	/**
	 * Has a session do it.
	 * @param session the session
	 * @param payload with what, or {@code null}
	 * @param evaluator evaluates, if it may be done, or {@code null}
	 * @return what came of an evaluation, or {@code null} if there was none
	 * @throws BadParameterException if the payload is wrong
	 * @throws RefusedOperationException if it does not fit the session's state
	 */
	public final @Nullable Evaluation perform(SocketSession session, @Nullable String payload,
			@Nullable SessionEvaluator evaluator) {
		if (this.takesPayload && payload == null) {
			throw new BadParameterException("The action " + ActionNames.of(this) + " needs a payload",
					"Missing payload");
		}
		if (!this.takesPayload && payload != null) {
			throw new BadParameterException("The action " + ActionNames.of(this) + " takes no payload",
					"Bad parameter");
		}
		return performOn(session, (payload != null) ? payload : "", evaluator);
	}

	abstract @Nullable Evaluation performOn(SocketSession session, String payload,
			@Nullable SessionEvaluator evaluator);

	/**
	 * A refusal is there already. What else goes wrong is told if it does so soon; a peer
	 * that reads slowly is not waited for.
	 */
	private static void await(SocketSession session, CompletableFuture<?> outcome) {
		try {
			outcome.get(SEND_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (TimeoutException ex) {
			// It is pending, as the answer shows.
		}
		catch (ExecutionException ex) {
			Throwable failure = (ex.getCause() != null) ? ex.getCause() : ex;
			throw new RefusedOperationException(
					"Session '" + session.id() + "' could not send: " + FailureText.of(failure), failure);
		}
	}

	private static boolean closing(SocketSession session) {
		SessionInfo.State state = session.info().state();
		return state == SessionInfo.State.CLOSING || state == SessionInfo.State.CLOSED;
	}

	private static RefusedOperationException refused(SocketSession session, String why) {
		return new RefusedOperationException("Session '" + session.id() + "': " + why);
	}

}
