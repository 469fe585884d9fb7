package dev.socketserver.engine.blocking;

import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseReasonException;
import dev.socketserver.CloseStatus;
import dev.socketserver.FailureHandler;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SessionStatistics.HandlerOutcome;
import dev.socketserver.engine.handlers.CallFailure;
import dev.socketserver.engine.handlers.InvokedSession;
import dev.socketserver.engine.handlers.Invoker;
import dev.socketserver.engine.lane.Lane;
import dev.socketserver.engine.lane.LaneScheduler;
import dev.socketserver.engine.lane.SessionThreads;
import dev.socketserver.engine.log.LogContext;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.framing.FrameException;
import dev.socketserver.spec.InboundOverflow;
import org.jspecify.annotations.Nullable;

/**
 * Calls a handler that blocks ({@link dev.socketserver.StreamHandler},
 * {@link dev.socketserver.ConversationHandler}): once, on a thread of its own. The call
 * takes payloads from a {@link BlockingInput}, which the loop fills, and sends through a
 * {@link BlockingOutput}. Callbacks of sends run on a lane beside it.
 */
public final class BlockingInvoker implements Invoker, Lane.Owner {

	/** The method of handlers that is called. */
	private static final String HANDLE = "handle";

	private final InvokedSession session;

	private final BlockingCall call;

	private final BlockingInput input;

	private final BlockingOutput output;

	private final SessionThreads threads;

	private final Lane callbacks;

	private final AtomicReference<BlockingState> state = new AtomicReference<>(BlockingState.OPEN);

	private volatile @Nullable Thread thread;

	/** Set while a failure of the handler is being answered. */
	private volatile @Nullable FailureReplies replies;

	/** When the call began, or 0 before. */
	private volatile long calledAt;

	/** How long the call has taken, or 0 before it has returned. */
	private volatile long handlerNanos;

	/**
	 * Creates the invoker of a session, whose outbox is there already.
	 * @param session the session
	 * @param call calls the handler
	 * @param bounds how much may wait for the handler
	 * @param scheduler runs callbacks of sends
	 * @param threads starts the thread of the handler
	 */
	public BlockingInvoker(InvokedSession session, BlockingCall call, Bounds<InboundOverflow> bounds,
			LaneScheduler scheduler, SessionThreads threads) {
		this.session = session;
		this.call = call;
		this.input = new BlockingInput(session, bounds, this::answerBad);
		this.output = new BlockingOutput(session);
		this.threads = threads;
		this.callbacks = new Lane(scheduler, this);
	}

	@Override
	public void open() {
		try {
			this.threads.start(this.session.id(), this::serve);
		}
		catch (RuntimeException | Error ex) {
			// The operating system has no thread left, or the server's executor is gone.
			this.callbacks.submit(this.session::begun);
			if (this.session.executorRefused()) {
				partEnded(BlockingState::returned);
			}
			else {
				partEnded(BlockingState::unserved);
				closeUnserved();
			}
		}
	}

	@Override
	public void frames(Object payloads, int count, int bytes) {
		this.input.add(payloads, count, bytes);
	}

	@Override
	public void inputEnded(CloseStatus status) {
		this.input.end(status);
	}

	@Override
	public void stop(CloseStatus status) {
		this.input.stop(status);
		if (this.state.get() == BlockingState.UNSERVED) {
			closeUnserved();
		}
	}

	/** Either by who stops it or by who has no thread, whoever is later. */
	private void closeUnserved() {
		CloseStatus status = this.input.endStatus();
		if (status != null) {
			this.session.close(status);
		}
	}

	@Override
	public void checkAgain() {
		this.input.checkAgain();
		this.output.checkAgain();
		FailureReplies waiting = this.replies;
		if (waiting != null) {
			waiting.checkAgain();
		}
	}

	@Override
	public boolean closesAfterReplies() {
		FailureReplies making = this.replies;
		if (making == null || this.thread != Thread.currentThread()) {
			return false;
		}
		making.closing();
		return true;
	}

	@Override
	public void closing() {
		checkAgain();
	}

	@Override
	public long handlerNanos() {
		long since = this.calledAt;
		long taken = this.handlerNanos;
		return (taken != 0 || since == 0) ? taken : System.nanoTime() - since;
	}

	@Override
	public int pendingFrames() {
		return this.input.size();
	}

	@Override
	public void disconnected() {
		checkAgain();
		partEnded(BlockingState::disconnected);
	}

	@Override
	public void callback(Runnable task) {
		this.callbacks.submit(task);
	}

	@Override
	public boolean flushesLater() {
		return false;
	}

	@Override
	public boolean runsHere() {
		return this.thread == Thread.currentThread() || this.callbacks.runsHere();
	}

	@Override
	public boolean isCalling() {
		return this.thread == Thread.currentThread();
	}

	@Override
	public boolean hasUnread() {
		return this.input.hasUnread();
	}

	@Override
	public boolean betweenReads() {
		return true;
	}

	@Override
	public void beforeAwaitingTls() {
		if (isCalling()) {
			this.input.frameDone();
		}
	}

	@Override
	public boolean stalled() {
		return false;
	}

	@Override
	public Map<String, ?> details() throws Exception {
		return !this.session.end().isSettled() ? this.call.details(this.session) : Map.of();
	}

	@Override
	public long sessionNumber() {
		return this.session.state().number();
	}

	@Override
	public void batchEnded() {
		// What callbacks send is flushed as it is sent.
	}

	@Override
	public void refused() {
		this.session.executorRefused();
	}

	@Override
	public LogContext.@Nullable Named named() {
		return this.session.named();
	}

	private void serve() {
		LogContext.Named named = this.session.named();
		if (named != null) {
			LogContext.run(named, BlockingInvoker::callHandler, this);
		}
		else {
			callHandler();
		}
	}

	private void callHandler() {
		this.thread = Thread.currentThread();
		try {
			this.session.begun();
			call();
			returned();
		}
		catch (Throwable ex) {
			failed(ex);
		}
		finally {
			this.thread = null;
			partEnded(BlockingState::returned);
		}
	}

	private void call() throws Exception {
		long since = System.nanoTime();
		this.calledAt = since;
		HandlerOutcome outcome = HandlerOutcome.ERROR;
		try {
			this.call.run(this.input, this.output, this.session);
			outcome = HandlerOutcome.SUCCESS;
		}
		catch (Throwable ex) {
			if (followsFromTheEnd(unwrapped(ex))) {
				outcome = HandlerOutcome.SUCCESS;
			}
			throw ex;
		}
		finally {
			this.handlerNanos = System.nanoTime() - since;
			this.session.state().counters().countCalls(outcome, 1, this.handlerNanos);
		}
	}

	/** Closes after what was sent. */
	private void returned() {
		CloseStatus status = this.input.endStatus();
		if (status == null) {
			// A handler may well return because it was notified that the connection is
			// lost.
			status = this.session.end().isGone() ? this.session.end().lostStatus()
					: CloseStatus.of(CloseReason.HANDLER_CLOSED);
		}
		this.session.close(status);
	}

	private void failed(Throwable failure) {
		Throwable cause = unwrapped(failure);
		if (followsFromTheEnd(cause)) {
			return;
		}
		FailureHandler failures = this.call.failures();
		if (failures == null || !(cause instanceof Exception exception)) {
			new CallFailure(this.session, cause).ofHandler(HANDLE);
			return;
		}
		try {
			answer(exception, failures);
		}
		catch (Throwable ex) {
			Throwable left = unwrapped(ex);
			String method = (left instanceof CloseReasonException reasoned) ? reasoned.method() : null;
			Throwable thrown = (method != null) ? left.getCause() : left;
			if (thrown == null || !followsFromTheEnd(unwrapped(thrown))) {
				new CallFailure(this.session, left).ofHandler((method != null) ? method : HANDLE);
			}
		}
	}

	private void answer(Exception failure, FailureHandler failures) throws Throwable {
		if (failure instanceof InterruptedException || failure instanceof InterruptedIOException) {
			// The interrupt was meant for the call that is over.
			Thread.interrupted();
		}
		reply(failure, failures);
		new CallFailure(this.session, failure).answered(HANDLE);
	}

	private void reply(Exception failure, FailureHandler failures) throws Throwable {
		FailureReplies answer = new FailureReplies(this.session, this.output);
		this.replies = answer;
		try {
			answer.send(failures.failed(failure, this.session));
		}
		finally {
			this.replies = null;
			this.session.outbox().writer().repliesEnded();
		}
	}

	/** Answers what is no frame, if the handler's advice has an answer. */
	private void answerBad(FrameException bad) {
		FailureHandler failures = this.call.failures();
		if (failures == null) {
			return;
		}
		try {
			reply(bad, failures);
		}
		catch (Throwable ex) {
			if (ex != bad) {
				new CallFailure(this.session, unwrapped(ex)).ofHandler(HANDLE);
			}
		}
	}

	/**
	 * Whether a failure of the handler only says that the session is ending, which the
	 * handler has learned by it.
	 */
	private boolean followsFromTheEnd(Throwable failure) {
		return failure instanceof SessionClosedException && !this.session.end().awaitsPeer();
	}

	/** The failure itself, where a lambda or another thread has wrapped it. */
	private static Throwable unwrapped(Throwable failure) {
		Throwable innermost = failure;
		Throwable cause = failure;
		while (cause != null) {
			innermost = cause;
			// Exactly these classes: others may be user code, which may throw when it is
			// asked for its cause.
			Class<?> type = innermost.getClass();
			boolean wrapper = type == UncheckedIOException.class || type == CompletionException.class
					|| type == ExecutionException.class;
			cause = wrapper ? innermost.getCause() : null;
		}
		return innermost;
	}

	/**
	 * The call or the connection has ended. The session ends after both, and all
	 * callbacks.
	 */
	private void partEnded(UnaryOperator<BlockingState> next) {
		if (this.state.updateAndGet(next) == BlockingState.ENDED) {
			this.callbacks.submit(this::end);
		}
	}

	private void end() {
		if (this.session.awaitCallbacks(this::end)) {
			return;
		}
		this.input.discard();
		this.session.end().settle();
		this.session.finished();
	}

}
