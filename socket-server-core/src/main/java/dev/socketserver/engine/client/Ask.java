package dev.socketserver.engine.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import dev.socketserver.client.RequestNotSentException;
import dev.socketserver.client.RequestOutcome;
import dev.socketserver.engine.lane.Handover;
import dev.socketserver.engine.lane.LoopAwareFuture;
import org.jspecify.annotations.Nullable;

/**
 * A request of a client that waits for its reply. Its future is completed on the
 * background executor, because that runs whatever callbacks the application has added to
 * it.
 */
public final class Ask {

	private final Reply<Object> reply;

	private final Executor background;

	private final @Nullable Object key;

	/** Gives back the key of this request, which no other request may have meanwhile. */
	private volatile @Nullable Runnable release;

	/**
	 * What becomes of it is decided, though the future completes a moment later. If the
	 * future completes before, the application has completed it.
	 */
	private final AtomicBoolean settled = new AtomicBoolean();

	/** Is notified of what becomes of it, once, before those who wait for it. */
	private final Consumer<RequestOutcome> counter;

	/** The reply has come, in time. */
	private volatile boolean replied;

	/**
	 * A connection was given the request, or is about to be: the server may see it.
	 */
	private volatile boolean begun;

	/** Its time is over: no connection is given it from now on. */
	private volatile boolean expired;

	/**
	 * The requests of the connection on which this one waits for its reply, once it is
	 * being sent.
	 */
	private volatile @Nullable PendingAsks sentOn;

	/**
	 * Creates a request.
	 * @param key the key that the reply must have; {@code null} if replies come in order
	 * @param background completes the future
	 */
	public Ask(@Nullable Object key, Executor background) {
		this(key, background, () -> {
		}, (outcome) -> {
		});
	}

	/**
	 * Creates a request.
	 * @param key the key that the reply must have; {@code null} if replies come in order
	 * @param background completes the future
	 * @param beforeWait called on each thread that is about to wait for the reply before
	 * it has come; throws if it would wait in vain
	 * @param counter notified of what becomes of the request
	 */
	Ask(@Nullable Object key, Executor background, Runnable beforeWait, Consumer<RequestOutcome> counter) {
		this.key = key;
		this.background = background;
		this.counter = counter;
		this.reply = new Reply<>(() -> {
			if (!this.settled.get()) {
				beforeWait.run();
			}
		});
	}

	/**
	 * Returns the reply.
	 * @return the future
	 */
	public CompletableFuture<Object> reply() {
		return this.reply;
	}

	@Nullable Object key() {
		return this.key;
	}

	/**
	 * Whether nobody waits for the reply any more, because the request was cancelled or
	 * has timed out, for example.
	 */
	boolean isOver() {
		return this.reply.isDone();
	}

	/**
	 * Notes that a connection is about to be given the request.
	 * @return {@code false} if it must not be, because nobody waits for the reply any
	 * more
	 */
	boolean begin() {
		// Before the check of the time, as expire() checks this behind setting that: so
		// it
		// never takes for unsent what is sent.
		this.begun = true;
		return !this.expired && !isOver();
	}

	/** Takes back {@link #begin()}, since the connection has sent nothing. */
	void notBegun() {
		this.begun = false;
	}

	/**
	 * Has no connection be given the request from now on, because its time is over.
	 * @return whether none was given it before
	 */
	boolean expire() {
		this.expired = true;
		return !this.begun;
	}

	/** Whether the request fails, or is about to, because its time is over. */
	boolean isExpired() {
		return this.expired;
	}

	/** Sets what is run, at least once, before anybody can see the reply. */
	void release(Runnable release) {
		this.release = release;
	}

	@Nullable PendingAsks sentOn() {
		return this.sentOn;
	}

	void sentOn(@Nullable PendingAsks connection) {
		this.sentOn = connection;
	}

	boolean hasReply() {
		return this.replied;
	}

	/**
	 * Decides what becomes of the request.
	 * @return {@code false} if that was decided before
	 */
	boolean settle(RequestOutcome outcome) {
		if (!this.settled.compareAndSet(false, true)) {
			return false;
		}
		this.counter.accept(outcome);
		return true;
	}

	/**
	 * The reply has come.
	 * @return {@code false} if it has come too late
	 */
	boolean replied(Object payload) {
		if (!settle(RequestOutcome.SUCCESS)) {
			return false;
		}
		this.replied = true;
		Handover.run(this.background, () -> {
			release();
			this.reply.complete(payload);
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

	private static RequestOutcome outcome(Throwable failure) {
		if (failure instanceof RequestNotSentException) {
			return RequestOutcome.NOT_SENT;
		}
		return (failure instanceof TimeoutException) ? RequestOutcome.TIMEOUT : RequestOutcome.FAILURE;
	}

	/**
	 * Notes that nobody waits for the reply any more.
	 */
	public void gaveUp() {
		PendingAsks connection = this.sentOn;
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

	/**
	 * A future that refuses to be waited for where that would be in vain, as do those
	 * derived from it.
	 *
	 * @param <T> the type of the outcome
	 */
	private static final class Reply<T extends @Nullable Object> extends LoopAwareFuture<T> {

		private final Runnable beforeWait;

		Reply(Runnable beforeWait) {
			this.beforeWait = beforeWait;
		}

		@Override
		public <U extends @Nullable Object> CompletableFuture<U> newIncompleteFuture() {
			return new Reply<>(this.beforeWait);
		}

		@Override
		protected void beforeWait() {
			this.beforeWait.run();
		}

	}

}
