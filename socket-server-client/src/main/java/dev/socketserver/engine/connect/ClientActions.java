package dev.socketserver.engine.connect;

import java.util.concurrent.CompletableFuture;

import dev.socketserver.ServerState;
import dev.socketserver.engine.client.ClientOutbox;
import dev.socketserver.engine.lane.LoopAwareFuture;
import dev.socketserver.engine.lifecycle.Lifecycle;
import org.jspecify.annotations.Nullable;

/**
 * What is done when the lifecycle of a client says so. Under the monitor of
 * {@link ClientConnections}.
 *
 * @param client what its connections share
 * @param connectors makes a connector at each start
 * @param reconnection knows when it connects
 * @param status is what it shows
 * @param outbox has what is to be sent
 */
record ClientActions(ClientContext client, Connector.Factory connectors, Reconnection reconnection, ClientStatus status,
		ClientOutbox outbox) implements Lifecycle.Actions<ClientRun> {

	@Override
	public ClientRun begin() {
		ClientRun run = new ClientRun(this.client, this.connectors);
		this.reconnection.started();
		this.status.started();
		this.client.received().open();
		// Under the monitor: a stop could be over before, and would leave it open.
		this.outbox.open();
		return run;
	}

	@Override
	public CompletableFuture<@Nullable Void> future() {
		return new LoopAwareFuture<>();
	}

	@Override
	public void cancelled(ClientRun run) {
		throw new IllegalStateException("Nobody stops a client while it starts");
	}

	@Override
	public void stopped(ClientRun run) {
		this.status.closed();
	}

	@Override
	public RuntimeException refusal(ServerState state, boolean retired) {
		String name = this.client.name();
		return new IllegalStateException(retired ? "Client '" + name + "' is closed"
				: "Client '" + name + "' cannot start while it is " + this.client.client().state());
	}

}
