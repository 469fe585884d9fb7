package dev.socketserver.engine.connect;

import java.util.function.Function;

import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ServerAddress;
import dev.socketserver.engine.lane.SessionThreads;
import dev.socketserver.spec.SocketTransport;

/**
 * Has no network.
 *
 * @param attempts makes attempts that the test decides
 * @param closing run when it is closed
 */
record ModelConnector(Function<ClientConnection, ConnectionAttempt> attempts, Runnable closing) implements Connector {

	ModelConnector(Function<ClientConnection, ConnectionAttempt> attempts) {
		this(attempts, () -> {
		});
	}

	@Override
	public ConnectionAttempt attempt(ClientConnection connection, ServerAddress server, int number) {
		return this.attempts.apply(connection);
	}

	@Override
	public SessionThreads threads() {
		return (session, task) -> {
			throw new IllegalStateException("Nothing blocks here");
		};
	}

	@Override
	public SocketTransport transport() {
		return SocketTransport.NIO;
	}

	@Override
	public Runnable reconfigured(ClientSpec next) {
		return () -> {
		};
	}

	@Override
	public void close() {
		this.closing.run();
	}

}
