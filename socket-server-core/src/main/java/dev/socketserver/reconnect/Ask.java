package dev.socketserver.reconnect;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import dev.socketserver.session.LoopAwareFuture;
import org.jspecify.annotations.Nullable;

/**
 * A request whose reply is waited for. It completes on the background executor, because
 * completing it runs whatever the application has hung on it.
 */
public final class Ask {

	private final LoopAwareFuture<Object> reply = new LoopAwareFuture<>();

	private final Executor background;

	private final @Nullable Object key;

	/** Gives back what only one request may have at a time, its key. */
	private volatile @Nullable Runnable release;

	/** Its reply has come; else whoever completes it is the application. */
	private volatile boolean replied;

	/** Where it waits for its reply, once it is being sent. */
	private volatile @Nullable PendingAsks sentOn;

	/**
	 * Creates a request.
	 * @param key which reply is its own; {@code null} for the next in order
	 * @param background runs what is hung on the reply
	 */
	public Ask(@Nullable Object key, Executor background) {
		this.key = key;
		this.background = background;
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

	/** Nobody waits any more: it was cancelled, or timed out. */
	boolean isOver() {
		return this.reply.isDone();
	}

	/** Is called before the reply can be seen, at least once. */
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

	void replied(Object payload) {
		this.replied = true;
		tell(() -> {
			release();
			this.reply.complete(payload);
		});
	}

	/**
	 * There will be no reply.
	 * @param failure why not
	 */
	public void failed(Throwable failure) {
		tell(() -> {
			release();
			this.reply.completeExceptionally(failure);
		});
	}

	/**
	 * Nobody waits for the reply any more.
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

	private void tell(Runnable task) {
		try {
			this.background.execute(task);
		}
		catch (RejectedExecutionException | OutOfMemoryError ex) {
			// There is no thread: better told here than never.
			task.run();
		}
	}

}
