package dev.socketserver.netty.connect;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.SocketSession;
import dev.socketserver.client.ClientClosedException;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.ClientStatistics;
import dev.socketserver.client.LastClosed;
import dev.socketserver.client.Received;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClientListener;
import dev.socketserver.engine.client.Asks;
import dev.socketserver.engine.client.Backoff;
import dev.socketserver.engine.client.ClientOutbox;
import dev.socketserver.engine.client.FramingCheck;
import dev.socketserver.engine.client.NextAttempt;
import dev.socketserver.engine.events.Listeners;
import dev.socketserver.engine.lane.LoopAwareFuture;
import dev.socketserver.engine.log.FailureLog;
import dev.socketserver.engine.log.NanoTime;
import dev.socketserver.engine.output.SendFuture;
import dev.socketserver.engine.received.ReceivedQueue;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.engine.state.Bounds;
import dev.socketserver.engine.state.Diagnostics;
import dev.socketserver.engine.stats.ClientCounters;
import dev.socketserver.netty.resources.SharedResources;
import dev.socketserver.netty.threads.SerialExecutor;
import dev.socketserver.payload.Payloads;
import dev.socketserver.spec.SocketTransport;
import org.jspecify.annotations.Nullable;

/**
 * A client: owns its {@link ClientState state}, and has one {@link ClientConnection} at a
 * time, which is only an attempt at first.
 * <p>
 * What is wanted and what is there are guarded by this object's monitor. Connections tell
 * on any thread what becomes of them; what follows from that is done outside of the
 * monitor, since the outbox has a lock of its own. The next attempt is begun in
 * {@link #next} only, which needs the previous connection to be gone and to have given
 * back all that was still to be sent.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what happens is told by connections
public final class NettySocketClient implements SocketClient, ClientConnection.Owner {

	/** How long a connection that was cut may take to tell its handler. */
	private static final long CUT_NANOS = TimeUnit.SECONDS.toNanos(2);

	/**
	 * So many lost connections may have handlers that have still to be told of their end.
	 * Each keeps what it has received, and its session, for as long as the first of these
	 * handlers does not return.
	 */
	private static final int MOST_UNENDED = 20;

	private final ClientSpec spec;

	private final SharedResources engine;

	private final HostResolver resolver;

	private final Executor handshakes;

	/** Runs short tasks that must not run on the thread on which they come up. */
	private final Executor executor;

	private final Listeners<SocketClientListener> listeners;

	/** Tells listeners one thing after the other, on threads of the background. */
	private final SerialExecutor teller;

	private final SessionRegistry sessions;

	private final Payloads payloads;

	private final ClientCounters ledger = new ClientCounters();

	private final ClientOutbox outbox;

	private final Asks asks;

	private final ReceivedQueue received;

	private final FramingCheck framing;

	private final FailureLog failureLog;

	private final CompletableFuture<@Nullable Void> closed = new LoopAwareFuture<>();

	private volatile ClientState state = ClientState.STOPPED;

	private volatile @Nullable Session session;

	private volatile @Nullable Throwable failure;

	private volatile @Nullable LastClosed lastClosed;

	/**
	 * The connection whose handler has still to be told of it: what waits to be sent
	 * waits for that.
	 */
	private volatile @Nullable ClientConnection opening;

	// Guarded by this.

	private final NextAttempt nextAttempt;

	private Wish wish = Wish.STOP;

	private @Nullable ClientRun run;

	private @Nullable ClientConnection connection;

	/**
	 * The connections whose handlers have still to be told the end: several where one
	 * does not return.
	 */
	private final Set<ClientConnection> unended = new HashSet<>();

	/** Whether the next attempt is put off until half of them have ended. */
	private boolean heldUp;

	/** Completes when the handler of the last connection has been told its end. */
	private CompletableFuture<?> lastEnded = CompletableFuture.completedFuture(null);

	private @Nullable Future<?> retry;

	/** Whether the next attempt begins at once. */
	private boolean hurry;

	/** How the connection ends with the stop that is under way. */
	private CloseStatus stopStatus = CloseStatus.of(CloseReason.SERVER_STOPPED);

	/**
	 * Ends the stop that is under way when it takes too long, even if a handler does not
	 * return.
	 */
	private @Nullable Future<?> stopDeadline;

	/** Whether {@link #finish} is giving back what was started. */
	private boolean finishing;

	private CompletableFuture<@Nullable Void> stopped = CompletableFuture.completedFuture(null);

	public NettySocketClient(ClientSpec spec, SharedResources engine, HostResolver resolver, Executor handshakes,
			Executor executor, Listeners<SocketClientListener> listeners, SessionRegistry sessions) {
		this.spec = spec;
		this.engine = engine;
		this.resolver = resolver;
		this.handshakes = handshakes;
		this.executor = executor;
		this.listeners = listeners;
		this.teller = new SerialExecutor(engine.background());
		this.sessions = sessions;
		this.payloads = new Payloads(spec.session().charset(), spec.session().converters());
		this.outbox = new ClientOutbox(spec.name(), Bounds.of(spec.session().outbound()), this.ledger, engine.memory());
		this.asks = new Asks(spec.name(), spec.correlator(), this.outbox, this.ledger, engine.background(),
				engine.timer());
		this.received = new ReceivedQueue(spec.name(), Bounds.of(spec.session().inbound()), this.ledger,
				engine.memory(), engine.timer());
		this.framing = new FramingCheck(spec.session());
		this.failureLog = new FailureLog(spec.session().title(), engine.timer(), NanoTime.SYSTEM);
		this.nextAttempt = new NextAttempt(
				new Backoff(spec.reconnect(), () -> ThreadLocalRandom.current().nextDouble()));
	}

	@Override
	public String name() {
		return this.spec.name();
	}

	/** As events and logs show it. */
	@Override
	public String toString() {
		return name();
	}

	@Override
	public ClientSpec spec() {
		return this.spec;
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
	 * Returns the open sessions, and those whose handlers have still to be told their
	 * end.
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

	@Override
	public ClientStatistics statistics() {
		return this.ledger;
	}

	// What is sent and received.

	@Override
	public CompletableFuture<@Nullable Void> send(Object payload) {
		SendFuture future = new SendFuture(this.engine.background());
		byte[] bytes = bytes(payload);
		attachIfOpening();
		this.outbox.send(bytes, future);
		return future;
	}

	/**
	 * If the caller is the handler that is being told of a new connection, has what waits
	 * sent on it now: its send would wait for itself otherwise. A handler that is still
	 * busy with the previous connection does not get in front of what is said first on
	 * the new one.
	 */
	private void attachIfOpening() {
		ClientConnection open = this.opening;
		if (open != null && open.runsHere()) {
			open.attach();
		}
	}

	private byte[] bytes(Object payload) {
		byte[] bytes = this.payloads.bytes(payload);
		this.framing.check(bytes);
		// A copy: it may stay here for long, and the caller may use its array again.
		return (bytes == payload) ? bytes.clone() : bytes;
	}

	@Override
	public CompletableFuture<Object> ask(Object payload, Duration timeout) {
		if (!(this.spec.session().handler() instanceof ServerHandler.Messages)) {
			throw new IllegalStateException("Client '" + name()
					+ "' cannot ask: its handler reads the connection itself, and would get the reply");
		}
		byte[] bytes = bytes(payload);
		Object key = this.asks.key(payload);
		attachIfOpening();
		return this.asks.send(bytes, key, timeout);
	}

	@Override
	public @Nullable Received receive(Duration timeout) {
		if (!this.spec.byHand()) {
			throw new IllegalStateException(
					"Client '" + name() + "' has a handler, which gets what is received: " + handlerName());
		}
		return this.received.take(timeout);
	}

	private String handlerName() {
		return this.spec.session().handler().name();
	}

	// What the application and operators want.

	/**
	 * Accepts payloads from now on, which wait for the start that is about to come.
	 */
	public synchronized void expectStart() {
		if (this.wish == Wish.STOP && this.run == null) {
			this.outbox.open();
		}
	}

	@Override
	public void start() {
		synchronized (this) {
			if (this.wish == Wish.CLOSE) {
				throw new IllegalStateException("Client '" + name() + "' is closed");
			}
			if (this.wish != Wish.STOP) {
				return;
			}
			if (this.run != null) {
				throw new IllegalStateException("Client '" + name() + "' cannot start while it is " + this.state);
			}
			this.run = new ClientRun(this.spec, this.engine, this.resolver, this.handshakes, this.payloads, this.ledger,
					this.sessions, this.received, new Diagnostics(null, this.engine.logContext(), this.failureLog));
			this.wish = Wish.RUN;
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

	@Override
	public CompletableFuture<@Nullable Void> stop() {
		return stop(Wish.STOP, CloseStatus.of(CloseReason.SERVER_STOPPED, "the client stops"));
	}

	@Override
	public void close() {
		stop(Wish.CLOSE, CloseStatus.of(CloseReason.HANDLER_CLOSED, "the client was closed"));
	}

	private CompletableFuture<@Nullable Void> stop(Wish wanted, CloseStatus status) {
		ClientConnection open;
		boolean connected;
		CompletableFuture<@Nullable Void> outcome;
		synchronized (this) {
			if (wanted == Wish.CLOSE && this.wish == Wish.STOP) {
				this.wish = Wish.CLOSE;
				if (this.run == null) {
					closedForGood();
				}
			}
			else if (this.wish == Wish.STOP && this.run == null) {
				// What was sent for a start that does not come.
				this.outbox.failAll(this.state);
			}
			outcome = this.stopped;
			if (this.wish == Wish.STOP || this.wish == Wish.CLOSE) {
				return outcome.copy();
			}
			this.wish = wanted;
			this.state = ClientState.CLOSING;
			this.stopStatus = status;
			ClientRun over = this.run;
			this.stopDeadline = (over != null) ? this.engine.timer()
				.schedule(() -> this.executor.execute(() -> finish(over, true)),
						this.spec.closeTimeout().toNanos() + CUT_NANOS, TimeUnit.NANOSECONDS)
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
			// If the attempt has led to a connection meanwhile, that ends behind what is
			// to be sent, and may have told the outbox so already.
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
		tellStopped(this.stopped, ClientState.CLOSED);
	}

	/**
	 * Ends a connection behind everything that is to be sent, and the replies to it; if
	 * that takes too long, without them.
	 */
	private void end(ClientConnection open, CloseStatus status) {
		this.outbox.close(ClientState.CLOSING, () -> {
			CompletableFuture<?> unused = open.asks()
				.answered()
				.whenComplete((result, failure) -> this.executor.execute(() -> open.stop(status)));
		});
		open.cutAfter(this.spec.closeTimeout().toNanos(), status);
	}

	@Override
	public boolean disconnect() {
		ClientConnection open;
		boolean connected;
		synchronized (this) {
			if (this.wish != Wish.RUN) {
				return false;
			}
			this.wish = Wish.SUSPEND;
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
			if (this.wish != Wish.RUN && this.wish != Wish.SUSPEND) {
				return false;
			}
			this.wish = Wish.RUN;
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
		return this.wish == Wish.SUSPEND;
	}

	@Override
	public CompletableFuture<@Nullable Void> closed() {
		return this.closed.copy();
	}

	/** Under the monitor. Returns whether there was one. */
	private boolean cancelRetry() {
		Future<?> waiting = this.retry;
		this.retry = null;
		return waiting != null && waiting.cancel(false);
	}

	// What connections tell. Any thread.

	@Override
	public void connected(ClientConnection from, Session opened) {
		Wish wanted;
		CloseStatus status;
		synchronized (this) {
			wanted = this.wish;
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
			tell((listener) -> listener.connected(this, opened));
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
		if (wanted == Wish.SUSPEND) {
			from.close(CloseStatus.of(CloseReason.OPERATOR_CLOSED));
		}
		else if (wanted != Wish.RUN) {
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
			tell((listener) -> listener.disconnected(this, over, status));
		}
		this.outbox.detach(() -> this.executor.execute(() -> gone(from)));
	}

	/** The handler of a connection has been told the end. Any thread. */
	private void ended(ClientConnection from) {
		boolean goesOn;
		synchronized (this) {
			this.unended.remove(from);
			goesOn = this.heldUp && this.unended.size() <= MOST_UNENDED / 2;
			if (goesOn) {
				this.heldUp = false;
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
	private void next() {
		ClientConnection attempt = null;
		CompletableFuture<?> last;
		ClientRun current;
		synchronized (this) {
			current = this.run;
			if (this.connection != null || this.retry != null || current == null) {
				return;
			}
			last = this.lastEnded;
			switch (this.wish) {
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
					this.ledger.countAttempt();
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
	 * Makes no attempt before handlers have been told the end of lost connections. Under
	 * the monitor.
	 */
	private void holdUp() {
		this.hurry = true;
		this.state = ClientState.DISCONNECTED;
		if (!this.heldUp) {
			this.heldUp = true;
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
	private void finish(ClientRun over, boolean stuck) {
		List<ClientConnection> left;
		synchronized (this) {
			boolean stopping = this.wish == Wish.STOP || this.wish == Wish.CLOSE;
			if (this.run != over || this.finishing || !stopping || (!stuck && this.connection != null)) {
				return;
			}
			this.finishing = true;
			this.connection = null;
			left = List.copyOf(this.unended);
			this.unended.clear();
			this.heldUp = false;
			Session open = this.session;
			this.session = null;
			if (open != null) {
				CloseStatus status = this.stopStatus;
				this.lastClosed = new LastClosed(status, Instant.now());
				tell((listener) -> listener.disconnected(this, open, status));
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
			this.finishing = false;
			this.run = null;
			if (stuck) {
				this.lastEnded = CompletableFuture.completedFuture(null);
			}
			ClientState last = (this.wish == Wish.CLOSE) ? ClientState.CLOSED : ClientState.STOPPED;
			this.outbox.failAll(last);
			this.state = last;
			if (this.stopDeadline != null) {
				this.stopDeadline.cancel(false);
				this.stopDeadline = null;
			}
			tell((listener) -> listener.closed(this));
			tellStopped(this.stopped, last);
		}
	}

	/**
	 * Completes the stop when listeners have been told, or one of them takes too long.
	 */
	private void tellStopped(CompletableFuture<@Nullable Void> outcome, ClientState last) {
		Runnable told = () -> {
			outcome.complete(null);
			if (last == ClientState.CLOSED) {
				this.closed.complete(null);
			}
		};
		Future<?> later = this.engine.timer()
			.schedule(() -> this.engine.background().execute(told), CUT_NANOS, TimeUnit.NANOSECONDS);
		this.teller.execute(() -> {
			later.cancel(false);
			told.run();
		});
	}

	/**
	 * Tells listeners. Under the monitor, so that they hear things in the order in which
	 * they happened.
	 */
	private void tell(Consumer<SocketClientListener> call) {
		this.teller.execute(() -> this.listeners.notifyEach(call));
	}

	/** What is wanted of a client. */
	private enum Wish {

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
