package dev.socketserver.engine.session;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.security.Principal;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import dev.socketserver.BindPolicy;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SessionInfo;
import dev.socketserver.SessionSpec;
import dev.socketserver.SessionSpec.InboundOverflow;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.connection.Connection;
import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.engine.handlers.Invoker;
import dev.socketserver.engine.handlers.SendCallbacks;
import dev.socketserver.engine.input.Deframer;
import dev.socketserver.engine.input.FramingChange;
import dev.socketserver.engine.input.Inbox;
import dev.socketserver.engine.input.SessionFraming;
import dev.socketserver.engine.lane.Lane;
import dev.socketserver.engine.lane.LaneScheduler;
import dev.socketserver.engine.lane.LoopAwareFuture;
import dev.socketserver.engine.log.LogContext;
import dev.socketserver.engine.log.LogText;
import dev.socketserver.engine.log.LoggedFailure;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.engine.memory.Charge;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.output.Completion;
import dev.socketserver.engine.output.Outbox;
import dev.socketserver.engine.output.SendFuture;
import dev.socketserver.engine.stats.Counters;
import dev.socketserver.engine.watchdog.Heartbeats;
import dev.socketserver.engine.watchdog.TimeoutEnforcer;
import dev.socketserver.framing.Framing;
import dev.socketserver.operator.MessageObserver;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.PayloadException;
import dev.socketserver.payload.Payloads;
import org.jspecify.annotations.Nullable;

/**
 * One session: joins the parts that read ({@link Deframer}), call the handler
 * ({@link Invoker}) and send ({@link Outbox}), and decides how it ends. The first thread
 * that claims {@link #status} settles the reason of the end; everything after that
 * follows from it.
 * <p>
 * It is large because it has three kinds of callers, each under a heading of its own: the
 * connection, the server or client it belongs to, and the application. It is not split
 * into more objects because each would be made for every session, and what a session
 * costs while it rests is bounded by a test. What few sessions need is made when it is
 * needed ({@link SendCallbacks}, {@link TimeoutEnforcer}, {@link #attributes}).
 */
public final class Session implements SocketSession, SessionRegistry.Numbered {

	private static final SafeLogger logger = SafeLogger.of(Session.class);

	private static final VarHandle STATUS;

	private static final VarHandle PAUSES;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			STATUS = lookup.findVarHandle(Session.class, "status", CloseStatus.class);
			PAUSES = lookup.findVarHandle(Session.class, "pauses", int.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/** A pause that the application asked for. */
	private static final int BY_APPLICATION = 1;

	/** A pause that an operator asked for. */
	private static final int BY_OPERATOR = 2;

	/**
	 * Room for one frame only, so that the framing can change behind it before the next
	 * is cut.
	 */
	private static final SessionSpec.Inbound ONE_FRAME = new SessionSpec.Inbound(1, Integer.MAX_VALUE,
			InboundOverflow.BLOCK);

	/** How many failures of one kind a server logs in an interval as they come. */
	private static final int MOST_FAILURES = 10;

	private final SessionContext context;

	private final long number;

	private final Connection wire;

	private final InetSocketAddress remoteAddress;

	private final InetSocketAddress localAddress;

	/**
	 * In nanoseconds since 1970: an {@code Instant} would be one more object in each
	 * session.
	 */
	private final long openedAt;

	private final long openedNanos = System.nanoTime();

	/** What the session holds of the memory that all sessions may hold together. */
	private final Charge charge;

	private final Outbox outbox;

	private final Invoker driver;

	private final Deframer deframer;

	/** Absent unless the framing is switchable. */
	private final @Nullable FramingChange framingChange;

	/**
	 * Who has paused reads: no frame is to be handled until all of them have resumed.
	 */
	private volatile int pauses;

	/** How the session ends; set once, by compare-and-set. */
	private volatile @Nullable CloseStatus status;

	/** The server stops: no further frame is to be handled. */
	private volatile boolean stopping;

	private volatile boolean over;

	/** Absent until there is one; made under the session's monitor. */
	private volatile @Nullable SendCallbacks callbacks;

	/**
	 * Why the connection broke, if it did. Set on the loop before {@link #lost}, and read
	 * behind it.
	 */
	private @Nullable Throwable transportFailure;

	/**
	 * The connection is gone. Set before sends are refused for that, so that they can
	 * tell why.
	 */
	private volatile boolean lost;

	/**
	 * Whether the peer is read from: not while the inbox is full. Written on the loop.
	 */
	private volatile boolean reading = true;

	/** Whether the deframer wants more input. Only on the loop. */
	private boolean wantsMore = true;

	/**
	 * Set while memory is scarce and the session holds much: it is not read from then,
	 * even if the deframer wants more. Written on the loop.
	 */
	private volatile boolean restrained;

	/**
	 * Set by {@link #cut}: nothing more is sent, and the memory that is held will soon be
	 * given back.
	 */
	private volatile boolean cut;

	// Plain fields, each written by one thread and read by any. A reader may see a value
	// that is one batch old; that is good enough for statistics.

	private long bytesReceived;

	private long messagesReceived;

	private long bytesSent;

	private long messagesSent;

	// Guarded by this, made when first asked for.

	private @Nullable Map<String, Object> attributes;

	private @Nullable CompletableFuture<CloseStatus> closed;

	private boolean farewellSaid;

	/** What {@link SessionBindings} keep with the session. */
	SessionBindings.@Nullable Held held;

	/**
	 * Absent while nothing is timed. Made with the session if it has heartbeats, else by
	 * the timer, and only by it.
	 */
	public volatile @Nullable TimeoutEnforcer timeoutEnforcer;

	/**
	 * Creates a session of a connection. On the loop; {@link #open} begins it.
	 * @param context what the server's sessions share
	 * @param wire the connection
	 * @param remoteAddress the peer's address
	 * @param localAddress our address
	 * @param scheduler runs the session's lane
	 * @param scratch what the sessions of this loop share
	 */
	public Session(SessionContext context, Connection wire, InetSocketAddress remoteAddress,
			InetSocketAddress localAddress, LaneScheduler scheduler, LoopScratch scratch) {
		this.context = context;
		this.number = context.sessions().nextNumber();
		Instant now = Instant.now();
		this.openedAt = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
		this.wire = wire;
		this.remoteAddress = remoteAddress;
		this.localAddress = localAddress;
		SessionSpec spec = context.spec();
		this.charge = new Charge(this);
		this.framingChange = spec.framing().switchable() ? new FramingChange(this) : null;
		Inbox inbox = new Inbox(switchable() ? ONE_FRAME : spec.inbound(), this.charge);
		if (switchable()) {
			// Nothing is cut before the handler has had its say about the framing.
			inbox.added(1, 0);
		}
		SessionSpec.Heartbeat heartbeat = spec.heartbeat();
		if (heartbeat != null) {
			this.timeoutEnforcer = new TimeoutEnforcer(this, new Heartbeats(heartbeat, this.openedNanos));
		}
		SessionFraming framing = SessionFraming.of(spec.framing(), spec);
		this.outbox = new Outbox(this, framing.framing(), spec.outbound());
		this.driver = Invoker.of(this, context, inbox, this.outbox, scheduler);
		// Converters that are user code run where user code runs.
		PayloadConverter<?> input = spec.handler().input();
		this.deframer = new Deframer(this, this.driver, inbox, framing.decoder(),
				Payloads.builtIn(input) ? input : PayloadConverter.bytes(), requests(spec), scratch);
	}

	/**
	 * Returns how many frames may be handled; 0 for any number, as for streams, which
	 * have none.
	 */
	private static int requests(SessionSpec spec) {
		boolean stream = spec.framing().passThrough()
				&& (spec.handler() instanceof ServerHandler.Streams || spec.handler().bytesAsTheyCome());
		return stream ? 0 : spec.requestsPerSession();
	}

	// What the connection tells the session. On the loop.

	/** Begins the session. */
	public void open() {
		ledger().countOpened();
		this.context.sessions().add(this);
		this.driver.open();
	}

	/**
	 * Bytes came.
	 * @param array holds them, from its start on; the caller's again afterwards
	 * @param length how many
	 */
	public void received(byte[] array, int length) {
		this.bytesReceived += length;
		ledger().countReceived(length);
		this.deframer.received(array, length);
		if (this.context.memory().isScarce()) {
			restrain();
		}
	}

	/**
	 * The wire holds bytes of the peer that cannot be handed over before more comes. On
	 * the loop.
	 * @param bytes how many
	 * @param before what this has returned last, or 0
	 * @return how many are charged for it now
	 */
	public int wireHolds(int bytes, int before) {
		if (!Charge.differs(bytes, before)) {
			return before;
		}
		this.charge.add(bytes - before);
		return bytes;
	}

	/** All that could be read for now has been received. */
	public void readsEnded() {
		this.driver.readsEnded();
	}

	/** The peer has ended its output. */
	public void inputEnded() {
		nothingMoreComes();
		this.deframer.inputEnded();
	}

	/**
	 * The peer cannot send any more: from now on its silence must not end the session.
	 */
	private void nothingMoreComes() {
		this.reading = false;
		this.wantsMore = false;
	}

	/**
	 * Whether something of what was received waits for the handler, or is being handled,
	 * and is not lost on it. On the loop.
	 * @return {@code true} if {@link #disconnected} would lose it
	 */
	public boolean inputWaits() {
		return !this.driver.stalled() && (this.deframer.inputWaits() || this.driver.pendingFrames() > 0);
	}

	/**
	 * Whether there is input that waits for room, or for a pause to end, and is not lost
	 * on the handler. On the loop.
	 * @return {@code true} if {@link #disconnected} would lose it
	 */
	public boolean inputWaitsToBeCut() {
		return !this.driver.stalled() && this.deframer.inputWaitsToBeCut();
	}

	/**
	 * The connection is gone.
	 * @param failure why it broke, or {@code null} if it was closed
	 */
	public void disconnected(@Nullable Throwable failure) {
		this.transportFailure = failure;
		this.lost = true;
		nothingMoreComes();
		this.deframer.discard();
		this.outbox.closed();
		this.driver.disconnected();
	}

	// What the server or client wants.

	/** Ends the session behind the current call and its replies. Any thread. */
	public void stop() {
		stop(CloseStatus.of(CloseReason.SERVER_STOPPED));
	}

	/**
	 * Ends the session behind the current call and its replies. Any thread.
	 * @param status how it ends, unless that is settled already
	 */
	public void stop(CloseStatus status) {
		if (!this.stopping) {
			this.stopping = true;
			this.driver.stop(status);
		}
	}

	/**
	 * Sends a last word, once, if there is room for it and the session is not ending: a
	 * peer that does not read is not waited for. Any thread.
	 * @param payload the payload
	 */
	public void farewell(byte[] payload) {
		synchronized (this) {
			if (this.farewellSaid || closing()) {
				return;
			}
			this.farewellSaid = true;
		}
		this.outbox.addIfRoom(payload);
	}

	/**
	 * Ends the session at once. Any thread.
	 * @param status how it ends, unless that is settled already
	 */
	public void cut(CloseStatus status) {
		end(status);
		this.cut = true;
		this.outbox.cut();
		this.wire.abort();
		// If the connection was gone before, nothing else would wake the driver.
		this.driver.lookAgain();
	}

	// While memory is scarce.

	/** How many bytes are held for the session, as far as they count. Any thread. */
	public long charged() {
		return this.charge.bytes();
	}

	/** Whether what is held for the session is on its way back. Any thread. */
	public boolean isCut() {
		return this.cut;
	}

	/** Stops reading while memory is scarce and the session holds much. Any thread. */
	public void readLess() {
		if (!mayRead()) {
			this.wire.execute(this::restrain);
		}
	}

	private void restrain() {
		if (this.restrained || this.status != null || mayRead()) {
			return;
		}
		this.restrained = true;
		if (mayRead()) {
			// Whoever changed that may have looked before it could see that it matters.
			this.restrained = false;
			return;
		}
		read();
	}

	/**
	 * Whether the session may be read from. One that holds little always may: frames are
	 * often cut in two on their way, and memory may stay scarce for as long as other
	 * sessions want it to.
	 */
	private boolean mayRead() {
		return this.charge.bytes() < Charge.STEP || !this.context.memory().isScarce();
	}

	/** Reads again if little is held, or memory is no longer scarce. Any thread. */
	public void readAgain() {
		if (this.restrained) {
			this.wire.execute(() -> {
				if (this.restrained && mayRead()) {
					this.restrained = false;
					read();
				}
			});
		}
	}

	// What the parts of the session ask it for.

	/** Whether the session is one of those that share a context. */
	boolean isOf(SessionContext context) {
		return this.context == context;
	}

	/**
	 * Whether the calling thread is running this session's user code.
	 * @return {@code true} on the lane or in the call of a blocking handler
	 */
	public boolean runsHere() {
		return this.driver.runsHere();
	}

	/** The lane on which calls must not take too long, if there is one. Any thread. */
	public @Nullable Lane watched() {
		return this.driver.watched();
	}

	/** What is held for the session. */
	public Charge charge() {
		return this.charge;
	}

	/** The connection. */
	public Connection wire() {
		return this.wire;
	}

	/** Cuts frames out of what is received. */
	public Deframer deframer() {
		return this.deframer;
	}

	/** Calls the handler. */
	public Invoker driver() {
		return this.driver;
	}

	/** What is to be sent. */
	public Outbox outbox() {
		return this.outbox;
	}

	/** When the session began, by the clock of {@link System#nanoTime}. */
	public long openedNanos() {
		return this.openedNanos;
	}

	/** Whether the peer is read from. */
	public boolean isReading() {
		return this.reading;
	}

	// On other threads than the one that counts them these may be one batch old.

	public long bytesReceived() {
		return this.bytesReceived;
	}

	public long messagesReceived() {
		return this.messagesReceived;
	}

	public long bytesSent() {
		return this.bytesSent;
	}

	long messagesSent() {
		return this.messagesSent;
	}

	/** What is counted of all sessions of the server or client. Any thread. */
	public Counters ledger() {
		return this.context.ledger();
	}

	/** What all sessions may hold. */
	public MemoryBudget memory() {
		return this.context.memory();
	}

	/** What the session is made from. */
	public SessionSpec spec() {
		return this.context.spec();
	}

	// What driver, deframer and outbox tell the session.

	/** The handler is about to be told of the session. On its thread. */
	public void begun() {
		logger.debug("Session {} opened, peer {}", this, this.remoteAddress);
		this.context.listener().opened(this);
	}

	public void messagesReceived(int count) {
		this.messagesReceived += count;
		ledger().countMessagesReceived(count);
	}

	public void sent(int messages, int bytes) {
		this.messagesSent += messages;
		this.bytesSent += bytes;
		ledger().countSent(messages, bytes);
	}

	/** The deframer wants more, or no more. On the loop. */
	public void reading(boolean on) {
		this.wantsMore = on;
		read();
	}

	private void read() {
		boolean on = this.wantsMore && !this.restrained;
		TimeoutEnforcer enforcer = this.timeoutEnforcer;
		if (enforcer != null && on && !this.reading) {
			enforcer.readAgain();
		}
		this.reading = on;
		this.wire.reading(on);
	}

	/** The inbox has room again. Any thread. */
	public void resumeInput() {
		this.wire.execute(this.deframer::roomAgain);
	}

	/** Frames were dropped where they waited. On the loop. */
	public void inboundDropped(int count) {
		if (count > 0) {
			this.deframer.dropped(count);
			ledger().countInboundDropped(count);
		}
	}

	/** More waits for the handler than may, and the policy is to close. On the loop. */
	public void overflowed() {
		close(ExceededLimits.overflow(spec()));
	}

	/** Watches messages being handled, if somebody does. */
	public @Nullable MessageObserver observer() {
		return this.context.diagnostics().observer();
	}

	/** The session itself, if log lines are to name it. */
	public @Nullable Session named() {
		return this.context.diagnostics().logContext() ? this : null;
	}

	/** The observer of messages threw. */
	public void observerFailed(Throwable failure) {
		logFailure("the observer of messages failed", failure);
	}

	/**
	 * The peer reads too slowly, and that is to end the session; of one that is ending
	 * already, what it has accepted still leaves. Any thread.
	 */
	public void slowConsumer() {
		CloseStatus slow = ExceededLimits.slowConsumer(spec());
		if (end(slow)) {
			cut(slow);
		}
	}

	/**
	 * Lets callbacks run before the end of the session is told. On the lane.
	 * @param then is called on the lane when they have run, unless this returns
	 * {@code false}
	 * @return {@code false} if there are none
	 */
	public boolean awaitCallbacks(Runnable then) {
		SendCallbacks added = this.callbacks;
		return added != null && added.await(then);
	}

	/**
	 * Sends a reply: it is never refused. On the lane.
	 * @return {@code false} if the output has ended before it
	 */
	public boolean reply(Object payload) {
		// A reply that is flushed at once does not leave at once: the loop takes up all
		// replies that are there when it comes to them. So fast replies leave together,
		// and none waits for the next call, which may be slow.
		boolean later = this.driver.flushesLater();
		Object outgoing = this.context.payloads().reply(payload);
		boolean sent = (later && this.wire.isLoop()) ? this.outbox.addOnLoop(outgoing)
				: this.outbox.addReply(outgoing, !later);
		if (!sent) {
			logger.debug("Session {}: a reply was dropped, the output had ended before it", id());
		}
		return sent;
	}

	/** What the sessions of the loop share. On the loop. */
	public LoopScratch scratch() {
		return this.deframer.scratch();
	}

	/** Sends what the framing answers by itself. On the loop. */
	public void answer(byte[] frames) {
		this.outbox.answer(frames);
	}

	/**
	 * The handler has left all of a full read buffer: it will never take more, and
	 * reading has stopped for good. On the lane.
	 */
	public void handlerStalled() {
		this.context.diagnostics()
			.failureLog()
			.log("handlers that took nothing of a full read buffer", MOST_FAILURES, () -> logger.info(
					"Session {}: the handler took nothing of a full read buffer ({} bytes); reading has stopped", id(),
					this.context.spec().readBufferBytes()));
		this.wire.execute(this.deframer::endIfStalled);
	}

	/**
	 * There is no thread to run the handler. Any thread.
	 * @return whether that ends the session; not if it is stopping
	 */
	public boolean executorRefused() {
		if (this.stopping) {
			// A session that is stopping has nothing left to run on that executor, and
			// ends in good order without it: executors are often shut down together with
			// servers.
			return false;
		}
		cut(ExceededLimits.executorRejected(spec()));
		return true;
	}

	/** User code threw. The session ends, and nothing else does. */
	public void handlerFailed(String call, Throwable failure) {
		userCodeFailed("handler '" + this.context.spec().handler().name() + "' failed in " + call, call, failure);
	}

	/** User code threw that does not belong to the handler: the same for the session. */
	public void otherFailed(String source, Throwable failure) {
		userCodeFailed(source + " failed with what was received", source, failure);
	}

	private void userCodeFailed(String what, String where, Throwable failure) {
		if (failure instanceof InterruptedException) {
			// The interrupt was meant for this call, not for the next session's on the
			// same thread.
			Thread.interrupted();
		}
		if (failure instanceof PayloadException) {
			// No error handler of the application has dealt with it. It is the peer's
			// doing, so it is not logged as an error.
			close(new CloseStatus(CloseReason.DECODE_ERROR, failure.getMessage(), failure));
			return;
		}
		logFailure(what, LoggedFailure.of(failure));
		close(new CloseStatus(CloseReason.HANDLER_ERROR, failure.getClass().getSimpleName() + " in " + where, failure));
	}

	/**
	 * A framing threw something other than a
	 * {@link dev.socketserver.framing.FramingException}. On the loop.
	 */
	public void framingFailed(Throwable failure) {
		logFailure("framing '" + this.context.spec().framing().type() + "' failed", LoggedFailure.of(failure));
	}

	/**
	 * Logs a failure whose class may be user code, so that asking for its message may
	 * throw again.
	 */
	private void logFailure(String what, Throwable failure) {
		this.context.diagnostics().failureLog().log(what, MOST_FAILURES, () -> {
			if (!logger.error("Session {}: {}", id(), what, failure)) {
				logger.error("Session {}: {} with {}, which cannot be shown", id(), what, failure.getClass().getName());
			}
		});
	}

	/** Whether no further frame is to be handled. */
	public boolean closing() {
		return this.stopping || this.status != null;
	}

	/** Whether the handler has been told of the end. Any thread. */
	boolean isOver() {
		return this.over;
	}

	/** Whether the connection is gone. Any thread. */
	public boolean lost() {
		return this.lost;
	}

	public @Nullable CloseStatus status() {
		return this.status;
	}

	/** Whether waiting for the peer makes no sense any more. Any thread. */
	public boolean ending() {
		return this.lost || this.status != null;
	}

	/**
	 * The exception for callers who come too late, or have waited in vain. Any thread.
	 */
	public SessionClosedException closedException(@Nullable Throwable cause) {
		return new SessionClosedException(id(), this.status, cause);
	}

	/**
	 * Returns how the connection ended, as far as that can be told when it is gone.
	 * @return how the session ends, or will if its handler has no other wish
	 */
	public CloseStatus lostStatus() {
		CloseStatus settled = this.status;
		if (settled != null) {
			return settled;
		}
		CloseStatus lost = disconnectedStatus();
		return (lost != null) ? lost : endStatus();
	}

	/**
	 * How the connection ended, if the session was not ended by us; else {@code null}.
	 */
	public @Nullable CloseStatus disconnectedStatus() {
		if (this.status != null) {
			return null;
		}
		Throwable failure = this.transportFailure;
		if (failure == null) {
			return CloseStatus.of(CloseReason.PEER_CLOSED);
		}
		CloseReason reason = (failure instanceof IOException) ? CloseReason.PEER_RESET : CloseReason.IO_ERROR;
		return new CloseStatus(reason, failure.getMessage(), failure);
	}

	/**
	 * Settles how the session ends, if it is not settled yet. Nothing else happens: the
	 * caller sees to the end. Any thread.
	 * @param status how it ends, or {@code null} if that is still open
	 * @return whether it is settled by this
	 */
	public boolean end(@Nullable CloseStatus status) {
		return status != null && STATUS.compareAndSet(this, null, status);
	}

	public CloseStatus endStatus() {
		return Objects.requireNonNull(this.status, "status");
	}

	/** The handler has been told of the end. On its thread. */
	public void finished() {
		CloseStatus status = endStatus();
		logger.debug("Session {} closed: {}{}", this, status.reason(),
				(status.detail() != null) ? ", " + LogText.of(status.detail()) : "");
		this.charge.end();
		ledger().countClosed(status.reason(), System.nanoTime() - this.openedNanos);
		this.context.sessions().remove(this);
		this.over = true;
		try {
			this.context.listener().closed(this, status);
			CompletableFuture<CloseStatus> future;
			synchronized (this) {
				future = this.closed;
			}
			if (future != null) {
				future.complete(status);
			}
		}
		finally {
			this.context.sessions().told(this);
			this.wire.ended();
			this.context.sessionEnded().run();
		}
	}

	@Override
	public long number() {
		return this.number;
	}

	/** The key under which log lines carry the name of the server or client. */
	public String ownerKey() {
		return (this.context.spec().side() == SessionSpec.Side.SERVER) ? LogContext.SERVER : LogContext.CLIENT;
	}

	// What the application asks for.

	@Override
	public String id() {
		return this.context.sessions().id(this.number);
	}

	@Override
	public String server() {
		return this.context.spec().name();
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
	public List<String> args() {
		return this.context.spec().args();
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
		return this.wire.principal();
	}

	@Override
	public boolean bind(String type, String id, BindPolicy policy) {
		Objects.requireNonNull(policy, "policy");
		return this.context.sessions().bindings().bind(this, new SessionBindings.Identity(type, id), policy);
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
	public void pauseReads() {
		pause(BY_APPLICATION);
	}

	@Override
	public void resumeReads() {
		resume(BY_APPLICATION);
	}

	@Override
	public boolean hold() {
		return !closing() && pause(BY_OPERATOR);
	}

	@Override
	public boolean release() {
		return resume(BY_OPERATOR);
	}

	/**
	 * Pauses for one of the two.
	 * @return {@code false} if that one had paused already
	 */
	private boolean pause(int whom) {
		int before = (int) PAUSES.getAndBitwiseOr(this, whom);
		if (before == 0) {
			this.wire.execute(this.deframer::pause);
		}
		return (before & whom) == 0;
	}

	/**
	 * Resumes for one of the two.
	 * @return {@code false} if that one had not paused
	 */
	private boolean resume(int whom) {
		if ((this.pauses & whom) == 0) {
			return false;
		}
		int before = (int) PAUSES.getAndBitwiseAnd(this, ~whom);
		if (before == whom) {
			// Both directions: frames that wait for the handler, and bytes that wait to
			// be read.
			this.driver.lookAgain();
			this.wire.execute(this.deframer::resume);
		}
		return (before & whom) != 0;
	}

	@Override
	public void framing(Framing framing) {
		Objects.requireNonNull(framing, "framing");
		FramingChange change = this.framingChange;
		if (change == null) {
			throw new IllegalStateException(
					"The framing of " + this.context.spec().owner() + " cannot be changed: it is not switchable");
		}
		change.ask(framing);
		if (!this.driver.runsHere()) {
			this.driver.lookAgain();
		}
	}

	/** Whether frames are cut one at a time. */
	public boolean switchable() {
		return this.framingChange != null;
	}

	/**
	 * Makes the framing that was asked for take effect from the next frame on. Called
	 * where the handler runs, before it takes that frame.
	 */
	public void switchFraming() {
		if (this.framingChange != null) {
			this.framingChange.make();
		}
	}

	/** Whether no frame is to be handled for now. Any thread. */
	public boolean readsPaused() {
		return this.pauses != 0;
	}

	@Override
	public CompletableFuture<@Nullable Void> send(Object payload) {
		SendFuture future = new SendFuture(this.context.background());
		admit(this.context.payloads().outgoing(payload), future);
		return future;
	}

	@Override
	public void send(Object payload, Consumer<@Nullable Throwable> callback) {
		Objects.requireNonNull(callback, "callback");
		Object outgoing = this.context.payloads().outgoing(payload);
		SendCallbacks callbacks = callbacks();
		Completion completion = callbacks.add(callback);
		try {
			admit(outgoing, completion);
		}
		catch (Throwable ex) {
			// The framing refuses the payload, or there is no memory.
			callbacks.dropped();
			throw ex;
		}
	}

	private SendCallbacks callbacks() {
		SendCallbacks made = this.callbacks;
		if (made == null) {
			synchronized (this) {
				made = this.callbacks;
				if (made == null) {
					made = new SendCallbacks(this, this.driver);
					this.callbacks = made;
				}
			}
		}
		return made;
	}

	private void admit(Object payload, Completion completion) {
		this.outbox.send(payload, completion, !this.driver.flushesLater());
	}

	@Override
	public CompletableFuture<@Nullable Void> trySend(Object payload) {
		SendFuture future = new SendFuture(this.context.background());
		this.outbox.offer(this.context.payloads().outgoing(payload), future, !this.driver.flushesLater());
		return future;
	}

	/**
	 * Sends bytes as one frame, without telling the outcome. It never waits: where sends
	 * wait for room, this one is refused.
	 * @param payload the payload
	 * @return whether the session took it
	 */
	public boolean offer(byte[] payload) {
		return this.outbox.offer(payload, null, !this.driver.flushesLater());
	}

	/**
	 * Sends bytes as one frame, however much waits: who calls this has limits of its own.
	 * Any thread; never waits.
	 * @param payload the payload, which nobody changes any more
	 * @param completion is told the outcome, unless this returns {@code false}
	 * @return whether the session took it; not if it has ended its output
	 */
	public boolean deliver(byte[] payload, Completion completion) {
		return this.outbox.add(payload, completion, true);
	}

	@Override
	public void shutdownOutput() {
		this.outbox.shutdownOutput();
	}

	@Override
	public void close() {
		close(CloseStatus.of(CloseReason.HANDLER_CLOSED));
	}

	@Override
	public void close(CloseStatus status) {
		// First, so that nobody else who closes it comes between and is not obeyed.
		boolean behindReplies = this.driver.closesBehindReplies() && this.outbox.closeBehindReplies();
		if (end(status)) {
			this.wire.execute(() -> {
				// Input is read and dropped from now on: a peer that is stuck in writing
				// would never come to reading what is on its way to it.
				this.deframer.discard();
				this.restrained = false;
				reading(true);
			});
			if (behindReplies) {
				this.outbox.refuseBlocked();
			}
			else {
				this.outbox.close();
			}
			this.driver.closing();
		}
		else if (!this.driver.runsHere()) {
			// A second close, not by the handler itself, does not wait for replies of the
			// current call.
			this.outbox.repliesEnded();
		}
	}

	@Override
	public void abort() {
		cut(CloseStatus.of(CloseReason.HANDLER_CLOSED));
	}

	@Override
	public synchronized CompletableFuture<CloseStatus> closed() {
		if (this.closed == null) {
			this.closed = this.over ? CompletableFuture.completedFuture(endStatus()) : new CompletableFuture<>();
		}
		// A copy, so that a caller who completes or cancels it does not affect the
		// others.
		return this.closed.copy();
	}

	@Override
	public CompletableFuture<Map<String, @Nullable Object>> details() {
		CompletableFuture<Map<String, @Nullable Object>> asked = new LoopAwareFuture<>();
		this.driver.callback(() -> {
			try {
				Map<String, @Nullable Object> told = Collections
					.unmodifiableMap(new LinkedHashMap<>(this.driver.details()));
				this.context.background().execute(() -> asked.complete(told));
			}
			catch (Throwable ex) {
				this.context.background().execute(() -> asked.completeExceptionally(ex));
			}
		});
		return asked;
	}

	@Override
	public SessionInfo info() {
		return Snapshots.info(this);
	}

	@Override
	public String toString() {
		return id();
	}

}
