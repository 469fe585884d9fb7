package dev.socketserver.engine.blocking;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import dev.socketserver.engine.handlers.InvokedSession;
import dev.socketserver.engine.output.Outbox;
import dev.socketserver.engine.output.RefusedPayloadException;
import dev.socketserver.framing.bytes.UnframeablePayloadException;
import dev.socketserver.payload.PayloadException;

/**
 * What a handler that blocks sends through: it waits while there is no room in the
 * outbox. For any number of threads of the handler, never for the loop.
 */
final class BlockingOutput {

	private final InvokedSession session;

	private final Outbox outbox;

	private final ReentrantLock lock = new ReentrantLock();

	/** Signalled when there may be room, or a reason not to wait any longer. */
	private final Condition changed = this.lock.newCondition();

	/** The outbox was asked to say when it has room, and has not done so yet. */
	private boolean roomAsked;

	BlockingOutput(InvokedSession session) {
		this.session = session;
		this.outbox = session.outbox();
	}

	/**
	 * Sends bytes as one frame, when there is room for them.
	 * @param payload the bytes, copied
	 * @throws dev.socketserver.SessionClosedException if the session is ending, also
	 * while this waits
	 * @throws PayloadException if the framing refuses them
	 * @throws java.io.InterruptedIOException if the thread was interrupted while it
	 * waited; nothing was sent
	 */
	void send(byte[] payload) throws IOException {
		awaitRoom();
		// Who has not waited because the session is ending must not add without a limit.
		if (!this.session.end().awaitsPeer() || !add(payload)) {
			throw this.session.state().closedException(null);
		}
	}

	private boolean add(byte[] payload) throws PayloadException {
		try {
			return this.outbox.add(payload, null);
		}
		catch (UnframeablePayloadException ex) {
			throw new RefusedPayloadException(ex);
		}
	}

	/**
	 * Waits until there is room for another frame, or the session is ending.
	 * @throws java.io.InterruptedIOException if the thread was interrupted while it
	 * waited
	 */
	void awaitRoom() throws IOException {
		if (!this.outbox.congested()) {
			return;
		}
		this.lock.lock();
		try {
			while (this.session.end().awaitsPeer() && this.outbox.congested() && mustAwaitRoom()) {
				this.changed.await();
			}
		}
		catch (InterruptedException ex) {
			throw BlockingOutput.interrupted("the peer to read");
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean mustAwaitRoom() {
		if (!this.roomAsked) {
			this.roomAsked = this.outbox.awaitRoom(this::roomAgain);
		}
		return this.roomAsked;
	}

	/** On the loop. */
	private void roomAgain() {
		this.lock.lock();
		try {
			this.roomAsked = false;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Something that kept the handler's threads waiting may have changed. Any thread. */
	void checkAgain() {
		this.lock.lock();
		try {
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** The exception for a wait that was interrupted. The thread stays interrupted. */
	static InterruptedIOException interrupted(String awaited) {
		Thread.currentThread().interrupt();
		return new InterruptedIOException("interrupted while waiting for " + awaited);
	}

}
