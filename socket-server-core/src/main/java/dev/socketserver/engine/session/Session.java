package dev.socketserver.engine.session;

import java.net.InetSocketAddress;
import java.security.Principal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import dev.socketserver.BindPolicy;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SessionInfo;
import dev.socketserver.engine.connection.Connection;
import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.engine.drain.Drainable;
import dev.socketserver.engine.handlers.Invoker;
import dev.socketserver.engine.input.Deframer;
import dev.socketserver.engine.lane.LaneScheduler;
import dev.socketserver.engine.lane.LoopAwareFuture;
import dev.socketserver.engine.log.LogText;
import dev.socketserver.engine.log.LoggedFailure;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.engine.output.Outbox;
import dev.socketserver.engine.requests.SessionRequests;
import dev.socketserver.engine.state.ExceededLimits;
import dev.socketserver.engine.state.SessionEnd;
import dev.socketserver.engine.watchdog.TimeoutEnforcer;
import dev.socketserver.operator.SessionOperations;
import org.jspecify.annotations.Nullable;

/**
 * One session: joins the parts that read ({@link Deframer}), call the handler
 * ({@link Invoker}) and send ({@link Outbox}), and decides how it ends. The first thread
 * that raises the wish of its {@link SessionEnd} settles the reason of the end;
 * everything after that follows from it.
 * <p>
 * What few sessions need is made when it is needed ({@link SendCallbacks},
 * {@link TimeoutEnforcer}, {@link #attributes}).
 */
public final class Session extends SendingSession implements SessionOperations, Bindable, Drainable {

	private static final SafeLogger logger = SafeLogger.of(Session.class);

	/** How many failures of one kind a server logs in an interval as they come. */
	private static final int MOST_FAILURES = 10;

	private static final byte[] NO_WORD = {};

	// Guarded by this, made when first asked for.

	private @Nullable Map<String, Object> attributes;

	private @Nullable CompletableFuture<CloseStatus> closed;

	/**
	 * What is sent before the session closes because it was asked to end in its turn;
	 * {@link #NO_WORD} if nothing is, or if a farewell was said before. Absent until one
	 * of the two is settled.
	 */
	private byte @Nullable [] lastWord;

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
		super(context, connection, remoteAddress, localAddress, scheduler, scratch);
	}

	// What the connection does. On the loop.

	/** Begins the session. */
	public void open() {
		counters().countOpened();
		this.context.sessions().add(this);
		this.invoker.open();
	}

	/**
	 * Bytes came.
	 * @param array holds them, from its start on; the caller's again afterwards
	 * @param length how many
	 */
	public void received(byte[] array, int length) {
		countReceived(length);
		tapReceived(array, length);
		this.deframer.received(array, length);
		if (this.context.memory().isScarce()) {
			restrain();
		}
	}

	/**
	 * Whether what comes is dropped, and nothing is under way that may become output. On
	 * the loop.
	 * @return {@code true} if to read on is of no use to anybody
	 */
	public boolean onlyDrops() {
		return this.deframer.discards() && this.invoker.watched() != null && this.invoker.pendingFrames() == 0
				&& this.outbox.pendingWrites() == 0;
	}

	/** All that could be read for now has been received. */
	public void readsEnded() {
		this.invoker.readsEnded();
	}

	/** The peer has ended its output. */
	public void peerEnded() {
		end().inputEnded();
		nothingMoreComes();
		this.deframer.inputEnded();
	}

	/**
	 * Whether something of what was received waits for the handler, or is being handled,
	 * and is not lost on it. On the loop.
	 * @return {@code true} if {@link #disconnected} would lose it
	 */
	public boolean inputWaits() {
		return !this.invoker.stalled() && (this.deframer.inputWaits() || this.invoker.pendingFrames() > 0);
	}

	/**
	 * Whether there is input that waits for room, or for a pause to end, and is not lost
	 * on the handler. On the loop.
	 * @return {@code true} if {@link #disconnected} would lose it
	 */
	public boolean inputWaitsToBeDecoded() {
		return !this.invoker.stalled() && this.deframer.inputWaitsToBeDecoded();
	}

	/**
	 * The connection is gone.
	 * @param failure why it broke, or {@code null} if it was closed
	 */
	public void disconnected(@Nullable Throwable failure) {
		end().lost(failure);
		nothingMoreComes();
		this.deframer.discard();
		this.outbox.closed();
		failRequests();
		this.invoker.disconnected();
	}

	// What the server or client wants.

	/** Ends the session after the current call and its replies. Any thread. */
	public void stop() {
		stop(CloseStatus.of(CloseReason.SERVER_STOPPED));
	}

	/**
	 * Ends the session after the current call and its replies. Any thread.
	 * @param status how it ends, unless that is settled already
	 */
	@Override
	public void stop(CloseStatus status) {
		if (!end().stop()) {
			return;
		}
		SessionRequests asked = this.requests;
		if (asked == null) {
			this.invoker.stop(status);
		}
		else {
			CompletableFuture<?> unused = asked.answered()
				.whenComplete((replies, failure) -> this.invoker.stop(status));
		}
	}

	/**
	 * Ends the session in its turn, after the current call, its replies, and the requests
	 * that wait. Any thread.
	 * @param status how it ends, unless that is settled already
	 * @param lastWord is sent after the replies, or {@code null} for nothing
	 */
	public void endInTurn(CloseStatus status, byte @Nullable [] lastWord) {
		synchronized (this) {
			if (this.lastWord == null && end().handlesMore()) {
				this.lastWord = (lastWord != null) ? lastWord : NO_WORD;
			}
		}
		stop(status);
	}

	/** Says the last word, if there is one, after everything that was sent before. */
	private void sayLastWord(CloseStatus status) {
		if (status.reason() != CloseReason.SERVER_STOPPED || end().isSettled()) {
			return;
		}
		byte[] word;
		synchronized (this) {
			word = this.lastWord;
			if (word == null || word == NO_WORD) {
				return;
			}
			this.lastWord = NO_WORD;
		}
		try {
			// Room or not: nothing is added after it.
			this.outbox.add(word, null, true);
		}
		catch (Throwable ex) {
			// A framing may refuse it with any exception, which must not keep the session
			// from ending.
			logFailure("farewells could not be sent", "the farewell could not be sent", ex);
		}
	}

	@Override
	public boolean isBusy() {
		SessionRequests asked = this.requests;
		// A handler that has taken nothing of what is there will not take the rest.
		boolean receives = !this.invoker.stalled() && (this.invoker.isBusy() || this.deframer.rest() > 0);
		return receives || (asked != null && asked.size() > 0);
	}

	/**
	 * Sends a last word, once, if there is room for it and the session is not ending: a
	 * peer that does not read is not waited for. Any thread.
	 * @param payload the payload
	 */
	public void farewell(byte[] payload) {
		synchronized (this) {
			if (this.lastWord != null || !end().handlesMore()) {
				return;
			}
			this.lastWord = NO_WORD;
		}
		this.outbox.addIfRoom(payload);
	}

	/**
	 * Ends the session at once. Any thread.
	 * @param status how it ends, unless that is settled already
	 */
	@Override
	public void abort(CloseStatus status) {
		end().abort(status);
		this.outbox.abort();
		failRequests();
		connection().abort();
		// If the connection was gone before, nothing else would wake the invoker.
		this.invoker.checkAgain();
	}

	/** Whether the session is one of those that share a context. */
	boolean isOf(SessionContext context) {
		return this.context == context;
	}

	// What the parts of the session ask for.

	@Override
	public void begun() {
		logger.debug("Session {} opened, peer {}", this, remoteAddress());
		this.context.listener().opened(this);
	}

	@Override
	public void handlerOpened() {
		this.context.listener().handlerOpened(this);
	}

	@Override
	public void handlerStalled() {
		this.context.diagnostics()
			.failureLog()
			.log("handlers that took nothing of a full read buffer", MOST_FAILURES, () -> logger.info(
					"Session {}: the handler took nothing of a full read buffer ({} bytes); reading has stopped", id(),
					this.context.spec().readBufferBytes()));
		connection().execute(this.deframer::endIfStalled);
	}

	@Override
	public boolean executorRefused() {
		if (end().closesInOrder()) {
			// A session that is ending has nothing left to run on that executor, and
			// ends in good order without it: executors are often shut down together with
			// servers.
			return false;
		}
		abort(ExceededLimits.executorRejected(spec()));
		return true;
	}

	@Override
	public void logFailure(String kind, String what, Throwable failure) {
		this.context.diagnostics().failureLog().log(kind, failure, MOST_FAILURES, () -> {
			if (!logger.error("Session {}: {}", id(), what, LoggedFailure.of(failure))) {
				logger.error("Session {}: {} with {}, which cannot be shown", id(), what, failure.getClass().getName());
			}
		});
	}

	@Override
	public void finished() {
		CloseStatus status = end().status();
		logger.debug("Session {} closed: {}{}", this, status.reason(),
				(status.detail() != null) ? ", " + LogText.of(status.detail()) : "");
		chargeEnded();
		counters().countClosed(status.reason(), System.nanoTime() - openedNanos());
		this.context.sessions().remove(this);
		end().over();
		notifyTapClosed();
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
			this.context.sessions().notified(this);
			connection().ended();
			this.context.sessionEnded().run();
		}
	}

	// What the application asks for.

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
		return (authenticated != null) ? authenticated : connection().principal();
	}

	@Override
	public void authenticate(Principal principal) {
		SessionBindings.authenticate(this, Objects.requireNonNull(principal, "principal"));
	}

	@Override
	public boolean bind(String type, String id, BindPolicy policy) {
		Objects.requireNonNull(policy, "policy");
		return this.context.sessions().bindings().bind(this, new SessionBindings.Identity(type, id), policy);
	}

	@Override
	public OptionalLong token(String type, String id) {
		long token = this.context.sessions().bindings().token(this, new SessionBindings.Identity(type, id));
		return (token != 0) ? OptionalLong.of(token) : OptionalLong.empty();
	}

	/**
	 * Binds the session to an identity, as far as sessions of this node are concerned.
	 * @param type what kind of identity
	 * @param id the identity itself
	 * @param policy what to do if another session of the server has it
	 * @param token the token, or 0 if there is none yet
	 * @return whether the session is bound to it now
	 */
	public boolean bindHere(String type, String id, BindPolicy policy, long token) {
		return this.context.sessions().bindings().bindHere(this, new SessionBindings.Identity(type, id), policy, token);
	}

	/**
	 * Takes an identity from the session, without a word to other nodes.
	 * @param type what kind of identity
	 * @param id the identity itself
	 */
	public void unbindHere(String type, String id) {
		this.context.sessions().bindings().unbindHere(this, new SessionBindings.Identity(type, id));
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
		return end().handlesMore() && pause(BY_OPERATOR);
	}

	@Override
	public boolean release() {
		return resume(BY_OPERATOR);
	}

	/**
	 * Returns the requests that wait for replies.
	 * @return the requests, or {@code null} if there was none
	 */
	@Nullable SessionRequests asked() {
		return this.requests;
	}

	@Override
	public void close() {
		close(CloseStatus.of(CloseReason.HANDLER_CLOSED));
	}

	@Override
	public void close(CloseStatus status) {
		sayLastWord(status);
		// First, so that nobody else who closes it comes between and is not obeyed.
		boolean afterReplies = this.invoker.closesAfterReplies() && this.outbox.closeAfterReplies();
		if (end().close(status)) {
			connection().execute(() -> {
				// Input is read and dropped from now on: a peer that is stuck in writing
				// would never come to reading what is on its way to it.
				this.deframer.discard();
				unrestrained();
				reading(true);
			});
			if (afterReplies) {
				this.outbox.refuseBlocked();
			}
			else {
				this.outbox.close();
			}
			failRequests();
			this.invoker.closing();
		}
		else if (!this.invoker.runsHere()) {
			// A second close, not by the handler itself, does not wait for replies of the
			// current call.
			this.outbox.repliesEnded();
		}
	}

	@Override
	public void abort() {
		abort(CloseStatus.of(CloseReason.HANDLER_CLOSED));
	}

	@Override
	public synchronized CompletableFuture<CloseStatus> closed() {
		if (this.closed == null) {
			this.closed = end().isOver() ? CompletableFuture.completedFuture(end().status())
					: new CompletableFuture<>();
		}
		// A copy, so that a caller who completes or cancels it does not affect the
		// others.
		return this.closed.copy();
	}

	@Override
	public CompletableFuture<Map<String, @Nullable Object>> details() {
		CompletableFuture<Map<String, @Nullable Object>> asked = new LoopAwareFuture<>();
		this.invoker.callback(() -> {
			try {
				Map<String, @Nullable Object> details = Collections
					.unmodifiableMap(new LinkedHashMap<>(this.invoker.details()));
				this.context.background().execute(() -> asked.complete(details));
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

}
