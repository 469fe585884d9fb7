package dev.socketserver.session;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SessionClosedException;
import dev.socketserver.StreamHandler;
import org.jspecify.annotations.Nullable;

/**
 * Drives a stream handler: one call on a thread of its own, which takes bytes from a pipe
 * that the loop fills. A lock with a condition guards the pipe, rather than a monitor,
 * because a virtual thread that waits in a monitor keeps its carrier before Java 24.
 */
final class StreamDriver implements Driver, Lane.Owner {

	private final Session session;

	private final Supplier<? extends StreamHandler> handlers;

	private final Inbox inbox;

	private final SessionThreads threads;

	private final Lane callbacks;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private final ArrayDeque<byte[]> pieces = new ArrayDeque<>();

	/**
	 * How the session ends once the handler has read everything; set once, under the
	 * lock.
	 */
	private @Nullable CloseStatus inputEnd;

	/** Under the lock. */
	private boolean disconnected;

	/** The call and the connection: the session ends when both have. */
	private final AtomicInteger running = new AtomicInteger(2);

	private volatile @Nullable Thread thread;

	StreamDriver(Session session, Supplier<? extends StreamHandler> handlers, Inbox inbox, LaneScheduler scheduler,
			SessionThreads threads) {
		this.session = session;
		this.handlers = handlers;
		this.inbox = inbox;
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
			this.session.executorRefused();
			partEnded();
		}
	}

	@Override
	public void frames(Object payloads, int count, int bytes) {
		change(() -> {
			if (this.inputEnd != null) {
				// The server stops: what comes now is not read any more.
				return;
			}
			if (payloads instanceof Object[] several) {
				for (Object piece : several) {
					this.pieces.add((byte[]) piece);
				}
			}
			else {
				this.pieces.add((byte[]) payloads);
			}
		});
	}

	@Override
	public void inputEnded(CloseStatus status) {
		change(() -> {
			if (this.inputEnd == null) {
				this.inputEnd = status;
			}
		});
	}

	@Override
	public void stop() {
		inputEnded(CloseStatus.of(CloseReason.SERVER_STOPPED));
	}

	@Override
	public void lookAgain() {
		change(() -> {
		});
	}

	@Override
	public int pendingFrames() {
		return this.inbox.frames();
	}

	@Override
	public void disconnected() {
		change(() -> this.disconnected = true);
		partEnded();
	}

	private void change(Runnable change) {
		this.lock.lock();
		try {
			change.run();
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
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
	public boolean stalled() {
		return false;
	}

	@Override
	public void batchEnded() {
		// What callbacks send is flushed as it is sent.
	}

	@Override
	public void refused() {
		this.session.executorRefused();
	}

	private void serve() {
		this.thread = Thread.currentThread();
		this.session.begun();
		SessionOutputStream out = new SessionOutputStream(this.session);
		try {
			this.handlers.get().handle(new SessionInputStream(this, out), out, this.session);
			out.flush();
			this.session.close(returnStatus());
		}
		catch (Throwable ex) {
			failed(ex);
		}
		this.thread = null;
		partEnded();
	}

	private CloseStatus returnStatus() {
		this.lock.lock();
		try {
			return (this.inputEnd != null) ? this.inputEnd : CloseStatus.of(CloseReason.HANDLER_CLOSED);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void failed(Throwable failure) {
		// Streams that throw because the session is ending have told the handler that it
		// is.
		if (!(failure instanceof SessionClosedException && ending())) {
			this.session.handlerFailed("handle", failure);
		}
	}

	private boolean ending() {
		this.lock.lock();
		try {
			return this.disconnected || this.session.status() != null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The call or the connection has ended. Behind both, and all callbacks, comes the
	 * end.
	 */
	private void partEnded() {
		if (this.running.decrementAndGet() == 0) {
			this.callbacks.submit(this::end);
		}
	}

	private void end() {
		if (!this.session.awaitCallbacks(this::end)) {
			this.session.end(this.session.disconnectedStatus());
			this.session.finished();
		}
	}

	/** Returns the next piece, or {@code null} if there is none yet. */
	byte @Nullable [] poll() throws SessionClosedException {
		this.lock.lock();
		try {
			return next();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Waits for the next piece.
	 * @return the piece, or {@code null} at the end of input
	 */
	byte @Nullable [] await() throws SessionClosedException, InterruptedException {
		this.lock.lock();
		try {
			byte[] piece = next();
			while (piece == null && this.inputEnd == null) {
				this.changed.await();
				piece = next();
			}
			return piece;
		}
		finally {
			this.lock.unlock();
		}
	}

	private byte @Nullable [] next() throws SessionClosedException {
		byte[] piece = this.pieces.poll();
		if (piece == null && this.disconnected && this.inputEnd == null) {
			throw new SessionClosedException(this.session.id(), this.session.status(), null);
		}
		return piece;
	}

	/** The handler has read a piece. */
	void taken(byte[] piece) {
		if (this.inbox.taken(1, piece.length)) {
			this.session.resumeInput();
		}
	}

}
