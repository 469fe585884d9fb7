package dev.socketserver.engine.session;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionSpec.InboundOverflow;
import dev.socketserver.SessionSpec;
import dev.socketserver.engine.connection.Connection;
import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.engine.handlers.InvokedSession;
import dev.socketserver.engine.handlers.Invoker;
import dev.socketserver.engine.input.Deframer;
import dev.socketserver.engine.input.FramingChange;
import dev.socketserver.engine.input.Inbox;
import dev.socketserver.engine.input.SessionFraming;
import dev.socketserver.engine.lane.Lane;
import dev.socketserver.engine.lane.LaneScheduler;
import dev.socketserver.engine.log.LogContext;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.output.Outbox;
import dev.socketserver.engine.requests.SessionRequests;
import dev.socketserver.engine.state.Bounds;
import dev.socketserver.engine.state.Diagnostics;
import dev.socketserver.engine.state.SessionState;
import dev.socketserver.engine.stats.Counters;
import dev.socketserver.engine.tap.TapPoint;
import dev.socketserver.engine.tap.TapSink;
import dev.socketserver.engine.watchdog.Heartbeats;
import dev.socketserver.engine.watchdog.TimeoutEnforcer;
import dev.socketserver.engine.watchdog.Watched;
import dev.socketserver.framing.Framing;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.Payloads;
import org.jspecify.annotations.Nullable;

/**
 * The parts of one session, which belong together for as long as it lasts, and whether
 * its connection is read: not while the inbox is full, nor while memory is scarce and the
 * session holds much. {@link Session} extends it, since an object for each concern would
 * be made for every session.
 */
abstract class SessionParts extends InvokedSession implements Watched, SessionRegistry.Numbered {

	/**
	 * Room for one frame only, so that the framing can change after it before the next is
	 * decoded.
	 */
	private static final Bounds<InboundOverflow> ONE_FRAME = new Bounds<>(1, Integer.MAX_VALUE, InboundOverflow.BLOCK);

	final SessionContext context;

	private final long number;

	private final InetSocketAddress remoteAddress;

	private final InetSocketAddress localAddress;

	/**
	 * In nanoseconds since 1970: an {@code Instant} would be one more object in each
	 * session.
	 */
	private final long openedAt;

	final Outbox outbox;

	final Invoker invoker;

	/** Absent until there is one; made under the session's monitor. */
	volatile @Nullable SessionRequests requests;

	final Deframer deframer;

	/** Absent unless the framing is switchable. */
	private final @Nullable FramingChange framingChange;

	/**
	 * Whether the peer is read from: not while the inbox is full. Written on the loop.
	 */
	private volatile boolean reading = true;

	/** Whether the deframer wants more, whatever memory allows. Only on the loop. */
	private boolean wantsMore = true;

	/**
	 * Set while memory is scarce and the session holds much: it is not read from then,
	 * even if the deframer wants more. Written on the loop.
	 */
	private volatile boolean restrained;

	/**
	 * Absent while nothing is timed. Made with the session if it has heartbeats, else by
	 * the timer, and only by it.
	 */
	private volatile @Nullable TimeoutEnforcer timeoutEnforcer;

	@SuppressWarnings("this-escape") // the parts only keep it
	SessionParts(SessionContext context, Connection connection, InetSocketAddress remoteAddress,
			InetSocketAddress localAddress, LaneScheduler scheduler, LoopScratch scratch) {
		super(connection);
		this.context = context;
		this.number = context.sessions().nextNumber();
		Instant now = Instant.now();
		this.openedAt = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
		this.remoteAddress = remoteAddress;
		this.localAddress = localAddress;
		SessionSpec spec = context.spec();
		this.framingChange = spec.framing().switchable() ? new FramingChange() : null;
		Inbox inbox = new Inbox(switchable() ? ONE_FRAME : context.inbound(), this);
		if (switchable()) {
			// Nothing is decoded before the handler has had its say about the framing.
			inbox.added(1, 0);
		}
		SessionSpec.Heartbeat heartbeat = spec.heartbeat();
		if (heartbeat != null) {
			this.timeoutEnforcer = new TimeoutEnforcer(this, new Heartbeats(heartbeat, openedNanos()));
		}
		SessionFraming framing = (this.framingChange != null) ? this.framingChange.first(spec)
				: SessionFraming.of(spec);
		this.outbox = new Outbox(this, framing.framing(), context.outbound());
		this.invoker = Invokers.of(this, context, inbox, scheduler);
		// Converters that are user code run where user code runs.
		PayloadConverter<?> input = spec.handler().input();
		this.deframer = new Deframer(this, inbox, framing.decoder(),
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

	/**
	 * The connection holds bytes of the peer that cannot be handed over before more
	 * comes. On the loop.
	 * @param bytes how many
	 * @param before what this has returned last, or 0
	 * @return how many are charged for it now
	 */
	public final int connectionHolds(int bytes, int before) {
		if (!differs(bytes, before)) {
			return before;
		}
		charge(bytes - before);
		return bytes;
	}

	/**
	 * The peer cannot send any more: from now on its silence must not end the session.
	 */
	final void nothingMoreComes() {
		this.reading = false;
		this.wantsMore = false;
	}

	/** Shows what was received to those who tap the session. On the loop. */
	final void tapReceived(byte[] array, int length) {
		TapPoint tap = tapped();
		if (tap != null) {
			tap.received(array, length);
		}
	}

	@Override
	public final boolean isOfClient() {
		return spec().side() == SessionSpec.Side.CLIENT;
	}

	@Override
	public final void tap(TapSink sink, Runnable attached) {
		Runnable task = () -> {
			tapped(this.deframer.with(tapped(), sink), sink);
			attached.run();
		};
		if (bytesReceived() == 0 && connection().isLoop()) {
			// It opens, and nothing of it may be missed.
			task.run();
		}
		else {
			// Not while something is being decoded, by a handler on the loop.
			connection().executeLater(task);
		}
	}

	@Override
	public final void untap(TapSink sink) {
		// Not while something is being decoded, either, and after what tap() has begun.
		connection().executeLater(() -> {
			TapPoint point = tapped();
			tapped((point != null) ? point.without(sink) : null);
		});
	}

	@Override
	public final void readLess() {
		TapPoint point = tapped();
		if (point != null) {
			point.memoryIsScarce();
		}
		if (!mayRead()) {
			connection().execute(this::restrain);
		}
	}

	final void restrain() {
		if (this.restrained || end().isSettled() || mayRead()) {
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

	/** It is read whatever it holds: its input is dropped. On the loop. */
	final void unrestrained() {
		this.restrained = false;
	}

	/**
	 * Whether the session may be read from. One that holds little always may: frames are
	 * often split in two on their way, and memory may stay scarce for as long as other
	 * sessions want it to.
	 */
	private boolean mayRead() {
		return charged() < STEP || !this.context.memory().isScarce();
	}

	@Override
	public final void readAgain() {
		if (this.restrained) {
			connection().execute(() -> {
				if (this.restrained && mayRead()) {
					this.restrained = false;
					read();
				}
			});
		}
	}

	@Override
	public final @Nullable Lane watched() {
		return this.invoker.watched();
	}

	@Override
	public final Deframer deframer() {
		return this.deframer;
	}

	@Override
	public final Outbox outbox() {
		return this.outbox;
	}

	@Override
	public final SessionState state() {
		return this;
	}

	@Override
	public final @Nullable TimeoutEnforcer timeoutEnforcer() {
		return this.timeoutEnforcer;
	}

	@Override
	public final void timeoutEnforcer(@Nullable TimeoutEnforcer enforcer) {
		this.timeoutEnforcer = enforcer;
	}

	/** Calls the handler. */
	Invoker invoker() {
		return this.invoker;
	}

	@Override
	public final boolean stalled() {
		return this.invoker.stalled();
	}

	@Override
	public final boolean isReading() {
		return this.reading;
	}

	@Override
	public final Counters counters() {
		return this.context.counters();
	}

	@Override
	public final MemoryBudget memory() {
		return this.context.memory();
	}

	@Override
	public final Diagnostics diagnostics() {
		return this.context.diagnostics();
	}

	@Override
	public final SessionSpec spec() {
		return this.context.spec();
	}

	/**
	 * Whether the calling thread is running this session's user code.
	 * @return {@code true} on the lane or in the call of a blocking handler
	 */
	@Override
	public final boolean runsHere() {
		return this.invoker.runsHere();
	}

	@Override
	public final void reading(boolean on) {
		this.wantsMore = on;
		read();
	}

	final void read() {
		boolean on = this.wantsMore && !this.restrained;
		TimeoutEnforcer enforcer = this.timeoutEnforcer;
		if (enforcer != null && on && !this.reading) {
			enforcer.readAgain();
		}
		this.reading = on;
		connection().reading(on);
	}

	@Override
	public final void resumeInput() {
		connection().execute(this.deframer::roomAgain);
	}

	@Override
	public final void inboundDropped(int count) {
		if (count > 0) {
			this.deframer.dropped(count);
			counters().countInboundDropped(count);
		}
	}

	@Override
	public final LoopScratch scratch() {
		return this.deframer.scratch();
	}

	@Override
	public final void frames(Object payloads, int count, int bytes) {
		this.invoker.frames(payloads, count, bytes);
	}

	@Override
	public final void answer(byte[] frames) {
		this.outbox.answer(frames);
	}

	/** Fails the requests that wait. Those of a client fail behind its handler. */
	final void failRequests() {
		SessionRequests asked = this.requests;
		if (asked != null) {
			asked.close();
		}
	}

	@Override
	public final void inputEnded(CloseStatus status) {
		failRequests();
		this.invoker.inputEnded(status);
	}

	@Override
	public final boolean switchable() {
		return this.framingChange != null;
	}

	@Override
	public final void switchFraming() {
		FramingChange change = this.framingChange;
		SessionFraming asked = (change != null) ? change.take() : null;
		if (asked != null) {
			this.outbox.framing(asked.framing());
			this.deframer.decoder(asked.decoder());
			connection().execute(this.deframer::again);
		}
	}

	@Override
	public final long number() {
		return this.number;
	}

	@Override
	public final String ownerKey() {
		return (side() == SessionSpec.Side.SERVER) ? LogContext.SERVER : LogContext.CLIENT;
	}

	/** Whether it is a server's or a client's. */
	public final SessionSpec.Side side() {
		return this.context.spec().side();
	}

	@Override
	public final String id() {
		return this.context.sessions().id(this.number);
	}

	@Override
	public final String server() {
		return this.context.spec().name();
	}

	@Override
	public final InetSocketAddress remoteAddress() {
		return this.remoteAddress;
	}

	@Override
	public final InetSocketAddress localAddress() {
		return this.localAddress;
	}

	@Override
	public final Instant openedAt() {
		return Instant.ofEpochSecond(0, this.openedAt);
	}

	@Override
	public final List<String> args() {
		return this.context.spec().args();
	}

	@Override
	public final String toString() {
		return id();
	}

	@Override
	public final void framing(Framing framing) {
		Objects.requireNonNull(framing, "framing");
		FramingChange change = this.framingChange;
		if (change == null) {
			throw new IllegalStateException(
					"The framing of " + this.context.spec().owner() + " cannot be changed: it is not switchable");
		}
		change.ask(framing, spec());
		if (!this.invoker.runsHere()) {
			this.invoker.checkAgain();
		}
	}

	/**
	 * Pauses for one of the two.
	 * @return {@code false} if that one had paused already
	 */
	final boolean pause(byte whom) {
		int before = addPause(whom);
		if (before == 0) {
			connection().execute(this.deframer::pause);
		}
		return (before & whom) == 0;
	}

	/**
	 * Resumes for one of the two.
	 * @return {@code false} if that one had not paused
	 */
	final boolean resume(byte whom) {
		int before = removePause(whom);
		if (whom == BY_APPLICATION) {
			this.invoker.resumed();
		}
		else if (before == whom) {
			this.invoker.checkAgain();
		}
		if (before == whom) {
			// Also bytes that wait to be read, besides the frames that wait for the
			// handler.
			connection().execute(this.deframer::resume);
		}
		return (before & whom) != 0;
	}

}
