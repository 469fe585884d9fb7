package dev.socketserver.netty.connect;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.client.ClientClosedException;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.LastClosed;
import dev.socketserver.client.SocketClientListener;
import dev.socketserver.engine.client.Backoff;
import dev.socketserver.engine.client.NextAttempt;
import dev.socketserver.engine.events.Listeners;
import dev.socketserver.engine.lane.LoopAwareFuture;
import dev.socketserver.engine.log.FailureLog;
import dev.socketserver.engine.log.NanoTime;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.engine.threads.SerialExecutor;
import dev.socketserver.netty.resources.NettyResources;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a client, one at a time, and when the next attempt is made.
 * <p>
 * What is wanted and what is there are guarded by this object's monitor. Connections
 * notify on any thread of what becomes of them; what follows from that is done outside of
 * the monitor, since the outbox has a lock of its own. The next attempt is begun in
 * {@link #next} only, which needs the previous connection to be gone and to have given
 * back all that was still to be sent.
 */
@SuppressWarnings("FutureReturnValueIgnored") // connections notify of what happens
abstract class ClientConnections extends ClientTraffic implements ClientConnection.Owner {

	/** How long a connection that was aborted may take to notify its handler. */
	static final long ABORT_NANOS = TimeUnit.SECONDS.toNanos(2);

	/**
	 * So many lost connections may have handlers that have still to be notified of their
	 * end. Each keeps what it has received, and its session, for as long as the first of
	 * these handlers does not return.
	 */
	private static final int MOST_UNENDED = 20;

	final NettyResources netty;

	final HostResolver resolver;

	final Executor handshakes;

	/** Runs short tasks that must not run on the thread on which they come up. */
	final Executor executor;

	private final Listeners<SocketClientListener> listeners;

	/** Notifies listeners one thing after the other, on threads of the background. */
	private final SerialExecutor notifier;

	final SessionRegistry sessions;

	final FailureLog failureLog;

	final CompletableFuture<@Nullable Void> closed = new LoopAwareFuture<>();

	volatile ClientState state = ClientState.STOPPED;

	volatile @Nullable Session session;

	volatile @Nullable Throwable failure;

	volatile @Nullable LastClosed lastClosed;

	// Guarded by this.

	final NextAttempt nextAttempt;

	DesiredClientState desired = DesiredClientState.STOP;

	@Nullable ClientRun run;

	@Nullable ClientConnection connection;

	/**
	 * The connections whose handlers have still to be notified of the end: several where
	 * one does not return.
	 */
	private final Set<ClientConnection> unended = new HashSet<>();

	/** Not what is wanted: that may change meanwhile. */
	private NextConnection nextConnection = NextConnection.ALLOWED;

	/** Completes when the handler of the last connection has been notified of its end. */
	private CompletableFuture<?> lastEnded = CompletableFuture.completedFuture(null);

	private @Nullable Future<?> retry;

	/** Whether the next attempt begins at once, when there may be one. */
	boolean hurry;

	/** How the connection ends with the stop that is under way. */
	CloseStatus stopStatus = CloseStatus.of(CloseReason.SERVER_STOPPED);

	/**
	 * Ends the stop that is under way when it takes too long, even if a handler does not
	 * return.
	 */
	@Nullable Future<?> stopDeadline;

	CompletableFuture<@Nullable Void> stopped = CompletableFuture.completedFuture(null);

	ClientConnections(ClientSpec spec, NettyResources netty, HostResolver resolver, Executor handshakes,
			Executor executor, Listeners<SocketClientListener> listeners, SessionRegistry sessions) {
		super(spec, netty.engine());
		this.netty = netty;
		this.resolver = resolver;
		this.handshakes = handshakes;
		this.executor = executor;
		this.listeners = listeners;
		this.notifier = new SerialExecutor(this.engine.background());
		this.sessions = sessions;
		this.failureLog = new FailureLog(spec.session().title(), this.engine.timer(), NanoTime.SYSTEM);
		this.nextAttempt = new NextAttempt(
				new Backoff(spec.reconnect(), () -> ThreadLocalRandom.current().nextDouble()));
	}

	// Events of connections. Any thread.

	@Override
	public void connected(ClientConnection from, Session opened) {
		DesiredClientState wanted;
		CloseStatus status;
		synchronized (this) {
			wanted = this.desired;
			status = this.stopStatus;
			if (this.connection != from) {
				// The client was stopped without this connection, whose loop was stuck.
				opened.abort(status);
				return;
			}
			this.session = opened;
			this.unended.add(from);
			this.hurry = false;
			this.failure = null;
			this.nextAttempt.connected(System.nanoTime());
			if (this.state != ClientState.CLOSING) {
				this.state = ClientState.CONNECTED;
			}
			notifyListeners((listener) -> listener.connected(this, opened));
		}
		from.ended().whenComplete((result, failure) -> ended(from));
		if (from.handlerIsFirst()) {
			this.opening = from;
			from.attachIfHeldUp();
		}
		else {
			from.attach();
		}
		// A stop or a disconnect may have come a moment too late to cancel the attempt.
		if (wanted == DesiredClientState.SUSPEND) {
			from.close(CloseStatus.of(CloseReason.OPERATOR_CLOSED));
		}
		else if (wanted != DesiredClientState.RUN) {
			end(from, status);
		}
	}

	@Override
	public synchronized void attach(ClientConnection to) {
		if (this.connection == to) {
			// Else the client was stopped without it, because its loop was stuck.
			this.opening = null;
			this.outbox.attach(to);
		}
	}

	@Override
	public void lost(ClientConnection from, Session over, CloseStatus status) {
		synchronized (this) {
			if (this.connection != from) {
				// The client was stopped without this connection, whose loop was stuck.
				return;
			}
			this.session = null;
			this.lastClosed = new LastClosed(status, Instant.now());
			this.opening = null;
			this.nextAttempt.disconnected(status.reason(), from.nextAddress(), System.nanoTime());
			if (this.state != ClientState.CLOSING) {
				this.state = ClientState.DISCONNECTED;
			}
			notifyListeners((listener) -> listener.disconnected(this, over, status));
		}
		this.outbox.detach(() -> this.executor.execute(() -> gone(from)));
	}

	/** The handler of a connection has been notified of the end. Any thread. */
	private void ended(ClientConnection from) {
		boolean goesOn;
		synchronized (this) {
			this.unended.remove(from);
			goesOn = this.nextConnection == NextConnection.HELD_UP && this.unended.size() <= MOST_UNENDED / 2;
			if (goesOn) {
				this.nextConnection = this.nextConnection.returned();
			}
		}
		if (goesOn) {
			this.executor.execute(this::next);
		}
	}

	@Override
	public void failed(ClientConnection from, Throwable cause) {
		boolean first;
		synchronized (this) {
			first = this.nextAttempt.failed(from.nextAddress());
			this.failure = cause;
		}
		try {
			ClientLog.failed(this, cause, first);
		}
		finally {
			// The cause may be a class of the application, and throw when it is asked for
			// its message.
			this.executor.execute(() -> gone(from));
		}
	}

	@Override
	public void cancelled(ClientConnection from) {
		this.executor.execute(() -> gone(from));
	}

	/**
	 * Ends a connection after everything that is to be sent, and the replies to it; if
	 * that takes too long, without them.
	 */
	final void end(ClientConnection open, CloseStatus status) {
		this.outbox.close(ClientState.CLOSING, () -> {
			CompletableFuture<?> unused = open.asks()
				.answered()
				.whenComplete((result, failure) -> this.executor.execute(() -> open.stop(status)));
		});
		open.abortAfter(this.spec.closeTimeout().toNanos(), status);
	}

	/** Under the monitor. Returns whether there was one. */
	final boolean cancelRetry() {
		Future<?> waiting = this.retry;
		this.retry = null;
		return waiting != null && waiting.cancel(false);
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
			if (this.state != ClientState.CLOSING) {
				this.state = ClientState.DISCONNECTED;
			}
		}
		next();
	}

	/**
	 * Does what is wanted now, if there is no connection: begins or schedules an attempt,
	 * or finishes a stop.
	 */
	final void next() {
		ClientConnection attempt = null;
		CompletableFuture<?> last;
		ClientRun current;
		synchronized (this) {
			current = this.run;
			if (this.connection != null || this.retry != null || current == null) {
				return;
			}
			last = this.lastEnded;
			switch (this.desired) {
				case SUSPEND -> {
					return;
				}
				case RUN -> {
					boolean now = this.hurry || this.state == ClientState.CONNECTING;
					if (now && this.unended.size() >= MOST_UNENDED) {
						holdUp();
						return;
					}
					this.hurry = false;
					if (!now) {
						this.retry = this.engine.timer()
							.schedule(() -> this.executor.execute(this::retry), this.nextAttempt.delay(),
									TimeUnit.NANOSECONDS);
						return;
					}
					this.state = ClientState.CONNECTING;
					this.counters.countAttempt();
					attempt = new ClientConnection(this, current, this.nextAttempt.address(), last);
					this.connection = attempt;
				}
				case STOP, CLOSE -> {
				}
			}
		}
		if (attempt != null) {
			attempt.begin();
		}
		else {
			this.outbox.failAll(ClientState.CLOSING);
			last.whenComplete((result, ex) -> this.executor.execute(() -> finish(current, false)));
		}
	}

	/**
	 * Makes no attempt before handlers have been notified of the end of lost connections.
	 * Under the monitor.
	 */
	private void holdUp() {
		this.hurry = true;
		this.state = ClientState.DISCONNECTED;
		if (this.nextConnection == NextConnection.ALLOWED) {
			this.nextConnection = this.nextConnection.heldUp();
			this.failure = new IllegalStateException("the handler of a connection that is lost has not returned, and "
					+ MOST_UNENDED + " connections have been lost meanwhile");
			ClientLog.heldUp(this, MOST_UNENDED);
		}
	}

	private void retry() {
		synchronized (this) {
			if (this.retry == null) {
				return;
			}
			this.retry = null;
			this.hurry = true;
		}
		next();
	}

	/**
	 * Finishes a stop: gives back what was started.
	 * @param over what was started
	 * @param stuck whether a handler is left, which does not return
	 */
	final void finish(ClientRun over, boolean stuck) {
		List<ClientConnection> left;
		synchronized (this) {
			boolean stopping = this.desired == DesiredClientState.STOP || this.desired == DesiredClientState.CLOSE;
			if (this.run != over || this.nextConnection == NextConnection.FINISHING || !stopping
					|| (!stuck && this.connection != null)) {
				return;
			}
			this.nextConnection = this.nextConnection.finishing();
			this.connection = null;
			left = List.copyOf(this.unended);
			this.unended.clear();
			Session open = this.session;
			this.session = null;
			if (open != null) {
				CloseStatus status = this.stopStatus;
				this.lastClosed = new LastClosed(status, Instant.now());
				notifyListeners((listener) -> listener.disconnected(this, open, status));
			}
		}
		if (stuck) {
			ClientLog.stuck(this);
		}
		this.outbox.failAll(ClientState.CLOSING);
		// Their handlers are to take the replies, and do not return.
		left.forEach((from) -> from.asks().close(new ClientClosedException(name(), ClientState.CLOSING, true)));
		this.received.closed();
		over.end();
		synchronized (this) {
			this.nextConnection = this.nextConnection.finished();
			this.run = null;
			if (stuck) {
				this.lastEnded = CompletableFuture.completedFuture(null);
			}
			ClientState last = (this.desired == DesiredClientState.CLOSE) ? ClientState.CLOSED : ClientState.STOPPED;
			this.outbox.failAll(last);
			this.state = last;
			if (this.stopDeadline != null) {
				this.stopDeadline.cancel(false);
				this.stopDeadline = null;
			}
			notifyListeners((listener) -> listener.closed(this));
			notifyStopped(this.stopped, last);
		}
	}

	/**
	 * Completes the stop when listeners have been notified, or one of them takes too
	 * long.
	 */
	final void notifyStopped(CompletableFuture<@Nullable Void> outcome, ClientState last) {
		Runnable notified = () -> {
			outcome.complete(null);
			if (last == ClientState.CLOSED) {
				this.closed.complete(null);
			}
		};
		Future<?> later = this.engine.timer()
			.schedule(() -> this.engine.background().execute(notified), ABORT_NANOS, TimeUnit.NANOSECONDS);
		this.notifier.execute(() -> {
			later.cancel(false);
			notified.run();
		});
	}

	/**
	 * Notifies listeners. Under the monitor, so that they hear things in the order in
	 * which they happened.
	 */
	private void notifyListeners(Consumer<SocketClientListener> call) {
		this.notifier.execute(() -> this.listeners.notifyEach(call));
	}

	/** What is wanted of a client. */
	enum DesiredClientState {

		/** To be connected. */
		RUN,

		/** Not to be connected for now. */
		SUSPEND,

		/** To be stopped. */
		STOP,

		/** To be stopped for good. */
		CLOSE

	}

}
