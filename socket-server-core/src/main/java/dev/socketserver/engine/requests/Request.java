package dev.socketserver.engine.requests;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

import dev.socketserver.SessionStatistics.RequestOutcome;
import dev.socketserver.client.RequestNotSentException;
import dev.socketserver.engine.lane.Handover;
import dev.socketserver.engine.lane.LoopAwareFuture;
import dev.socketserver.engine.log.NanoTime;
import dev.socketserver.engine.threads.Deadline;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.Payloads;
import org.jspecify.annotations.Nullable;

/**
 * A request that waits for its reply, of a session or a client. Its future is completed
 * on the background executor, because that runs whatever callbacks the application has
 * added to it.
 */
public final class Request {

	/** The longest timeout, in milliseconds; a longer one is shortened to it. */
	private static final long LONGEST_WAIT = TimeUnit.DAYS.toMillis(365 * 100);

	private final CompletableFuture<Object> reply = new LoopAwareFuture<>();

	private final Executor background;

	private final @Nullable Object key;

	private final @Nullable ReplyReading reading;

	private final long madeNanos = System.nanoTime();

	/** Gives back the key of this request, which no other request may have meanwhile. */
	private volatile @Nullable Runnable release;

	/**
	 * Makes what it fails with of the end of its connection; absent if it fails with
	 * that.
	 */
	private volatile @Nullable UnaryOperator<Throwable> atEnd;

	/**
	 * What becomes of it is decided, though the future completes a moment later. If the
	 * future completes before, the application has completed it.
	 */
	private final AtomicReference<RequestState> state = new AtomicReference<>(RequestState.OPEN);

	/** Is notified of what becomes of it, once, before those who wait for it. */
	private final Consumer<RequestOutcome> counter;

	// Which of the next two is first decides what the caller is told: set under the
	// monitor of this object.

	/**
	 * A connection was given the request, or is about to be: the server may see it.
	 */
	private boolean begun;

	/** Its time is over: no connection is given it from now on. */
	private volatile boolean expired;

	// No states of one thing: the sender, the timer and the loop set these, each without
	// waiting for the others.

	/**
	 * No caller waits for the reply, and its place is to be kept. Guarded by the monitor
	 * of the {@link PendingRequests} that have it.
	 */
	private boolean givenUp;

	/** Its place in the order of requests; guarded likewise. */
	private long number;

	/** The operating system has taken all of it. */
	private volatile boolean sent;

	/**
	 * The requests of the connection on which this one waits for its reply, once it is
	 * being sent.
	 */
	private volatile @Nullable PendingRequests sentOn;

	/**
	 * Creates a request that is not counted.
	 * @param key the key that the reply must have; {@code null} if replies arrive in
	 * order
	 * @param background completes the future
	 */
	public Request(@Nullable Object key, Executor background) {
		this(key, background, (outcome) -> {
		});
	}

	/**
	 * Creates a request.
	 * @param key the key that the reply must have; {@code null} if replies arrive in
	 * order
	 * @param background completes the future
	 * @param counter notified of what becomes of the request
	 */
	public Request(@Nullable Object key, Executor background, Consumer<RequestOutcome> counter) {
		this(key, null, background, counter);
	}

	Request(@Nullable Object key, @Nullable ReplyReading reading, Executor background,
			Consumer<RequestOutcome> counter) {
		this.key = key;
		this.reading = reading;
		this.background = background;
		this.counter = counter;
	}

	/**
	 * Returns for how long a request with a timeout waits.
	 * @param timeout the timeout
	 * @return the time in milliseconds; 0 if the timeout is negative, and 100 years at
	 * most
	 */
	public static long millis(Duration timeout) {
		return Math.max(0, Math.min(TimeUnit.MILLISECONDS.convert(timeout), LONGEST_WAIT));
	}

	/**
	 * Returns the reply.
	 * @return the future
	 */
	public CompletableFuture<Object> reply() {
		return this.reply;
	}

	/** When it was made, by the clock of {@link System#nanoTime}. */
	long madeNanos() {
		return this.madeNanos;
	}

	public @Nullable Object key() {
		return this.key;
	}

	/**
	 * Has a task run when the future has completed, whoever completes it. What was added
	 * last runs first. Nothing is derived from the future for that which would fail in
	 * its turn, with an exception that has to be made.
	 * @param task the task
	 */
	public void whenOver(Runnable task) {
		CompletableFuture<?> unused = this.reply.handle((reply, failure) -> {
			task.run();
			return null;
		});
	}

	/**
	 * Whether no caller waits for the reply any more, because the request was cancelled
	 * or has timed out, for example.
	 */
	public boolean isOver() {
		return this.reply.isDone();
	}

	/**
	 * Whether no connection is to be given it any more: what becomes of it is decided,
	 * though the caller may not have been told yet, or nobody waits for it.
	 */
	public boolean isDecided() {
		return state() != RequestState.OPEN || isOver();
	}

	/**
	 * Notes that a connection is about to be given the request.
	 * @return {@code false} if it must not be, because no caller waits for the reply any
	 * more
	 */
	public synchronized boolean begin() {
		if (this.expired || isDecided()) {
			return false;
		}
		this.begun = true;
		return true;
	}

	/** Takes back {@link #begin()}, since the connection has sent nothing. */
	public synchronized void notBegun() {
		this.begun = false;
	}

	/**
	 * Has no connection be given the request from now on, because its time is over.
	 * @return whether none was given it before
	 */
	public synchronized boolean expire() {
		this.expired = true;
		return !this.begun;
	}

	/** Whether the request fails, or is about to, because its time is over. */
	public boolean isExpired() {
		return this.expired;
	}

	/** Sets what is run, at least once, before anybody can see the reply. */
	public void release(Runnable release) {
		this.release = release;
	}

	/**
	 * Has a task run when the time of the request is over, unless its future completes
	 * before.
	 * @param millis how long to wait from now on, in milliseconds
	 * @param timer the timer
	 * @param expire what to run
	 * @throws RejectedExecutionException if the timer has ended
	 */
	public void expireAfter(long millis, ScheduledExecutorService timer, Runnable expire) {
		expireAfter(millis, timer, NanoTime.SYSTEM, expire);
	}

	/** Does so by a clock of its own, as the timer of a test has it. */
	void expireAfter(long millis, ScheduledExecutorService timer, LongSupplier nanoTime, Runnable expire) {
		long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
		Deadline end = new Deadline(nanoTime);
		end.begin(timer, nanos, expire);
		whenOver(end::cancel);
	}

	public @Nullable PendingRequests sentOn() {
		return this.sentOn;
	}

	void sentOn(@Nullable PendingRequests connection) {
		this.sentOn = connection;
	}

	void givenUp() {
		this.givenUp = true;
	}

	void number(long number) {
		this.number = number;
	}

	long number() {
		return this.number;
	}

	boolean isGivenUp() {
		return this.givenUp;
	}

	/** Notes that the system has taken all of it. */
	void sent() {
		this.sent = true;
	}

	boolean isSent() {
		return this.sent;
	}

	RequestState state() {
		return this.state.get();
	}

	public boolean hasReply() {
		return state() == RequestState.REPLIED;
	}

	/**
	 * Decides what becomes of the request.
	 * @return {@code false} if that was decided before
	 */
	public boolean settle(RequestOutcome outcome) {
		if (!settle(RequestState.SETTLED)) {
			return false;
		}
		this.counter.accept(outcome);
		return true;
	}

	private boolean settle(RequestState next) {
		return this.state.compareAndSet(RequestState.OPEN, next);
	}

	/**
	 * The reply has arrived.
	 * @param payload the reply
	 * @return {@code false} if it has arrived too late
	 */
	public boolean replied(Object payload) {
		return replied(payload, null);
	}

	/**
	 * The reply has arrived.
	 * @param frame what was received
	 * @param converter makes the payload of it, on the thread that completes the request;
	 * {@code null} if it is the payload
	 * @return {@code false} if it has arrived too late
	 */
	boolean replied(Object frame, @Nullable PayloadConverter<?> converter) {
		if (!settle(RequestState.REPLIED)) {
			return false;
		}
		Handover.run(this.background, () -> {
			release();
			try {
				Object payload = (this.reading != null) ? this.reading.of(frame)
						: (converter != null) ? Payloads.read(converter, frame) : frame;
				this.counter.accept(RequestOutcome.SUCCESS);
				this.reply.complete(payload);
			}
			catch (Throwable ex) {
				this.counter.accept(RequestOutcome.FAILURE);
				this.reply.completeExceptionally(ex);
			}
		});
		return true;
	}

	/**
	 * Fails the request, since there will be no reply.
	 * @param failure why not
	 */
	public void failed(Throwable failure) {
		if (settle(outcome(failure))) {
			Handover.run(this.background, () -> {
				release();
				this.reply.completeExceptionally(failure);
			});
		}
	}

	/** Sets what makes the failure of the end of its connection. */
	void atEnd(UnaryOperator<Throwable> failure) {
		this.atEnd = failure;
	}

	/**
	 * Fails the request, since its connection has ended.
	 * @param end what it fails with, unless it has another failure for that
	 */
	void ended(Throwable end) {
		UnaryOperator<Throwable> own = this.atEnd;
		failed((own != null) ? own.apply(end) : end);
	}

	private static RequestOutcome outcome(Throwable failure) {
		if (failure instanceof RequestNotSentException) {
			return RequestOutcome.NOT_SENT;
		}
		return (failure instanceof TimeoutException) ? RequestOutcome.TIMEOUT : RequestOutcome.FAILURE;
	}

	/**
	 * Notes that no caller waits for the reply any more.
	 */
	public void gaveUp() {
		PendingRequests connection = this.sentOn;
		if (connection != null) {
			connection.gaveUp(this);
		}
	}

	private void release() {
		Runnable held = this.release;
		if (held != null) {
			held.run();
		}
	}

}
