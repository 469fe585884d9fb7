package dev.socketserver.engine.connect;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerState;
import dev.socketserver.SocketSession;
import dev.socketserver.client.AddressStatus;
import dev.socketserver.client.ClientClosedException;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.ClientStatistics.RotationReason;
import dev.socketserver.client.NotReadyException;
import dev.socketserver.client.SocketClient.ConnectionState;
import dev.socketserver.engine.client.ClientChange;
import dev.socketserver.engine.client.ClientOutbox;
import dev.socketserver.engine.lane.LoopAwareFuture;
import dev.socketserver.engine.lifecycle.Lifecycle;
import dev.socketserver.engine.lifecycle.Lifecycle.Wish;
import dev.socketserver.engine.session.Session;
import dev.socketserver.operator.AttemptOutcome;
import dev.socketserver.spec.SocketTransport;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a client, from its start to its stop. {@link ConnectionPool} has
 * them, and knows how many more are wanted; {@link Reconnection} makes them.
 * <p>
 * What is there is guarded by this object's monitor, and every call of the
 * {@link Lifecycle}, which says what is wanted, is made with it. Connections notify on
 * any thread of what becomes of them; what follows from that is done outside of the
 * monitor, since the outbox has a lock of its own. The next attempt is begun in
 * {@link #next} only. A connection that is lost keeps its place until it has given back
 * all that was still to be sent.
 */
@SuppressWarnings("FutureReturnValueIgnored") // connections notify of what happens
final class ClientConnections implements ClientConnection.ConnectionEvents {

	private final ClientContext client;

	private final ClientOutbox outbox;

	private final ClientEvents events;

	private final Rotation rotation;

	private final Lifecycle<ClientRun> lifecycle;

	/** Completes when it is closed for good, and listeners have been notified. */
	private final CompletableFuture<@Nullable Void> closed = new LoopAwareFuture<>();

	/** What it shows while it runs. */
	private final ClientStatus status;

	private final OpeningConnections opening = new OpeningConnections();

	// Guarded by this.

	private final Reconnection reconnection;

	private final ConnectionPool pool;

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
		this.rotation = new Rotation(client, outbox, (old) -> rotate(RotationReason.AGE, (each) -> each == old));
		this.pool = new ConnectionPool(client);
		this.status = new ClientStatus(client.client(), events, new ClientLog(client.client(), client.engine().timer()),
				this.pool);
		this.reconnection = new Reconnection(client, this, this.pool, this.status, this::waited, this::next);
		this.lifecycle = new Lifecycle<>(new ClientActions(client, connectors, this.reconnection, this.status, outbox));
	}

	// What there is. Any thread.

	ClientState state() {
		return switch (this.lifecycle.state()) {
			// Whoever sees that it connects may send, which a start makes possible last.
			case STOPPED, FAILED, STARTING -> stopped();
			case RUNNING, PAUSED -> this.status.state();
			case DRAINING -> ClientState.CLOSING;
		};
	}

	/** As what a client shows that has no run. */
	private ClientState stopped() {
		return this.lifecycle.isRetired() ? ClientState.CLOSED : ClientState.STOPPED;
	}

	/** Returns what it shows while it runs. */
	ClientStatus status() {
		return this.status;
	}

	/** Returns those that are ready. */
	synchronized List<SocketSession> ready() {
		return this.pool.sessions();
	}

	/** Returns how many connections are in a state. */
	synchronized int count(ConnectionState state) {
		return this.pool.count(state);
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

	OpeningConnections opening() {
		return this.opening;
	}

	// What the application and operators want. Any thread.

	/** Accepts payloads from now on, which wait for the start that follows. */
	synchronized void expectStart() {
		if (state() == ClientState.STOPPED) {
			this.outbox.open();
		}
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
		List<ClientConnection> attempts;
		ClientRun over;
		CompletableFuture<@Nullable Void> outcome;
		synchronized (this) {
			boolean closedBefore = this.lifecycle.isRetired();
			if (forGood) {
				this.lifecycle.retire();
			}
			outcome = this.lifecycle.end();
			Lifecycle.Stop<ClientRun> stop = this.lifecycle.stop(Wish.STOPPED);
			over = stop.run();
			if (over == null) {
				if (!closedBefore) {
					// What was sent for a start that does not follow.
					this.outbox.failAll(stopped());
				}
				if (forGood && !closedBefore) {
					this.client.received().closed();
					this.events.after(() -> this.closed.complete(null));
				}
				return outcome;
			}
			if (!stop.first()) {
				return outcome;
			}
			over.stop(status, () -> finish(over, true));
			this.reconnection.unwanted();
			attempts = this.pool.attempts();
		}
		this.client.received().closing();
		end(over, status);
		attempts.forEach(ClientConnection::cancel);
		this.client.executor().execute(this::next);
		return outcome;
	}

	boolean disconnect() {
		List<ClientConnection> attempts;
		List<ClientConnection> open;
		synchronized (this) {
			if (this.lifecycle.pause((run) -> suspended() ? null : run, (run) -> true) == null) {
				return false;
			}
			this.reconnection.unwanted();
			this.status.update();
			attempts = this.pool.attempts();
			open = this.pool.open();
		}
		close(open);
		attempts.forEach(ClientConnection::cancel);
		return true;
	}

	boolean reconnect() {
		List<ClientConnection> open;
		boolean connects;
		synchronized (this) {
			if (this.lifecycle.pause((run) -> run, (run) -> false) == null) {
				return false;
			}
			open = this.pool.open();
			// An attempt that is under way is just what is wanted.
			connects = this.pool.isConnecting();
			this.reconnection.wanted(!connects);
		}
		close(open);
		if (open.isEmpty() && !connects) {
			this.client.executor().execute(this::next);
		}
		return true;
	}

	private static void close(List<ClientConnection> open) {
		open.forEach((each) -> each.close(CloseStatus.of(CloseReason.OPERATOR_CLOSED)));
	}

	/**
	 * Has others take the place of connections that are ready. Each takes nothing more
	 * when another is ready, and closes when it has finished what it has.
	 * @param reason why
	 * @param which for which connections; called with the monitor
	 * @return completes when these are closed
	 */
	CompletableFuture<@Nullable Void> rotate(RotationReason reason, Predicate<ClientConnection> which) {
		List<ClientConnection> old = List.of();
		synchronized (this) {
			if (runs()) {
				old = this.pool.rotate(reason, which);
			}
		}
		if (old.isEmpty()) {
			return CompletableFuture.completedFuture(null);
		}
		this.client.executor().execute(this::next);
		return this.rotation.closed(old);
	}

	/**
	 * Puts other settings in force.
	 * @param spec what the client is made from now
	 * @param version the version
	 * @throws IllegalArgumentException if they cannot be had; nothing has changed then
	 */
	void reconfigure(ClientSpec spec, long version) {
		List<ClientConnection> unwanted;
		synchronized (this) {
			ClientChange change = new ClientChange(this.client.spec(), spec);
			change.check(this.lifecycle.isStopped());
			ClientRun current = this.lifecycle.run();
			Runnable connector = (current != null) ? current.connector().reconfigured(spec) : () -> {
			};
			this.client.reconfigure(spec, version);
			connector.run();
			this.reconnection.reconfigure(change.isOfWaits());
			unwanted = this.pool.reconfigure(change.isOfConnecting());
			if (runs()) {
				this.pool.rotate(RotationReason.OPERATOR, (each) -> each.address().isGone());
				this.pool.in(ConnectionPhase.READY).forEach(this.rotation::watchAge);
				received();
			}
		}
		unwanted.forEach(ClientConnection::cancel);
		this.client.executor().execute(this::next);
	}

	private boolean runs() {
		return this.lifecycle.state() == ServerState.RUNNING;
	}

	// Events of connections. Any thread.

	@Override
	public void connected(ClientConnection from, Session opened) {
		ServerState wanted;
		CloseStatus status;
		synchronized (this) {
			wanted = this.lifecycle.state();
			status = from.run().stopStatus();
			if (this.pool.phase(from) == null) {
				// The client was stopped without this connection, whose loop was stuck.
				opened.abort(status);
				return;
			}
			this.reconnection.connected(from);
			this.pool.phase(from, ConnectionPhase.OPENING);
			if (!from.readiness().isAwaited()) {
				ready(from);
			}
		}
		from.ended().whenComplete((result, failure) -> ended(from));
		this.opening.opened(from);
		// A stop or a disconnect may have been a moment too late to cancel the attempt.
		if (wanted == ServerState.PAUSED) {
			from.close(CloseStatus.of(CloseReason.OPERATOR_CLOSED));
		}
		else if (wanted != ServerState.RUNNING) {
			end(from.run(), status);
		}
		else {
			this.client.executor().execute(this::next);
		}
	}

	/** A connection is ready. Under the monitor. */
	private void ready(ClientConnection connection) {
		connection.readiness().became();
		this.pool.ready(connection);
		this.status.ready(connection.session(), connection.address().endedSoon());
		this.rotation.watchAge(connection);
	}

	@Override
	public void attach(ClientConnection to) {
		synchronized (this) {
			this.opening.remove(to);
			ConnectionPhase phase = this.pool.phase(to);
			if (phase == null) {
				// The client was stopped without it, because its loop was stuck.
				return;
			}
			this.pool.attached(to);
			if (phase == ConnectionPhase.OPENING) {
				ready(to);
			}
			this.outbox.attach(to);
			if (!this.client.spec().byHand()) {
				received();
			}
		}
		this.client.executor().execute(this::next);
	}

	@Override
	public synchronized void received() {
		List<ConnectionPool.Replaced> replaced = this.pool.replaced();
		this.status.update();
		replaced.forEach(this.rotation::drain);
	}

	@Override
	public void notReady(ClientConnection from, NotReadyException cause) {
		boolean first;
		synchronized (this) {
			this.opening.remove(from);
			if (this.pool.phase(from) == null) {
				return;
			}
			first = this.reconnection.notReady(from, cause);
		}
		ClientLog.failed(this.client.client(), from.address().server(), cause, first);
	}

	@Override
	public void lost(ClientConnection from, Session over, CloseStatus status) {
		synchronized (this) {
			this.opening.remove(from);
			ConnectionPhase phase = this.pool.phase(from);
			if (phase == null) {
				// The client was stopped without this connection, whose loop was stuck.
				return;
			}
			boolean drained = phase == ConnectionPhase.DRAINING;
			this.reconnection.disconnected(from, drained ? CloseReason.ROTATED : status.reason());
			this.pool.lost(from);
			this.status.lost(over, status, phase == ConnectionPhase.READY, from.address().endedSoon());
		}
		this.outbox.detach(from, () -> this.client.executor().execute(() -> remove(from)));
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
	public void kept(ClientConnection probe) {
		synchronized (this) {
			this.reconnection.kept(probe);
		}
		this.client.executor().execute(this::next);
	}

	@Override
	public void failed(ClientConnection from, @Nullable AttemptOutcome outcome, Throwable cause) {
		boolean first;
		synchronized (this) {
			first = this.reconnection.failed(from, outcome, cause);
		}
		try {
			ClientLog.failed(this.client.client(), from.address().server(), cause, first);
		}
		finally {
			// The cause may be a class of the application, and throw when it is asked for
			// its message.
			this.client.executor().execute(() -> remove(from));
		}
	}

	@Override
	public void cancelled(ClientConnection from) {
		synchronized (this) {
			this.reconnection.cancelled(from);
		}
		this.client.executor().execute(() -> remove(from));
	}

	/**
	 * Ends the connections of a run after everything that is to be sent, and the replies
	 * to it; if that takes too long, without them. Called by the stop, and for each that
	 * is made meanwhile: the outbox runs the task of one of these calls.
	 */
	private synchronized void end(ClientRun over, CloseStatus status) {
		if (this.lifecycle.run() == over) {
			this.outbox.close(ClientState.CLOSING, () -> open(over).forEach((each) -> each.stopAnswered(status)));
			this.pool.open().forEach((each) -> each.abortAfter(this.client.spec().drainTimeout().toNanos(), status));
		}
	}

	private synchronized List<ClientConnection> open(ClientRun of) {
		return (this.lifecycle.run() == of) ? this.pool.open() : List.of();
	}

	// How it goes on. On the executor.

	private void remove(ClientConnection from) {
		synchronized (this) {
			boolean drained = this.pool.phase(from) == ConnectionPhase.DRAINING;
			if (!this.pool.remove(from)) {
				return;
			}
			if (from.hadSession() && !drained) {
				this.reconnection.follows(from);
			}
			this.status.update();
		}
		next();
	}

	private void waited(int wait) {
		synchronized (this) {
			if (!this.reconnection.waited(wait)) {
				return;
			}
		}
		next();
	}

	/**
	 * Does what is wanted now: begins or schedules an attempt, if a connection is wanted,
	 * or finishes a stop, if there is none any more.
	 */
	private void next() {
		probe();
		ClientConnection attempt = null;
		CompletableFuture<?> ended;
		ClientRun current;
		synchronized (this) {
			current = this.lifecycle.run();
			if (current == null || suspended()) {
				return;
			}
			if (runs()) {
				attempt = this.reconnection.attempt(current);
			}
			if (attempt == null && (runs() || !this.pool.isEmpty())) {
				return;
			}
			ended = this.reconnection.allEnded();
		}
		if (attempt != null) {
			attempt.begin();
		}
		else {
			this.outbox.failAll(ClientState.CLOSING);
			ended.whenComplete((result, ex) -> this.client.executor().execute(() -> finish(current, false)));
		}
	}

	/** Tries addresses that are due while others serve. */
	private void probe() {
		List<Runnable> then = List.of();
		synchronized (this) {
			ClientRun current = this.lifecycle.run();
			if (current != null && runs()) {
				then = this.reconnection.probe(current);
			}
		}
		then.forEach(Runnable::run);
	}

	/**
	 * Finishes a stop: gives back what was started.
	 * @param over what was started
	 * @param stuck whether a handler is left, which does not return
	 */
	private void finish(ClientRun over, boolean stuck) {
		List<ClientConnection> left;
		synchronized (this) {
			if (this.lifecycle.run() != over || !over.isStopping() || (!stuck && !this.pool.isEmpty())
					|| !over.claimEnd()) {
				return;
			}
			left = this.reconnection.takeUnended();
			this.pool.clear();
			this.status.stopped(over.stopStatus());
		}
		if (stuck) {
			ClientLog.stuck(this.client.client());
		}
		this.outbox.failAll(ClientState.CLOSING);
		// Their handlers are to take the replies, and do not return.
		left.forEach((from) -> from.requests()
			.close(new ClientClosedException(this.client.name(), ClientState.CLOSING, true)));
		over.close();
		synchronized (this) {
			ClientState last = stopped();
			// Before others see that it has stopped, and send.
			this.outbox.failAll(last);
			this.lifecycle.ended(over);
			// Not before: whoever receives it may start the client again.
			this.client.received().closed();
			over.ended();
			this.events.after(() -> {
				this.lifecycle.over(over);
				if (last == ClientState.CLOSED) {
					this.closed.complete(null);
				}
			});
		}
	}

}
