package dev.socketserver.engine.connect;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ManualTimer;
import dev.socketserver.client.ClientClosedException;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.Received;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClientListener;
import dev.socketserver.engine.ManualEngine;
import dev.socketserver.engine.client.ClientOutbox;
import dev.socketserver.engine.client.ClientOutbox.Spread;
import dev.socketserver.engine.events.Listeners;
import dev.socketserver.engine.resources.SharedResources;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.fixtures.Patience;
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

	private final ClientSpec spec = ClientSpec.builder("it").port(1).threads((each) -> each.clientDaemon(true)).build();

	private final SharedResources engine = ManualEngine.with(this.timer, this.timer::now);

	private final SessionRegistry sessions = SessionRegistry.ofClient("it", new AtomicLong(), null);

	/** Run when all has been given back. */
	private Runnable closing = () -> {
	};

	/** Run when a start takes what it needs. */
	private Runnable starting = () -> {
	};

	private final Connector.Factory connectors = (client) -> {
		this.starting.run();
		return new ModelConnector((connection) -> {
			throw new IllegalStateException("No attempt is made");
		}, () -> this.closing.run());
	};

	private final ManagedClient shown = new ManagedClient(this.spec, this.engine, this.threads::add,
			new Listeners<>(List::of, this.timer), this.sessions, this.connectors);

	private final ClientContext context = new ClientContext(this.shown, this.spec, this.engine, this.threads::add,
			this.sessions);

	private final ClientOutbox outbox = new ClientOutbox("it", Bounds.of(this.spec.session().outbound()),
			this.context.counters(), this.engine.memory(), Spread.NONE, null);

	/** What a listener sees of the end, and why it cannot send. */
	private final List<Object> seen = new CopyOnWriteArrayList<>();

	private final SocketClientListener listener = new SocketClientListener() {

		@Override
		public void closed(SocketClient client) {
			ClientConnectionsTests tests = ClientConnectionsTests.this;
			tests.seen.add(tests.connections.state());
			tests.outbox.send(new byte[1], null, false, (refusal) -> tests.seen.add(String.valueOf(refusal)));
		}

	};

	private final ClientConnections connections = new ClientConnections(this.context, this.outbox,
			new ClientEvents(new Listeners<>(() -> List.of(this.listener), this.timer), this.engine), this.connectors);

	@AfterEach
	void end() {
		this.timer.shutdownNow();
	}

	/** Whoever has seen the client stopped may come after the start of another thread. */
	@Test
	void startedClientRefusesWhatOnlyARestartChanges() {
		ClientSpec other = ClientSpec.builder("it").port(1).threads((each) -> each.clientDaemon(false)).build();
		this.connections.start();
		assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(() -> this.connections.reconfigure(other, 2))
			.withMessageContaining("threads");
		assertThat(this.context.spec()).isSameAs(this.spec);
		stop();
		assertThat(this.connections.state()).isEqualTo(ClientState.STOPPED);
		this.connections.reconfigure(other, 2);
		assertThat(this.context.spec()).isSameAs(other);
	}

	private void stop() {
		this.connections.stop(false, CloseStatus.of(CloseReason.SERVER_STOPPED));
		while (this.threads.worked()) {
			// And the next.
		}
	}

	/** Whoever sees that it connects may send. */
	@Test
	void clientConnectsOnceItTakesPayloads() {
		List<ClientState> seen = new ArrayList<>();
		this.starting = () -> seen.add(this.connections.state());
		this.connections.start();
		seen.add(this.connections.state());
		assertThat(seen).containsExactly(ClientState.STOPPED, ClientState.CONNECTING);
		stop();
	}

	@Test
	void stoppedClientRefusesAsItShows() {
		this.connections.start();
		stop();
		Patience.within(() -> assertThat(this.seen).containsExactly(ClientState.STOPPED,
				new ClientClosedException("it", ClientState.STOPPED).toString()));
	}

	/** An application may start it again as soon as it has received that. */
	@Test
	void theEndIsReceivedOnceTheClientCanBeStartedAgain() {
		List<Received> early = new ArrayList<>();
		this.closing = () -> {
			Received received = this.context.received().take(Duration.ZERO);
			if (received != null) {
				early.add(received);
			}
		};
		this.connections.start();
		stop();
		assertThat(early).isEmpty();
		assertThat(this.context.received().take(Duration.ZERO)).isInstanceOf(Received.Closed.class);
		this.connections.start();
		assertThat(this.connections.state()).isEqualTo(ClientState.CONNECTING);
		stop();
	}

}
