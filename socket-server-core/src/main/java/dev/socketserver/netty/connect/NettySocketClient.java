package dev.socketserver.netty.connect;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SocketSession;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.LastClosed;
import dev.socketserver.client.SocketClientListener;
import dev.socketserver.engine.events.Listeners;
import dev.socketserver.engine.lane.LoopAwareFuture;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.engine.state.Diagnostics;
import dev.socketserver.netty.resources.NettyResources;
import dev.socketserver.spec.SocketTransport;
import org.jspecify.annotations.Nullable;

/**
 * A client: owns its {@link ClientState state}, and has one {@link ClientConnection} at a
 * time, which is only an attempt at first. Here is what the application and operators ask
 * of it, on any thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures come back as events
public final class NettySocketClient extends ClientConnections {

	public NettySocketClient(ClientSpec spec, NettyResources netty, HostResolver resolver, Executor handshakes,
			Executor executor, Listeners<SocketClientListener> listeners, SessionRegistry sessions) {
		super(spec, netty, resolver, handshakes, executor, listeners, sessions);
	}

	@Override
	public ClientState state() {
		return this.state;
	}

	@Override
	public Optional<SocketSession> session() {
		return Optional.ofNullable(this.session);
	}

	/**
	 * Returns the open sessions, and those whose handlers have still to be notified of
	 * their end.
	 */
	public Stream<Session> openSessions() {
		return this.sessions.stream();
	}

	@Override
	public synchronized @Nullable SocketTransport transport() {
		ClientRun current = this.run;
		return (current != null) ? current.transport() : null;
	}

	@Override
	public @Nullable Instant connectedAt() {
		Session open = this.session;
		return (open != null) ? open.openedAt() : null;
	}

	@Override
	public @Nullable Throwable failure() {
		return this.failure;
	}

	@Override
	public @Nullable LastClosed lastClosed() {
		return this.lastClosed;
	}

	// What the application and operators want.

	/**
	 * Accepts payloads from now on, which wait for the start that is about to come.
	 */
	public synchronized void expectStart() {
		if (this.desired == DesiredClientState.STOP && this.run == null) {
			this.outbox.open();
		}
	}

	@Override
	public void start() {
		synchronized (this) {
			if (this.desired == DesiredClientState.CLOSE) {
				throw new IllegalStateException("Client '" + name() + "' is closed");
			}
			if (this.desired != DesiredClientState.STOP) {
				return;
			}
			if (this.run != null) {
				throw new IllegalStateException("Client '" + name() + "' cannot start while it is " + this.state);
			}
			this.run = new ClientRun(this.spec, this.netty, this.resolver, this.handshakes, this.payloads,
					this.counters, this.sessions, this.received, diagnostics());
			this.desired = DesiredClientState.RUN;
			this.failure = null;
			this.lastClosed = null;
			this.nextAttempt.started();
			this.stopped = new LoopAwareFuture<>();
			this.state = ClientState.CONNECTING;
			this.received.open();
			// Under the monitor: a stop could be over before, and would leave it open.
			this.outbox.open();
		}
		this.executor.execute(this::next);
	}

	/** Payloads that the application receives by hand are handled by nobody. */
	private Diagnostics diagnostics() {
		return new Diagnostics(this.spec.byHand() ? null : this.engine.observer().get(), this.engine.logContext(),
				this.failureLog);
	}

	@Override
	public CompletableFuture<@Nullable Void> stop() {
		return stop(DesiredClientState.STOP, CloseStatus.of(CloseReason.SERVER_STOPPED, "the client stops"));
	}

	@Override
	public void close() {
		stop(DesiredClientState.CLOSE, CloseStatus.of(CloseReason.HANDLER_CLOSED, "the client was closed"));
	}

	private CompletableFuture<@Nullable Void> stop(DesiredClientState wanted, CloseStatus status) {
		ClientConnection open;
		boolean connected;
		CompletableFuture<@Nullable Void> outcome;
		synchronized (this) {
			if (wanted == DesiredClientState.CLOSE && this.desired == DesiredClientState.STOP) {
				this.desired = DesiredClientState.CLOSE;
				if (this.run == null) {
					closedForGood();
				}
			}
			else if (this.desired == DesiredClientState.STOP && this.run == null) {
				// What was sent for a start that does not come.
				this.outbox.failAll(this.state);
			}
			outcome = this.stopped;
			if (this.desired == DesiredClientState.STOP || this.desired == DesiredClientState.CLOSE) {
				return outcome.copy();
			}
			this.desired = wanted;
			this.state = ClientState.CLOSING;
			this.stopStatus = status;
			ClientRun over = this.run;
			this.stopDeadline = (over != null) ? this.engine.timer()
				.schedule(() -> this.executor.execute(() -> finish(over, true)),
						this.spec.closeTimeout().toNanos() + ABORT_NANOS, TimeUnit.NANOSECONDS)
					: null;
			cancelRetry();
			open = this.connection;
			connected = this.session != null;
		}
		this.received.closing();
		if (open != null && connected) {
			end(open, status);
		}
		else {
			// If the attempt has led to a connection meanwhile, that ends after what is
			// to be sent, and may have notified the outbox already.
			this.outbox.refuse(ClientState.CLOSING);
			if (open == null || !open.cancel()) {
				this.executor.execute(this::next);
			}
		}
		return outcome.copy();
	}

	/** Closes a client that is stopped or was never started. Under the monitor. */
	private void closedForGood() {
		this.state = ClientState.CLOSED;
		this.outbox.failAll(ClientState.CLOSED);
		this.received.closed();
		notifyStopped(this.stopped, ClientState.CLOSED);
	}

	@Override
	public boolean disconnect() {
		ClientConnection open;
		boolean connected;
		synchronized (this) {
			if (this.desired != DesiredClientState.RUN) {
				return false;
			}
			this.desired = DesiredClientState.SUSPEND;
			this.hurry = false;
			if (cancelRetry() || this.connection == null) {
				this.state = ClientState.DISCONNECTED;
			}
			open = this.connection;
			connected = this.session != null;
		}
		disconnect(open, connected);
		return true;
	}

	@Override
	public boolean reconnect() {
		ClientConnection open;
		boolean connected;
		synchronized (this) {
			if (this.desired != DesiredClientState.RUN && this.desired != DesiredClientState.SUSPEND) {
				return false;
			}
			this.desired = DesiredClientState.RUN;
			this.nextAttempt.wanted();
			cancelRetry();
			open = this.connection;
			connected = this.session != null;
			// An attempt that is under way is just what is wanted. A connection that is
			// over, and will be taken away in a moment, is not.
			this.hurry = open == null || connected || open.isSettled();
		}
		if (open == null) {
			this.executor.execute(this::next);
		}
		else if (connected) {
			disconnect(open, true);
		}
		return true;
	}

	private void disconnect(@Nullable ClientConnection open, boolean connected) {
		if (open != null && connected) {
			open.close(CloseStatus.of(CloseReason.OPERATOR_CLOSED));
		}
		else if (open != null) {
			open.cancel();
		}
	}

	@Override
	public synchronized boolean suspended() {
		return this.desired == DesiredClientState.SUSPEND;
	}

	@Override
	public CompletableFuture<@Nullable Void> closed() {
		return this.closed.copy();
	}

}
