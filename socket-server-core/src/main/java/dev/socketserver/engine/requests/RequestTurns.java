package dev.socketserver.engine.requests;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import dev.socketserver.engine.connection.Connection;
import dev.socketserver.engine.memory.MemoryAccount;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.engine.waiting.Charge;
import dev.socketserver.engine.waiting.Waiting;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is to ask, where one request of a connection is under way at a time. The
 * others wait here, in order. Each begins on the loop of the connection, and never within
 * a read: what was received together with a reply is no reply to the next request.
 * <p>
 * Guarded by its own monitor, which is never held while another object is called that
 * waits or asks. Any thread, if not stated otherwise.
 */
public final class RequestTurns {

	/** Charged once there is a session. */
	private final Waiting<InTurn> waiting = new Waiting<>(InTurn::bytes, null);

	/** A request is under way, or its reply may still come. */
	private boolean taken;

	/** How many batches of what was received are being matched: nothing must begin. */
	private int held;

	/** Is being given to the output, which may not have it yet. */
	private @Nullable InTurn beginning;

	private boolean closed;

	/** Runs what begins; absent until there is a session. */
	private @Nullable Connection connection;

	/** Has requests begin on the loop of a connection, whose session is charged. */
	synchronized void beginOn(Connection connection, MemoryAccount session) {
		this.connection = connection;
		this.waiting.chargeTo(Charge.exact(session));
	}

	/**
	 * Waits for a turn, behind all others, unless it waits already.
	 * @param next what waits
	 */
	public void enter(InTurn next) {
		synchronized (this) {
			if (this.closed || this.waiting.stream().anyMatch((each) -> each == next)) {
				return;
			}
			this.waiting.add(next);
		}
		proceedSoon();
	}

	/**
	 * Waits for a turn, if there is room. If no turn comes any more, what would wait is
	 * notified of that at once.
	 * @param next what waits
	 * @param bounds how much may wait
	 * @return {@code false} if there is no room
	 */
	boolean enter(InTurn next, Bounds<?> bounds) {
		boolean waits;
		synchronized (this) {
			waits = !this.closed;
			if (waits && !this.waiting.fits(bounds, next.bytes())) {
				return false;
			}
			if (waits) {
				this.waiting.add(next);
			}
		}
		if (waits) {
			proceedSoon();
		}
		else {
			next.unsent();
		}
		return true;
	}

	/** Gives up waiting; returns whether it waited. */
	synchronized boolean leave(InTurn waits) {
		return this.waiting.remove(waits);
	}

	/** The request that was under way has its reply, or is forgotten. */
	void free() {
		synchronized (this) {
			this.taken = false;
		}
		proceedSoon();
	}

	/** Lets nothing begin until {@link #release}, once for each call. On the loop. */
	synchronized void hold() {
		this.held++;
	}

	/** A batch has been matched. */
	void release() {
		synchronized (this) {
			this.held--;
		}
		proceedSoon();
	}

	private void proceedSoon() {
		Connection on;
		synchronized (this) {
			on = (this.taken || this.held > 0 || this.waiting.isEmpty()) ? null : this.connection;
		}
		if (on != null) {
			on.executeLater(this::proceed);
		}
	}

	/** On the loop. */
	private void proceed() {
		InTurn next;
		synchronized (this) {
			if (this.taken || this.held > 0) {
				return;
			}
			next = this.waiting.poll();
			if (next == null) {
				return;
			}
			this.taken = true;
			this.beginning = next;
		}
		boolean begun = next.begin();
		synchronized (this) {
			this.beginning = null;
		}
		if (!begun) {
			free();
		}
	}

	/**
	 * Returns the requests that wait here, as a copy, behind one that begins. What waits
	 * with several requests of its own, as a client does, has none of them here.
	 */
	synchronized Stream<Request> requests() {
		return Stream.concat(Stream.ofNullable(this.beginning), this.waiting.stream())
			.flatMap((next) -> Stream.ofNullable(next.request()))
			.toList()
			.stream();
	}

	/** No turn comes any more; returns those that wait. */
	synchronized List<InTurn> close() {
		List<InTurn> left = new ArrayList<>();
		this.closed = true;
		this.waiting.drain(left::add);
		return left;
	}

	/** What waits for its turn to ask. */
	public interface InTurn {

		/**
		 * Sends a request, as it is its turn. On the loop.
		 * @return {@code false} if no request is under way after that
		 */
		boolean begin();

		/** No turn comes any more. */
		default void unsent() {
		}

		/**
		 * Returns the request that waits.
		 * @return the request, or {@code null} if there may be several
		 */
		default @Nullable Request request() {
			return null;
		}

		/**
		 * Returns how many bytes wait.
		 * @return the number
		 */
		default int bytes() {
			return 0;
		}

	}

}
