package dev.socketserver.operation;

import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.client.ClientState;
import dev.socketserver.client.SocketClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an operator can make a client do. No action waits for a connection to be made, or
 * to end.
 */
public enum ClientAction {

	/** Starts a client that is stopped. */
	START {

		@Override
		void performOn(SocketClient client, ClientState state) {
			if (state != ClientState.STOPPED) {
				throw refused(client, state, "only a stopped client can be started");
			}
			try {
				client.start();
			}
			catch (IllegalStateException | UnsupportedOperationException | IllegalArgumentException
					| UncheckedIOException ex) {
				// The state has changed meanwhile, the transport or an option of it does
				// not exist here, or the system gives no more event loops.
				throw new RefusedOperationException(FailureText.of(ex), ex);
			}
			catch (RuntimeException ex) {
				// Thrown by a bean of the application. What it says needs its stack
				// trace.
				logger.error("Client '{}' could not be started", client.name(), ex);
				throw new RefusedOperationException(FailureText.of(ex), ex);
			}
		}

	},

	/**
	 * Begins to stop: output that waits is sent if the client is connected, and fails
	 * otherwise.
	 */
	STOP {

		@Override
		void performOn(SocketClient client, ClientState state) {
			switch (state) {
				case STOPPED, CLOSED -> throw refused(client, state, "there is nothing to stop");
				case CLOSING -> throw refused(client, state, "it is already stopping");
				default -> {
					CompletableFuture<?> unused = client.stop();
				}
			}
		}

	},

	/** Closes the connection, and makes no other until {@link #RECONNECT}. */
	DISCONNECT {

		@Override
		void performOn(SocketClient client, ClientState state) {
			if (!client.disconnect()) {
				throw refused(client, state, client.suspended() ? "it is already disconnected"
						: "only a client that was started can be disconnected");
			}
		}

	},

	/** Closes the connection, if there is one, and connects anew at once. */
	RECONNECT {

		@Override
		void performOn(SocketClient client, ClientState state) {
			if (!client.reconnect()) {
				throw refused(client, state, "only a client that was started can be reconnected");
			}
		}

	};

	private static final Logger logger = LoggerFactory.getLogger(ClientAction.class);

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
	public final void perform(SocketClient client) {
		performOn(client, client.state());
	}

	abstract void performOn(SocketClient client, ClientState state);

	private static RefusedOperationException refused(SocketClient client, ClientState state, String why) {
		return new RefusedOperationException("Client '" + client.name() + "' is " + state + ": " + why);
	}

}
