package dev.socketserver.engine.server;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ListenerSpec;
import dev.socketserver.ServerSpec;
import dev.socketserver.admission.Admission;
import dev.socketserver.client.Correlator;
import dev.socketserver.engine.events.SessionListener;
import dev.socketserver.engine.lane.SessionThreads;
import dev.socketserver.engine.lifecycle.Lifecycle;
import dev.socketserver.engine.requests.RequestContext;
import dev.socketserver.engine.resources.SharedResources;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.session.SessionContext;
import dev.socketserver.engine.session.SessionEvents;
import dev.socketserver.engine.state.Diagnostics;
import dev.socketserver.engine.state.SharedState;
import dev.socketserver.engine.threads.KeepAlive;
import dev.socketserver.operator.Counter;
import dev.socketserver.spec.SocketTransport;
import org.jspecify.annotations.Nullable;

/**
 * One run of a server, from the bind of its ports to the end of its last session. It
 * holds everything that a run needs, and gives it back at its end, so that the server can
 * be started again. It ends when its ports are free, no connection has a permit, and all
 * that follows from the end of each is done; the server has closed the ports before. Any
 * thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures are reported as events
public final class ServerRun implements Lifecycle.Run {

	/** How long a start that has failed waits for ports that it has bound. */
	private static final long FREE_SECONDS = 5;

	private final ServerContext server;

	private final RunEvents owner;

	private final SharedResources engine;

	private final SessionThreads threads;

	private final Diagnostics diagnostics;

	private final ServerIntake intake;

	private final List<RunListener> listeners;

	private final Runnable release;

	private final Ending ending;

	private final Instant startedAt = Instant.now();

	/** The version of the settings when it began. */
	private final long version;

	/** Completes when everything was given back and listeners have been notified. */
	private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

	/** The share of the sessions in what keeps the JVM alive, if they do. */
	private final KeepAlive.@Nullable Share keepAlive;

	/** Whether the JVM lives as long as the server listens by this run. */
	private final boolean keepsListening;

	/**
	 * How many connections have given their permits back, and their ends are still being
	 * counted, or listeners notified of them.
	 */
	private final AtomicInteger leaving = new AtomicInteger();

	/** The one session of a one-shot, once it has opened. */
	private volatile @Nullable Session only;

	/** Whether the ports are being closed: then the run ends with its last session. */
	private volatile boolean closing;

	/** Whether it is giving everything back. */
	private final AtomicBoolean givingBack = new AtomicBoolean();

	/**
	 * Creates a run, whose ports are not bound.
	 * @param owner is notified of what becomes of it
	 * @param threads run handlers that block
	 * @param diagnostics watch the handlers
	 * @param intake how many connections it admits, of which server
	 * @param listeners where it listens, in order
	 * @param release gives back what it has taken beside its ports
	 */
	public ServerRun(RunEvents owner, SessionThreads threads, Diagnostics diagnostics, ServerIntake intake,
			List<RunListener> listeners, Runnable release) {
		ServerContext server = intake.server();
		SharedResources engine = server.engine();
		this.server = server;
		this.owner = owner;
		this.engine = engine;
		this.version = server.version();
		this.keepAlive = server.spec().threads().sessionDaemon() ? null : engine.keepAlive().share();
		this.keepsListening = !server.spec().threads().serverDaemon();
		this.threads = threads;
		this.diagnostics = diagnostics;
		this.intake = intake;
		this.listeners = List.copyOf(listeners);
		this.release = release;
		this.ending = new Ending(server, this);
	}

	/** Who is notified of the sessions, before their ends count as offences. */
	SessionListener sessionListener() {
		return this.server.offences();
	}

	private ServerSpec spec() {
		return this.server.spec();
	}

	/** Where it listens, in order. */
	List<RunListener> listeners() {
		return this.listeners;
	}

	/** The listener whose address and transport are those of the server. */
	private RunListener first() {
		return this.listeners.get(0);
	}

	/** Returns the listener by which a session came; {@code null} in another run. */
	@Nullable RunListener listener(Session session) {
		for (RunListener each : this.listeners) {
			if (each.has(session)) {
				return each;
			}
		}
		return null;
	}

	/** Returns a listener of this run. */
	@Nullable RunListener listener(ListenerContext context) {
		for (RunListener each : this.listeners) {
			if (each.context() == context) {
				return each;
			}
		}
		return null;
	}

	/** Whether a session is one of its own. */
	boolean has(Session session) {
		return listener(session) != null;
	}

	/** Returns the open sessions: the registry also has those of other runs. */
	Stream<Session> openSessions() {
		return this.server.sessions().stream().filter(this::has);
	}

	Admission admission() {
		return this.intake.admission();
	}

	/** What all servers and clients share. */
	SharedResources engine() {
		return this.engine;
	}

	/** Makes what the sessions share that come by a listener from now on. */
	SessionContext sessionContext(ListenerSpec of, SessionEvents events) {
		Function<Object, @Nullable Object> keys = of.session().correlator();
		Correlator correlator = (keys != null) ? keys::apply : null;
		RequestContext requests = new RequestContext(correlator, of.session().requests(), this.server.counters(),
				this.engine.background(), this.engine.timer());
		return new SessionContext(
				new SharedState(of.session(), this.server.version(), this.server.counters(), this.engine.memory(),
						this.diagnostics),
				this.server.payloads(), this.server.sessions(), events, requests, this.threads);
	}

	/**
	 * Makes what other settings need.
	 * @param next what the server is made from then
	 * @param made gets what puts that in force
	 * @throws IllegalArgumentException if it cannot be had; nothing has changed then
	 */
	void prepare(ServerSpec next, List<Runnable> made) {
		for (RunListener each : this.listeners) {
			ListenerSpec described = next.listener(each.spec().name());
			// One that is gone has sessions of an earlier run.
			if (described != null) {
				made.add(each.reconfigured(described));
			}
		}
	}

	/**
	 * Takes the settings that are in force now.
	 * @param before what the server was made from until now
	 */
	void reconfigure(ServerSpec before) {
		this.intake.reconfigure(before, this);
		this.listeners.forEach(RunListener::reconfigure);
		if (!spec().oneShot()) {
			this.only = null;
		}
	}

	/** Returns what completes when all ports obey. */
	CompletableFuture<?> obeyed() {
		return CompletableFuture
			.allOf(this.listeners.stream().map((each) -> each.port().obeyed()).toArray(CompletableFuture[]::new));
	}

	/** How the sessions end. */
	Ending ending() {
		return this.ending;
	}

	Instant startedAt() {
		return this.startedAt;
	}

	/** Where it listens first, or has listened. */
	@Nullable InetSocketAddress address() {
		return first().address();
	}

	/** The transport of the first listener. */
	SocketTransport transport() {
		return first().port().transport();
	}

	@Nullable InetSocketAddress localAddress() {
		return this.closing ? null : address();
	}

	/** Why a listener cannot accept at the moment, or {@code null}. */
	@Nullable Throwable acceptFailure() {
		if (!this.closing) {
			for (RunListener each : this.listeners) {
				Throwable failure = each.port().failure();
				if (failure != null) {
					return failure;
				}
			}
		}
		return null;
	}

	/** Whether the server does not listen any more, or is about to stop listening. */
	public boolean closing() {
		return this.closing;
	}

	// From the start to the end.

	/**
	 * Binds all ports; nothing is accepted yet. If one cannot be bound, none stays bound,
	 * and what the run has itself is given back: no listener was notified of it.
	 * @throws dev.socketserver.ServerStartException if a port cannot be bound
	 */
	public void open() {
		try {
			for (RunListener each : this.listeners) {
				each.open(this);
			}
			int sessions = this.server.counters().maxSessions();
			if (sessions < spec().limits().sessions() && !spec().oneShot()) {
				ServerLog.tooFewDescriptors(spec(), sessions);
			}
			// The timer has its thread by that, also where a session comes when the
			// system has none left.
			this.listeners.get(0).watch();
			if (this.keepsListening) {
				this.engine.keepAlive().acquire();
			}
		}
		catch (RuntimeException | Error ex) {
			this.givingBack.set(true);
			close();
			awaitFree();
			noLongerWatched();
			this.ended.complete(null);
			throw ex;
		}
	}

	/** Waits until nothing is bound, for a moment: the loops are given back next. */
	private void awaitFree() {
		for (RunListener each : this.listeners) {
			if (each.address() != null) {
				try {
					each.port().free().get(FREE_SECONDS, TimeUnit.SECONDS);
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
				catch (ExecutionException | TimeoutException ex) {
					ServerLog.notFree(each.spec());
				}
			}
		}
	}

	/** The server does not listen any more by this run. Once. */
	void listensNoMore() {
		if (this.keepsListening) {
			this.engine.keepAlive().release();
		}
	}

	/** How many connections it admits. */
	ServerIntake intake() {
		return this.intake;
	}

	/** Begins to accept. */
	void accept() {
		// Of the settings nothing else changes while it begins.
		if (this.server.version() != this.version) {
			this.listeners.forEach(RunListener::reconfigure);
		}
		// Sessions of earlier runs may have taken all permits already.
		this.intake.permitsChanged();
		for (RunListener each : this.listeners) {
			each.port().accept();
		}
	}

	/** Stops listening. The run ends with its last session. */
	void close() {
		this.closing = true;
		for (RunListener each : this.listeners) {
			each.port().close();
		}
		endIfDone();
	}

	/** Returns what completes when it was closed and others may bind all ports. */
	CompletableFuture<@Nullable Void> free() {
		// One future for the usual case of one port, without those that combine several.
		if (this.listeners.size() == 1) {
			return first().port().free();
		}
		CompletableFuture<?>[] all = this.listeners.stream()
			.map((each) -> each.port().free())
			.toArray(CompletableFuture[]::new);
		return CompletableFuture.allOf(all).thenApply((done) -> null);
	}

	private boolean isFree() {
		for (RunListener each : this.listeners) {
			if (!each.port().free().isDone()) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Has listeners pause, or go on.
	 * @param name the name of one; {@code null} for all
	 * @return completes when they obey; {@code null} if each of them does so already
	 */
	@Nullable CompletableFuture<@Nullable Void> pause(@Nullable String name, boolean paused) {
		List<CompletableFuture<@Nullable Void>> turned = new ArrayList<>(1);
		for (RunListener each : this.listeners) {
			if ((name == null || name.equals(each.spec().name())) && each.isPaused() != paused) {
				turned.add(each.pause(paused));
			}
		}
		if (turned.isEmpty()) {
			return null;
		}
		CompletableFuture<?>[] all = turned.toArray(CompletableFuture[]::new);
		return CompletableFuture.allOf(all).thenApply((done) -> null);
	}

	/** Whether all listeners are paused. */
	boolean isPaused() {
		return this.listeners.stream().allMatch(RunListener::isPaused);
	}

	/** Completes when the run has ended and listeners have been notified of the stop. */
	CompletableFuture<@Nullable Void> ended() {
		return this.ended;
	}

	/** A port is closed, and others may bind it. */
	void portFree() {
		endIfDone();
	}

	private void endIfDone() {
		// In this order: what has no permit any more was leaving before.
		if (this.closing && isFree() && admission().sessions().taken() == 0 && this.leaving.get() == 0) {
			end();
		}
	}

	/**
	 * Gives everything back, once, on a thread of its own: listeners are notified, and
	 * what waits for the end may occupy all threads of the background.
	 */
	void end() {
		if (this.givingBack.compareAndSet(false, true)) {
			String thread = spec().threads().name().replace("{name}", this.server.name()) + " stop";
			this.engine.onOwnThread(this::giveBack, thread);
		}
	}

	/** Whether it is giving everything back, or has done so. */
	boolean isEnding() {
		return this.givingBack.get();
	}

	private void giveBack() {
		if (this.keepAlive != null) {
			this.keepAlive.end();
		}
		this.release.run();
		for (RunListener each : this.listeners) {
			each.port().release();
		}
		admission().end();
		// No call counts as stuck any more when the server is seen to have stopped.
		noLongerWatched();
		this.owner.ended(this);
		this.ended.complete(null);
		this.owner.over(this);
	}

	private void noLongerWatched() {
		this.listeners.forEach(RunListener::noLongerWatched);
	}

	// Connections.

	/** Keeps the JVM alive for a session that is not known yet, if sessions do. */
	void keepAlive() {
		if (this.keepAlive != null) {
			this.keepAlive.acquire();
		}
	}

	/** A session has opened, perhaps too late to be among those that a stop ends. */
	void opened(Session session) {
		if (spec().oneShot()) {
			this.only = session;
			this.intake.served();
		}
		this.ending.opened(session);
	}

	/**
	 * A connection has ended, as a session or without having become one, and gives its
	 * permit back. The run does not end before it has {@linkplain #gone gone}.
	 */
	void leaving() {
		this.leaving.incrementAndGet();
		admission().sessions().release();
	}

	/** Whoever waits for a permit may have one that was given back. */
	void permitFree() {
		this.owner.permitsFree();
		for (RunListener each : this.listeners) {
			each.port().permitFree();
		}
	}

	private void gone() {
		this.leaving.decrementAndGet();
		endIfDone();
	}

	/** A session has ended, and listeners were notified of that. */
	void sessionEnded() {
		if (this.keepAlive != null) {
			this.keepAlive.release();
		}
		try {
			// First: until it is gone, this is the run that a stop ends, and not the
			// next.
			Session shot = this.only;
			if (shot != null && shot.end().isOver()) {
				this.owner.served(this);
			}
		}
		finally {
			gone();
		}
	}

	/**
	 * A connection has ended that never became a session.
	 * @param refused whether it was refused, and is counted so
	 */
	void connectionEnded(boolean refused) {
		// In this order: whoever sees that it is gone finds room for another.
		leaving();
		if (!refused) {
			this.server.counters().count(Counter.ABANDONED);
		}
		try {
			permitFree();
		}
		finally {
			gone();
		}
	}

	// As a lifecycle sees it.

	@Override
	public boolean claimStop() {
		return this.ending.claim();
	}

	@Override
	public boolean isStopping() {
		return this.ending.isClaimed();
	}

	/** What the handler of a one-shot threw. */
	@Override
	public @Nullable Throwable failure() {
		Session shot = this.only;
		CloseStatus status = (shot != null) ? shot.end().settled() : null;
		return (status != null && status.reason() == CloseReason.HANDLER_ERROR) ? status.cause() : null;
	}

	/** Decides what follows from the end of a run: {@link ServerRuns}. */
	public interface RunEvents {

		/** The run has ended. On a thread of its own. */
		void ended(ServerRun run);

		/** All others were notified of that end. On the same thread. */
		void over(ServerRun run);

		/** The one session of a one-shot has ended. */
		void served(ServerRun run);

		/**
		 * A run has given permits back: the run that listens may have waited for them.
		 */
		void permitsFree();

	}

}
