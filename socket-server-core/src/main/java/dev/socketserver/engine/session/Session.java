package dev.socketserver.engine.session;

import java.net.InetSocketAddress;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import dev.socketserver.BindPolicy;
import dev.socketserver.CloseStatus;
import dev.socketserver.SessionInfo;
import dev.socketserver.SessionSpec;
import dev.socketserver.engine.connection.Connection;
import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.engine.drain.Drainable;
import dev.socketserver.engine.handlers.InvokedSession;
import dev.socketserver.engine.handlers.Invoker;
import dev.socketserver.engine.input.FrameSteps;
import dev.socketserver.engine.input.ReceivingSession;
import dev.socketserver.engine.input.SessionFraming;
import dev.socketserver.engine.input.SessionInput;
import dev.socketserver.engine.lane.Lane;
import dev.socketserver.engine.lane.LaneScheduler;
import dev.socketserver.engine.memory.MemoryHolder;
import dev.socketserver.engine.output.Outbox;
import dev.socketserver.engine.output.SendFuture;
import dev.socketserver.engine.requests.SessionRequests;
import dev.socketserver.engine.state.ExceededLimits;
import dev.socketserver.engine.state.SessionEnd;
import dev.socketserver.engine.state.SessionState;
import dev.socketserver.engine.tap.TapSink;
import dev.socketserver.engine.tap.Tappable;
import dev.socketserver.engine.watchdog.TimeoutEnforcer;
import dev.socketserver.engine.watchdog.Watched;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.Framing;
import dev.socketserver.operator.Counter;
import dev.socketserver.operator.PeerAccess;
import dev.socketserver.operator.SessionRate;
import org.jspecify.annotations.Nullable;

/**
 * One session: joins the parts that read ({@link SessionInput}), call the handler
 * ({@link Invoker}) and send ({@link Outbox}, {@link SessionSends}). The parts share its
 * {@link SessionState} and do not know the session; where something goes against the
 * order of the parts, they know an interface of this class. It has the order of things
 * when the session opens and ends. Why and how it ends is decided by {@link SessionEnd}.
 * <p>
 * What few sessions need is made when it is needed ({@link SessionSends},
 * {@link TimeoutEnforcer}, {@link #attributes}).
 */
public final class Session implements InvokedSession, ReceivingSession, MemoryHolder, Tappable, Watched, Drainable,
		Bindable, SessionRegistry.Numbered {

	private final SessionContext context;

	private final InetSocketAddress remoteAddress;

	private final InetSocketAddress localAddress;

	/** In nanoseconds since 1970: an {@code Instant} would be one more object. */
	private final long openedAt;

	private final SessionState state;

	private final SessionInput input;

	private final Invoker invoker;

	private final Outbox outbox;

	/** Absent until there is something; made under the session's monitor. */
	private volatile @Nullable SessionSends sends;

	/**
	 * Absent while nothing is timed. Made with the session if it has heartbeats, else by
	 * the timer, and only by it.
	 */
	private volatile @Nullable TimeoutEnforcer timeoutEnforcer;

	// Guarded by this, made when first asked for.

	private @Nullable Map<String, Object> attributes;

	private SessionBindings.@Nullable Memberships memberships;

	/**
	 * Creates a session of a connection. On the loop; {@link #open} begins it.
	 * @param context what the server's sessions share
	 * @param connection the connection
	 * @param remoteAddress the peer's address
	 * @param localAddress our address
	 * @param scheduler runs the session's lane
	 * @param scratch what the sessions of this loop share
	 */
	public Session(SessionContext context, Connection connection, InetSocketAddress remoteAddress,
			InetSocketAddress localAddress, LaneScheduler scheduler, LoopScratch scratch) {
		this.context = context;
		this.remoteAddress = remoteAddress;
		this.localAddress = localAddress;
		Instant now = Instant.now();
		this.openedAt = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
		this.state = new SessionState(context.shared(), context.sessions().nextNumber(), connection, scratch, this);
		SessionSpec spec = context.spec();
		FrameSteps steps = FrameSteps.of(spec, connection);
		SessionFraming framing = steps.first(spec);
		this.input = new SessionInput(this, context.inbound(), connection.decoder(spec, framing.decoder()), steps);
		this.outbox = new Outbox(this.state, framing.framing(), context.outbound());
		this.invoker = context.invoker(this, scheduler);
		this.timeoutEnforcer = TimeoutEnforcer.ofHeartbeats(this);
	}

	// Its parts.

	@Override
	public SessionState state() {
		return this.state;
	}

	@Override
	public SessionInput input() {
		return this.input;
	}

	@Override
	public Outbox outbox() {
		return this.outbox;
	}

	/** Calls the handler. */
	Invoker invoker() {
		return this.invoker;
	}

	/** Returns the requests that wait for replies, or {@code null} if there was none. */
	@Nullable SessionRequests asked() {
		SessionSends made = this.sends;
		return (made != null) ? made.asked() : null;
	}

	/** Returns what is sent beside the replies of its handler. */
	public SessionSends sends() {
		SessionSends made = this.sends;
		return (made != null) ? made : makeSends();
	}

	private synchronized SessionSends makeSends() {
		if (this.sends == null) {
			this.sends = new SessionSends(this.context.payloads(), this.context.requests(), this, this.invoker);
		}
		return this.sends;
	}

	/** Whether these are notified of the session. */
	public boolean isOf(SessionEvents events) {
		return this.context.events() == events;
	}

	// What the connection does. On the loop.

	/** Begins the session. */
	public void open() {
		this.state.counters().count(Counter.OPENED);
		try {
			this.context.sessions().add(this);
		}
		finally {
			// In any case: else nothing would ever run on its lane, not even its end.
			this.invoker.open();
		}
	}

	/** Bytes were received now, in an array that is the caller's again afterwards. */
	public void received(byte[] array, int length, long now) {
		this.input.received(array, length, now);
	}

	/** Whether all input is dropped, and nothing is under way that may become output. */
	public boolean onlyDrops() {
		return this.input.deframer().discards() && this.invoker.watched() != null && this.invoker.pendingFrames() == 0
				&& this.outbox.pendingWrites() == 0;
	}

	/** All that could be read for now has been received. */
	public void readsEnded() {
		this.invoker.readsEnded();
	}

	/** The peer has ended its output. */
	public void peerEnded() {
		end().inputEnded();
		this.input.deframer().inputEnded();
	}

	/**
	 * Whether something waits for the handler, or is being handled, and the handler still
	 * takes it.
	 */
	public boolean inputWaits() {
		return !this.invoker.stalled() && (this.input.deframer().inputWaits() || this.invoker.pendingFrames() > 0);
	}

	/**
	 * Whether input waits for room, or for a pause to end, and the handler still takes
	 * it.
	 */
	public boolean inputWaitsToBeDecoded() {
		return !this.invoker.stalled() && this.input.deframer().inputWaitsToBeDecoded();
	}

	/** The connection is gone, by a failure unless that is {@code null}. */
	public void disconnected(@Nullable Throwable failure) {
		new SessionEnding(this).disconnected(failure);
	}

	// How it ends. Any thread.

	@Override
	public void stop(CloseStatus status) {
		new SessionEnding(this).stop(status);
	}

	@Override
	public void close(CloseStatus status) {
		new SessionEnding(this).close(status);
	}

	/**
	 * Closes the session, since another one has taken over an identity of it.
	 * @param type what kind of identity
	 * @param id the identity itself
	 * @param by the other session, for people
	 * @param address the address of its peer, or {@code null} if it is on another node
	 */
	@Override
	public void replaced(String type, String id, String by, @Nullable InetSocketAddress address) {
		new SessionEnding(this).replaced(type, id, by, address);
	}

	@Override
	public void abort(CloseStatus status) {
		new SessionEnding(this).abort(status);
	}

	/**
	 * Settles how the session ends, without closing it. To be called before the peer can
	 * see anything of it.
	 * @param status how it ends
	 * @return whether this settles it
	 */
	public boolean settle(CloseStatus status) {
		return new SessionEnding(this).settle(status);
	}

	/** Sends what its peer is to be sent last, if there is something to send with. */
	void sayFarewell() {
		SessionSends made = this.sends;
		if (made != null) {
			made.sayFarewell();
		}
	}

	/** What it shares with others. */
	SessionContext context() {
		return this.context;
	}

	@Override
	public boolean closing() {
		return !end().handlesMore();
	}

	@Override
	public boolean isBusy() {
		SessionRequests asked = asked();
		// A handler that has taken nothing of what is there will not take the rest.
		boolean receives = !this.invoker.stalled() && (this.invoker.isBusy() || this.input.deframer().rest() > 0);
		return receives || (asked != null && asked.size() > 0);
	}

	@Override
	public CompletableFuture<CloseStatus> closed() {
		return end().future();
	}

	// What the calls of its handler bring about.

	@Override
	public boolean runsHere() {
		return this.invoker.runsHere();
	}

	@Override
	public boolean stalled() {
		return this.invoker.stalled();
	}

	@Override
	public void begun() {
		SessionLog.opened(this);
		this.context.listener().opened(this);
	}

	@Override
	public void handlerOpened(boolean recovered) {
		this.context.listener().handlerOpened(this, recovered);
	}

	@Override
	public void ready() {
		this.context.listener().ready(this);
	}

	@Override
	public boolean reply(Object payload) {
		// A reply that is flushed at once does not leave at once: the loop takes up all
		// replies that are there when it comes to them. So fast replies leave together,
		// and none waits for the next call, which may be slow.
		boolean later = this.invoker.flushesLater();
		Object outgoing = this.context.payloads().reply(payload);
		boolean sent = this.input.steps().keeps(outgoing) || ((later && this.state.connection().isLoop())
				? this.outbox.addOnLoop(outgoing) : this.outbox.addReply(outgoing, !later));
		if (!sent) {
			SessionLog.replyDropped(this);
		}
		return sent;
	}

	@Override
	public boolean awaitCallbacks(Runnable then) {
		SessionSends made = this.sends;
		return made != null && made.awaitCallbacks(then);
	}

	@Override
	public void handlerStalled() {
		SessionLog.stalled(this);
		this.state.connection().execute(this.input.deframer()::endIfStalled);
	}

	@Override
	public boolean executorRefused() {
		if (end().closesInOrder()) {
			// It has nothing left to run on that executor, and ends in good order without
			// it: executors are often shut down together with servers.
			return false;
		}
		abort(ExceededLimits.executorRejected(spec()));
		return true;
	}

	@Override
	public void logFailure(String kind, String what, Throwable failure) {
		if (!this.context.listener().reports(failure)) {
			SessionLog.failed(this, kind, what, failure);
		}
	}

	@Override
	public void finished() {
		new SessionEnding(this).finished();
	}

	// What becomes of its input.

	@Override
	public void frames(Object payloads, int count, int bytes) {
		this.invoker.frames(payloads, count, bytes);
	}

	@Override
	public void answer(byte[] bytes, boolean framed) {
		this.outbox.answer(bytes, framed);
	}

	@Override
	public void inputEnded(CloseStatus status) {
		new SessionEnding(this).inputEnded(status);
	}

	@Override
	public void readsAgain() {
		TimeoutEnforcer enforcer = this.timeoutEnforcer;
		if (enforcer != null) {
			enforcer.readAgain();
		}
	}

	@Override
	public void encodeWith(Framing framing) {
		this.outbox.framing(framing);
	}

	@Override
	public FrameDecoder newDecoder() {
		return SessionFraming.decoder(this.outbox.framing(), spec());
	}

	@Override
	public void resumed(boolean byApplication, boolean last) {
		if (byApplication) {
			this.invoker.resumed();
		}
		else if (last) {
			this.invoker.checkAgain();
		}
	}

	@Override
	public void framing(Framing framing) {
		this.input.steps().ask(Objects.requireNonNull(framing, "framing"), spec());
		if (!this.invoker.runsHere()) {
			this.invoker.checkAgain();
		}
	}

	@Override
	public CompletableFuture<@Nullable Void> startTls() {
		return new StartTls(this, this.invoker, this.context.background()).ask();
	}

	@Override
	public boolean secure() {
		return this.state.connection().secure();
	}

	@Override
	public boolean hold() {
		return end().handlesMore() && this.input.pause(SessionInput.BY_OPERATOR);
	}

	@Override
	public boolean release() {
		return this.input.resume(SessionInput.BY_OPERATOR);
	}

	@Override
	public void offence(String reason) {
		this.context.listener().offence(this, Objects.requireNonNull(reason, "reason"));
	}

	@Override
	public void rate(@Nullable String messages, @Nullable String bytes) {
		this.context.sessions().rate(this, messages, bytes);
	}

	@Override
	public @Nullable SessionRate rate() {
		return this.input.rate();
	}

	// What it sends.

	@Override
	public CompletableFuture<@Nullable Void> send(Object payload) {
		SendFuture future = new SendFuture(this.context.background());
		this.outbox.send(this.context.payloads().outgoing(payload), future, !this.invoker.flushesLater());
		return future;
	}

	@Override
	public void send(Object payload, Consumer<@Nullable Throwable> callback) {
		sends().send(payload, Objects.requireNonNull(callback, "callback"));
	}

	@Override
	public CompletableFuture<@Nullable Void> trySend(Object payload) {
		SendFuture future = new SendFuture(this.context.background());
		this.outbox.offer(this.context.payloads().outgoing(payload), future, !this.invoker.flushesLater());
		return future;
	}

	/**
	 * Sends bytes as one frame, if there is room; returns whether the session took them.
	 */
	public boolean offer(byte[] payload) {
		return this.input.room().login() == null && this.outbox.offer(payload, null, !this.invoker.flushesLater());
	}

	@Override
	public void shutdownOutput() {
		this.outbox.writer().shutdownOutput();
	}

	@Override
	public CompletableFuture<Object> ask(Object payload, Duration timeout) {
		return sends().ask(payload, Objects.requireNonNull(timeout, "timeout"));
	}

	@Override
	public <T> CompletableFuture<T> ask(Object payload, Class<T> reply, Duration timeout) {
		return sends().ask(payload, reply, Objects.requireNonNull(timeout, "timeout"));
	}

	// Who watches it.

	@Override
	public void tap(TapSink sink, Runnable attached) {
		this.input.tap(sink, attached);
	}

	@Override
	public void untap(TapSink sink) {
		this.input.untap(sink);
	}

	@Override
	public @Nullable Lane watched() {
		return this.invoker.watched();
	}

	@Override
	public @Nullable TimeoutEnforcer timeoutEnforcer() {
		return this.timeoutEnforcer;
	}

	@Override
	public void timeoutEnforcer(@Nullable TimeoutEnforcer enforcer) {
		this.timeoutEnforcer = enforcer;
	}

	@Override
	public long charged() {
		return this.state.charged();
	}

	@Override
	public boolean isAborted() {
		return end().isAborted();
	}

	@Override
	public void readLess() {
		this.input.readLess();
	}

	@Override
	public void readAgain() {
		this.input.readAgain();
	}

	@Override
	public long openedNanos() {
		return this.state.openedNanos();
	}

	@Override
	public long silentSince() {
		return this.state.silentSince();
	}

	@Override
	public SessionInfo info() {
		return new Snapshots(this).info();
	}

	@Override
	public PeerAccess peer() {
		return new SessionPeer(this.invoker, this::sends, this.outbox, this.state);
	}

	@Override
	public CompletableFuture<Map<String, @Nullable Object>> details() {
		return new Snapshots(this).details(this.context.background());
	}

	// Who it is.

	@Override
	public long number() {
		return this.state.number();
	}

	@Override
	public String listener() {
		return spec().listener();
	}

	@Override
	public String id() {
		return this.state.id();
	}

	@Override
	public SessionSpec spec() {
		return this.context.spec();
	}

	@Override
	public SessionSpec.Side side() {
		return this.context.spec().side();
	}

	@Override
	public InetSocketAddress remoteAddress() {
		return this.remoteAddress;
	}

	@Override
	public InetSocketAddress localAddress() {
		return this.localAddress;
	}

	@Override
	public Instant openedAt() {
		return Instant.ofEpochSecond(0, this.openedAt);
	}

	@Override
	public synchronized Map<String, Object> attributes() {
		if (this.attributes == null) {
			this.attributes = new ConcurrentHashMap<>();
		}
		return this.attributes;
	}

	/** What the application has kept with the session, if it has kept anything. */
	synchronized @Nullable Map<String, Object> keptAttributes() {
		return this.attributes;
	}

	@Override
	public @Nullable Principal principal() {
		Principal authenticated = SessionBindings.principal(this);
		return (authenticated != null) ? authenticated : this.state.connection().principal();
	}

	@Override
	public void authenticate(Principal principal) {
		this.context.sessions().authenticate(this, Objects.requireNonNull(principal, "principal"));
	}

	@Override
	public boolean bind(String type, String id, BindPolicy policy) {
		Objects.requireNonNull(policy, "policy");
		return this.context.sessions().bind(this, type, id, policy);
	}

	@Override
	public OptionalLong token(String type, String id) {
		long token = this.context.sessions().bindings().token(this, new SessionBindings.Identity(type, id));
		return (token != 0) ? OptionalLong.of(token) : OptionalLong.empty();
	}

	/** Returns the sessions of its server, which know who is bound to what. */
	public SessionRegistry registry() {
		return this.context.sessions();
	}

	@Override
	public boolean unbind(String type, String id) {
		return this.context.sessions().bindings().unbind(this, new SessionBindings.Identity(type, id));
	}

	@Override
	public void join(String group) {
		this.context.sessions().bindings().join(this, Objects.requireNonNull(group, "group"));
	}

	@Override
	public void leave(String group) {
		this.context.sessions().bindings().leave(this, Objects.requireNonNull(group, "group"));
	}

	@Override
	public SessionBindings.@Nullable Memberships memberships() {
		return this.memberships;
	}

	@Override
	public void memberships(SessionBindings.@Nullable Memberships memberships) {
		this.memberships = memberships;
	}

	@Override
	public String toString() {
		return id();
	}

}
