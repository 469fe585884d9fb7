package dev.socketserver.engine.connect;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerState;
import dev.socketserver.client.AddressStatus;
import dev.socketserver.client.ClientClosedException;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.LastClosed;
import dev.socketserver.client.NotReadyException;
import dev.socketserver.client.Ready;
import dev.socketserver.engine.client.ClientOutbox;
import dev.socketserver.engine.lane.LoopAwareFuture;
import dev.socketserver.engine.lifecycle.Lifecycle;
import dev.socketserver.engine.lifecycle.Lifecycle.Wish;
import dev.socketserver.engine.session.Session;
import dev.socketserver.spec.SocketTransport;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a client, one at a time, from its start to its stop.
 * <p>
 * What is there is guarded by this object's monitor, and every call of the
 * {@link Lifecycle}, which says what is wanted, is made with it. Connections notify on
 * any thread of what becomes of them; what follows from that is done outside of the
 * monitor, since the outbox has a lock of its own. The next attempt is begun in
 * {@link #next} only, which needs the previous connection to be gone and to have given
 * back all that was still to be sent.
 */
@SuppressWarnings("FutureReturnValueIgnored") // connections notify of what happens
final class ClientConnections implements ClientConnection.ConnectionEvents {

	/** How long a connection that was aborted may take to notify its handler. */
	private static final long ABORT_NANOS = TimeUnit.SECONDS.toNanos(2);

	private final ClientContext client;

	private final ClientOutbox outbox;

	private final ClientEvents events;

	private final Connector.Factory connectors;

	private final Lifecycle<ClientRun> lifecycle = new Lifecycle<>(new Actions());

	/** Completes when it is closed for good, and listeners have been notified. */
	private final CompletableFuture<@Nullable Void> closed = new LoopAwareFuture<>();

	/** What it does while it runs. */
	private volatile ClientState connecting = ClientState.DISCONNECTED;

	private volatile @Nullable Session session;

	private volatile @Nullable Throwable failure;

	private volatile @Nullable LastClosed lastClosed;

	/**
	 * The connection whose handler has still to be notified of it: what waits to be sent
	 * waits for that.
	 */
	private volatile @Nullable ClientConnection opening;

	// Guarded by this.

	private final Reconnection reconnection;

	private @Nullable ClientConnection connection;

	/** Completes when the handler of the last connection has been notified of its end. */
	private CompletableFuture<?> lastEnded = CompletableFuture.completedFuture(null);

	/**
	 * Creates the connections of a client that is stopped.
	 * @param client what they share
	 * @param outbox has what is to be sent
	 * @param events notifies listeners
	 * @param connectors makes a connector at each start
	 */
	ClientConnections(ClientContext client, ClientOutbox outbox, ClientEvents events, Connector.Factory connectors) {
		this.client = client;
		this.outbox = outbox;
		this.events = events;
		this.connectors = connectors;
		this.reconnection = new Reconnection(client, this::waited);
	}

	// What there is. Any thread.

	ClientState state() {
		return switch (this.lifecycle.state()) {
			case STOPPED, FAILED -> this.lifecycle.isRetired() ? ClientState.CLOSED : ClientState.STOPPED;
			case STARTING -> ClientState.CONNECTING;
			case RUNNING, PAUSED -> this.connecting;
			case DRAINING -> ClientState.CLOSING;
		};
	}

	@Nullable Session session() {
		return this.session;
	}

	@Nullable Throwable failure() {
		return this.failure;
	}

	@Nullable LastClosed lastClosed() {
		return this.lastClosed;
	}

	synchronized List<AddressStatus> addresses() {
		return this.reconnection.statuses();
	}

	@Nullable SocketTransport transport() {
		ClientRun current = this.lifecycle.run();
		return (current != null) ? current.connector().transport() : null;
	}

	boolean suspended() {
		return this.lifecycle.state() == ServerState.PAUSED;
	}

	CompletableFuture<@Nullable Void> closed() {
		return this.closed.copy();
	}

	/**
	 * If the caller is the handler that is being notified of a new connection, has what
	 * waits sent on it now: its send would wait for itself otherwise. A handler that is
	 * still busy with the previous connection does not get in front of what is said first
	 * on the new one.
	 * @return the connection, if it takes what the caller sends only when it is ready
	 */
	@Nullable ClientConnection attachIfOpening() {
		ClientConnection open = this.opening;
		if (open == null || !open.runsHere()) {
			return null;
		}
		if (open.ready() != Ready.CONNECTED) {
			return open;
		}
		open.attach();
		return null;
	}

	// What the application and operators want. Any thread.

	/** Accepts payloads from now on, which wait for the start that follows. */
	synchronized void expectStart() {
		if (rests() && !this.lifecycle.isRetired()) {
			this.outbox.open();
		}
	}

	private boolean rests() {
		ServerState now = this.lifecycle.state();
		return now == ServerState.STOPPED || now == ServerState.FAILED;
	}

	void start() {
		boolean started;
		synchronized (this) {
			started = this.lifecycle.start();
		}
		if (started) {
			this.client.executor().execute(this::next);
		}
	}

	/**
	 * Stops.
	 * @param forGood whether it is closed
	 * @param status how the connection ends
	 * @return completes when listeners have been notified
	 */
	CompletableFuture<@Nullable Void> stop(boolean forGood, CloseStatus status) {
		ClientConnection open;
		boolean connected;
		CompletableFuture<@Nullable Void> outcome;
		synchronized (this) {
			boolean closedBefore = this.lifecycle.isRetired();
			if (forGood) {
				this.lifecycle.retire();
			}
			outcome = this.lifecycle.end();
			Lifecycle.Stop<ClientRun> stop = this.lifecycle.stop(Wish.STOPPED);
			ClientRun over = stop.run();
			if (over == null) {
				if (forGood && !closedBefore) {
					closedForGood();
				}
				else if (!closedBefore) {
					// What was sent for a start that does not follow.
					this.outbox.failAll(ClientState.STOPPED);
				}
				return outcome;
			}
			if (!stop.first()) {
				return outcome;
			}
			over.stop(status,
					this.client.engine()
						.timer()
						.schedule(() -> this.client.executor().execute(() -> finish(over, true)),
								this.client.spec().drainTimeout().toNanos() + ABORT_NANOS, TimeUnit.NANOSECONDS));
			this.reconnection.cancelWait();
			open = this.connection;
			connected = open != null && open.hadSession();
		}
		this.client.received().closing();
		if (open != null && connected) {
			end(open, status);
		}
		else {
			// If the attempt has led to a connection meanwhile, that ends after what is
			// to be sent, and may have notified the outbox already.
			this.outbox.refuse(ClientState.CLOSING);
			if (open == null || !open.cancel()) {
				this.client.executor().execute(this::next);
			}
		}
		return outcome;
	}

	/** Closes a client that is stopped or was never started. Under the monitor. */
	private void closedForGood() {
		this.outbox.failAll(ClientState.CLOSED);
		this.client.received().closed();
		this.events.after(() -> this.closed.complete(null));
	}

	boolean disconnect() {
		ClientConnection open;
		boolean connected;
		synchronized (this) {
			if (this.lifecycle.pause(true, (run) -> run) == null) {
				return false;
			}
			if (this.reconnection.unwanted() || this.connection == null) {
				this.connecting = ClientState.DISCONNECTED;
			}
			open = this.connection;
			connected = open != null && open.hadSession();
		}
		disconnect(open, connected);
		return true;
	}

	boolean reconnect() {
		ClientConnection open;
		boolean connected;
		synchronized (this) {
			if (!this.lifecycle.isRunning()) {
				return false;
			}
			this.lifecycle.pause(false, (run) -> run);
			open = this.connection;
			connected = open != null && open.hadSession();
			// An attempt that is under way is just what is wanted. A connection that is
			// over, and will be taken away in a moment, is not.
			this.reconnection.wanted(open == null || connected || open.isSettled());
		}
		if (open == null) {
			this.client.executor().execute(this::next);
		}
		else if (connected) {
			disconnect(open, true);
		}
		return true;
	}

	private static void disconnect(@Nullable ClientConnection open, boolean connected) {
		if (open != null && connected) {
			open.close(CloseStatus.of(CloseReason.OPERATOR_CLOSED));
		}
		else if (open != null) {
			open.cancel();
		}
	}

	// Events of connections. Any thread.

	@Override
	public void connected(ClientConnection from, Session opened) {
		ServerState wanted;
		CloseStatus status;
		synchronized (this) {
			wanted = this.lifecycle.state();
			status = from.run().stopStatus();
			if (this.connection != from) {
				// The client was stopped without this connection, whose loop was stuck.
				opened.abort(status);
				return;
			}
			this.reconnection.connected(from);
			if (from.ready() == Ready.CONNECTED) {
				connected(opened);
			}
		}
		from.ended().whenComplete((result, failure) -> ended(from));
		if (from.ready() != Ready.CONNECTED) {
			this.opening = from;
			from.awaitReady();
		}
		else if (from.handlerIsFirst()) {
			this.opening = from;
			from.attachIfHeldUp();
		}
		else {
			from.attach();
		}
		// A stop or a disconnect may have been a moment too late to cancel the attempt.
		if (wanted == ServerState.PAUSED) {
			from.close(CloseStatus.of(CloseReason.OPERATOR_CLOSED));
		}
		else if (wanted != ServerState.RUNNING) {
			end(from, status);
		}
	}

	/** A connection is ready. Under the monitor. */
	private void connected(Session opened) {
		this.session = opened;
		this.failure = null;
		this.connecting = ClientState.CONNECTED;
		this.events.notifyEach((listener) -> listener.connected(this.client.client(), opened));
	}

	@Override
	public synchronized void attach(ClientConnection to) {
		if (this.connection == to) {
			// Else the client was stopped without it, because its loop was stuck.
			this.opening = null;
			if (this.session == null) {
				connected(to.session());
			}
			this.outbox.attach(to);
		}
	}

	@Override
	public void notReady(ClientConnection from, NotReadyException cause) {
		boolean first;
		synchronized (this) {
			if (this.connection != from) {
				return;
			}
			this.reconnection.notReady(from, cause);
			first = !(this.failure instanceof NotReadyException);
			this.failure = cause;
			this.opening = null;
		}
		ClientLog.failed(this.client.client(), from.address().server(), cause, first);
	}

	@Override
	public void lost(ClientConnection from, Session over, CloseStatus status) {
		synchronized (this) {
			if (this.connection != from) {
				// The client was stopped without this connection, whose loop was stuck.
				return;
			}
			this.opening = null;
			this.reconnection.disconnected(from, status.reason());
			this.connecting = ClientState.DISCONNECTED;
			if (this.session == null) {
				this.lastClosed = new LastClosed(status, Instant.now());
			}
			else {
				disconnected(over, status);
			}
		}
		this.outbox.detach(from, () -> this.client.executor().execute(() -> gone(from)));
	}

	/** Under the monitor. */
	private void disconnected(Session over, CloseStatus status) {
		this.session = null;
		this.lastClosed = new LastClosed(status, Instant.now());
		this.events.notifyEach((listener) -> listener.disconnected(this.client.client(), over, status));
	}

	/** The handler of a connection has been notified of the end. */
	private void ended(ClientConnection from) {
		boolean goesOn;
		synchronized (this) {
			goesOn = this.reconnection.ended(from);
		}
		if (goesOn) {
			this.client.executor().execute(this::next);
		}
	}

	@Override
	public void failed(ClientConnection from, Throwable cause) {
		boolean first;
		synchronized (this) {
			first = this.reconnection.failed(from, cause);
			this.failure = cause;
		}
		try {
			ClientLog.failed(this.client.client(), from.address().server(), cause, first);
		}
		finally {
			// The cause may be a class of the application, and throw when it is asked for
			// its message.
			this.client.executor().execute(() -> gone(from));
		}
	}

	@Override
	public void cancelled(ClientConnection from) {
		synchronized (this) {
			this.reconnection.cancelled(from);
		}
		this.client.executor().execute(() -> gone(from));
	}

	/**
	 * Ends a connection after everything that is to be sent, and the replies to it; if
	 * that takes too long, without them.
	 */
	private void end(ClientConnection open, CloseStatus status) {
		this.outbox.close(ClientState.CLOSING, () -> {
			CompletableFuture<?> unused = open.requests()
				.answered()
				.whenComplete((result, failure) -> this.client.executor().execute(() -> open.stop(status)));
		});
		open.abortAfter(this.client.spec().drainTimeout().toNanos(), status);
	}

	// How it goes on. On the executor.

	private void gone(ClientConnection from) {
		synchronized (this) {
			if (this.connection != from) {
				return;
			}
			this.connection = null;
			if (from.hadSession()) {
				// After an attempt that failed, the next handler still waits for that of
				// the last connection.
				this.lastEnded = from.ended();
			}
			this.connecting = ClientState.DISCONNECTED;
		}
		next();
	}

	private void waited() {
		synchronized (this) {
			if (!this.reconnection.waited()) {
				return;
			}
		}
		next();
	}

	/**
	 * Does what is wanted now, if there is no connection: begins or schedules an attempt,
	 * or finishes a stop.
	 */
	private void next() {
		ClientConnection attempt = null;
		CompletableFuture<?> last;
		ClientRun current;
		synchronized (this) {
			current = this.lifecycle.run();
			if (this.connection != null || this.reconnection.isWaiting() || current == null
					|| this.lifecycle.state() == ServerState.PAUSED) {
				return;
			}
			last = this.lastEnded;
			if (this.lifecycle.state() == ServerState.RUNNING) {
				attempt = attempt(current, last);
				if (attempt == null) {
					return;
				}
			}
		}
		if (attempt != null) {
			attempt.begin();
		}
		else {
			this.outbox.failAll(ClientState.CLOSING);
			last.whenComplete((result, ex) -> this.client.executor().execute(() -> finish(current, false)));
		}
	}

	/** Returns the next attempt, unless it is later. Under the monitor. */
	private @Nullable ClientConnection attempt(ClientRun current, CompletableFuture<?> last) {
		switch (this.reconnection.step()) {
			case CONNECT -> {
				this.connecting = ClientState.CONNECTING;
				this.client.counters().countAttempt();
				this.connection = new ClientConnection(this, this.client, current, this.reconnection.address(), last);
				return this.connection;
			}
			case WAIT -> {
			}
			case HOLD_UP -> {
				this.failure = new IllegalStateException(
						"the handler of a connection that is lost has not returned, and " + Reconnection.MOST_UNENDED
								+ " connections have been lost meanwhile");
				ClientLog.heldUp(this.client.client(), Reconnection.MOST_UNENDED);
			}
		}
		return null;
	}

	/**
	 * Finishes a stop: gives back what was started.
	 * @param over what was started
	 * @param stuck whether a handler is left, which does not return
	 */
	private void finish(ClientRun over, boolean stuck) {
		List<ClientConnection> left;
		synchronized (this) {
			if (this.lifecycle.run() != over || !over.isStopping() || (!stuck && this.connection != null)
					|| !over.claimEnd()) {
				return;
			}
			this.connection = null;
			left = this.reconnection.takeUnended();
			Session open = this.session;
			if (open != null) {
				disconnected(open, over.stopStatus());
			}
		}
		if (stuck) {
			ClientLog.stuck(this.client.client());
		}
		this.outbox.failAll(ClientState.CLOSING);
		// Their handlers are to take the replies, and do not return.
		left.forEach((from) -> from.requests()
			.close(new ClientClosedException(this.client.name(), ClientState.CLOSING, true)));
		this.client.received().closed();
		over.close();
		synchronized (this) {
			if (stuck) {
				this.lastEnded = CompletableFuture.completedFuture(null);
			}
			this.lifecycle.ended(over);
			ClientState last = state();
			this.outbox.failAll(last);
			over.ended();
			this.events.after(() -> {
				this.lifecycle.over(over);
				if (last == ClientState.CLOSED) {
					this.closed.complete(null);
				}
			});
		}
	}

	/** What is done when the lifecycle says so. Under the monitor. */
	private final class Actions implements Lifecycle.Actions<ClientRun> {

		@Override
		public ClientRun begin() {
			ClientRun run = new ClientRun(ClientConnections.this.client, ClientConnections.this.connectors);
			ClientConnections.this.failure = null;
			ClientConnections.this.lastClosed = null;
			ClientConnections.this.reconnection.started();
			ClientConnections.this.connecting = ClientState.CONNECTING;
			ClientConnections.this.client.received().open();
			// Under the monitor: a stop could be over before, and would leave it open.
			ClientConnections.this.outbox.open();
			return run;
		}

		@Override
		public CompletableFuture<@Nullable Void> future() {
			return new LoopAwareFuture<>();
		}

		@Override
		public Throwable cause(Throwable thrown) {
			return thrown;
		}

		@Override
		public void failed(Throwable cause) {
			// It is thrown to whoever has started it.
		}

		@Override
		public void cancelled(ClientRun run) {
			throw new IllegalStateException("Nobody stops a client while it starts");
		}

		@Override
		public void started(ClientRun run) {
			// Listeners are notified of connections.
		}

		@Override
		public void work(ClientRun run) {
			// The next step is taken on the executor.
		}

		@Override
		public void stopped(ClientRun run) {
			ClientConnections.this.events
				.notifyEach((listener) -> listener.closed(ClientConnections.this.client.client()));
		}

		@Override
		public RuntimeException refusal(ServerState state, boolean retired) {
			String name = ClientConnections.this.client.name();
			return new IllegalStateException(retired ? "Client '" + name + "' is closed"
					: "Client '" + name + "' cannot start while it is " + state());
		}

	}

}
