package dev.socketserver.actuate;

import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

import dev.socketserver.SessionInfo;
import dev.socketserver.SocketSession;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.util.StringUtils;

/**
 * What an operator can have a session do, besides closing it.
 */
enum SessionAction {

	PAUSE(false) {

		@Override
		void performOn(SocketSession session, String payload) {
			if (!session.hold()) {
				throw refused(session, closing(session) ? "it is closing" : "it has been paused already");
			}
		}

	},

	RESUME(false) {

		@Override
		void performOn(SocketSession session, String payload) {
			if (!session.release()) {
				throw refused(session,
						session.info().readsPaused() ? "it was its handler that paused it" : "it has not been paused");
			}
		}

	},

	SEND(true) {

		@Override
		void performOn(SocketSession session, String payload) {
			CompletableFuture<?> outcome;
			try {
				outcome = session.trySend(payload);
			}
			catch (IllegalArgumentException ex) {
				throw new InvalidEndpointRequestException("The payload cannot be sent: " + FailureText.of(ex),
						"Bad payload", ex);
			}
			catch (RuntimeException ex) {
				// A framing or a converter of the application's.
				throw new RefusedOperationException("Session '" + session.id() + "' cannot send: " + FailureText.of(ex),
						ex);
			}
			await(session, outcome);
		}

	},

	EVAL(true) {

		@Override
		void performOn(SocketSession session, String payload) {
			throw refused(session, "evaluation is off; socket.repl.eval-over-actuator=true switches it on "
					+ "in an application that has the REPL");
		}

	};

	/** How long the outcome of a send is waited for. */
	private static final long SEND_MILLIS = 1000;

	/** How much of a wrong value an answer repeats. */
	private static final int SHOWN = 40;

	private final boolean takesPayload;

	SessionAction(boolean takesPayload) {
		this.takesPayload = takesPayload;
	}

	/**
	 * Returns the action of a name.
	 * @param name the name, in lower case
	 * @return the action
	 * @throws InvalidEndpointRequestException if there is none
	 */
	static SessionAction of(String name) {
		return Arrays.stream(values())
			.filter((action) -> action.text().equals(name))
			.findFirst()
			.orElseThrow(() -> new InvalidEndpointRequestException(
					"Unknown action '" + StringUtils.truncate(name, SHOWN) + "': use one of " + names(),
					"Unknown action"));
	}

	static String names() {
		return Arrays.stream(values()).map(SessionAction::text).collect(Collectors.joining(", "));
	}

	private String text() {
		return name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Has a session do it.
	 * @param session the session
	 * @param payload with what, or {@code null}
	 * @throws InvalidEndpointRequestException if the payload is wrong
	 * @throws RefusedOperationException if it does not fit the session's state
	 */
	final void perform(SocketSession session, @Nullable String payload) {
		if (this.takesPayload && payload == null) {
			throw new InvalidEndpointRequestException("The action " + text() + " needs a payload", "Missing payload");
		}
		if (!this.takesPayload && payload != null) {
			throw new InvalidEndpointRequestException("The action " + text() + " takes no payload", "Bad parameter");
		}
		performOn(session, (payload != null) ? payload : "");
	}

	abstract void performOn(SocketSession session, String payload);

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
