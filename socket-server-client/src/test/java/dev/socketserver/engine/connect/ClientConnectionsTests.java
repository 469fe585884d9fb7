package dev.socketserver.engine.connect;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ManualTimer;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.engine.ManualEngine;
import dev.socketserver.engine.client.ClientOutbox;
import dev.socketserver.engine.client.ClientOutbox.Spread;
import dev.socketserver.engine.events.Listeners;
import dev.socketserver.engine.resources.SharedResources;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.spec.InvalidSpecException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the connections of a client do when it is called for from several threads.
 */
class ClientConnectionsTests {

	private final ManualTimer timer = new ManualTimer();

	private final ModelThreads threads = new ModelThreads();

	@AfterEach
	void end() {
		this.timer.shutdownNow();
	}

	/** Whoever has seen the client stopped may come after the start of another thread. */
	@Test
	void startedClientRefusesWhatOnlyARestartChanges() {
		ClientSpec spec = ClientSpec.builder("it").port(1).threads((each) -> each.clientDaemon(true)).build();
		SharedResources engine = ManualEngine.with(this.timer, this.timer::now);
		SessionRegistry sessions = SessionRegistry.ofClient("it", new AtomicLong());
		Connector.Factory connectors = (client) -> new ModelConnector((connection) -> {
			throw new IllegalStateException("No attempt is made");
		});
		ManagedClient shown = new ManagedClient(spec, engine, this.threads::add, new Listeners<>(List::of, this.timer),
				sessions, connectors);
		ClientContext context = new ClientContext(shown, spec, engine, this.threads::add, sessions);
		ClientOutbox outbox = new ClientOutbox("it", Bounds.of(spec.session().outbound()), context.counters(),
				engine.memory(), Spread.NONE, null);
		ClientConnections connections = new ClientConnections(context, outbox,
				new ClientEvents(new Listeners<>(List::of, this.timer), engine), connectors);
		ClientSpec other = ClientSpec.builder("it").port(1).threads((each) -> each.clientDaemon(false)).build();
		connections.start();
		assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(() -> connections.reconfigure(other, 2))
			.withMessageContaining("threads");
		assertThat(context.spec()).isSameAs(spec);
		connections.stop(false, CloseStatus.of(CloseReason.SERVER_STOPPED));
		while (this.threads.worked()) {
			// And the next.
		}
		assertThat(connections.state()).isEqualTo(ClientState.STOPPED);
		connections.reconfigure(other, 2);
		assertThat(context.spec()).isSameAs(other);
	}

}
