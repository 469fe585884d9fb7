package dev.socketserver.operation;

import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.client.ClientState;
import dev.socketserver.client.SocketClient;
import dev.socketserver.engine.log.SafeLogger;
import org.jspecify.annotations.Nullable;

/**
 * What an operator can make a client do. No action waits for a connection to be made, or
 * to end.
 */
public enum ClientAction {

	/** Starts a client that is stopped. */
	START((client, state) -> {
		if (state != ClientState.STOPPED) {
			return "only a stopped client can be started";
		}
		start(client);
		return null;
	}),

	/**
	 * Begins to stop: output that waits is sent if the client is connected, and fails
	 * otherwise.
	 */
	STOP((client, state) -> switch (state) {
		case STOPPED, CLOSED -> "there is nothing to stop";
		case CLOSING -> "it is already stopping";
		default -> {
			CompletableFuture<?> unused = client.stop();
			yield null;
		}
	}),

	/** Closes the connection, and makes no other until {@link #RECONNECT}. */
	DISCONNECT((client, state) -> {
		if (client.disconnect()) {
			return null;
		}
		return client.suspended() ? "it is already disconnected" : "only a client that was started can be disconnected";
	}),

	/** Closes the connection, if there is one, and connects anew at once. */
	RECONNECT((client, state) -> client.reconnect() ? null : "only a client that was started can be reconnected"),

	/**
	 * Has another connection take the place of each: it is ready first, and then the old
	 * one finishes what it has, and closes.
	 */
	ROTATE((client, state) -> {
		if (state != ClientState.CONNECTED) {
			return "only a client that is connected can rotate its connections";
		}
		CompletableFuture<?> unused = client.rotate();
		return null;
	});

	private static final SafeLogger logger = SafeLogger.of(ClientAction.class);

	private final Step step;

	ClientAction(Step step) {
		this.step = step;
	}

	/**
	 * Returns the action with a name.
	 * @param name the name, in lower case
	 * @return the action
	 * @throws BadParameterException if there is none
	 */
	public static ClientAction of(String name) {
		return ActionNames.find(ClientAction.class, name);
	}

	/**
	 * Returns the names of all actions.
	 * @return the names, for people
	 */
	public static String names() {
		return ActionNames.all(ClientAction.class);
	}

	/**
	 * Performs the action.
	 * @param client the client
	 * @throws RefusedOperationException if the action does not fit the client's state, or
	 * has failed
	 */
	public void perform(SocketClient client) {
		ClientState state = client.state();
		String refused = this.step.perform(client, state);
		if (refused != null) {
			throw new RefusedOperationException("Client '" + client.name() + "' is " + state + ": " + refused);
		}
	}

	private static void start(SocketClient client) {
		try {
			client.start();
		}
		catch (IllegalStateException | UnsupportedOperationException | IllegalArgumentException
				| UncheckedIOException ex) {
			// The state has changed meanwhile, the transport or an option of it does not
			// exist here, or the system gives no more event loops.
			throw new RefusedOperationException(FailureText.of(ex), ex);
		}
		catch (RuntimeException ex) {
			// Thrown by a bean of the application. What it says needs its stack trace.
			logger.error("Client '{}' could not be started", client.name(), ex);
			throw new RefusedOperationException(FailureText.of(ex), ex);
		}
	}

	/** What an action does. */
	private interface Step {

		/** Returns why the action does not fit the state, {@code null} if it was done. */
		@Nullable String perform(SocketClient client, ClientState state);

	}

}
