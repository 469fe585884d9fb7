package dev.socketserver.engine.requests;

import java.util.ArrayDeque;
import java.util.List;
import java.util.stream.Stream;

import dev.socketserver.engine.connection.Connection;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is to ask, where one request of a connection is under way at a time. The
 * others wait here, in order. Each begins on the loop of the connection, and never within
 * a read: what was received together with a reply is no reply to the next request.
 * <p>
 * Guarded by its own monitor, which is never held while another object is called. Any
 * thread, if not stated otherwise.
 */
public final class RequestTurns {

	private final ArrayDeque<InTurn> waiting = new ArrayDeque<>();

	/** Bytes of those that wait. */
	private long bytes;

	/** A request is under way, or its reply may still come. */
	private boolean taken;

	/** What was received is being matched, so that nothing must begin. */
	private boolean held;

	private boolean closed;

	/** Runs what begins; absent until there is a session. */
	private @Nullable Connection connection;

	/** Has requests begin on the loop of a connection. */
	synchronized void beginOn(Connection connection) {
		this.connection = connection;
	}

	/**
	 * Waits for a turn, behind all others, unless it waits already.
	 * @param next what waits
	 */
	public void enter(InTurn next) {
		synchronized (this) {
			if (this.closed || this.waiting.contains(next)) {
				return;
			}
			add(next);
		}
		proceedSoon();
	}

	/**
	 * Waits for a turn, if there is room.
	 * @param next what waits
	 * @param room tells whether there is
	 * @return {@code false} if there is none
	 */
	boolean enter(InTurn next, Room room) {
		synchronized (this) {
			if (!room.fits(this.waiting.size(), this.bytes)) {
				return false;
			}
			add(next);
		}
		proceedSoon();
		return true;
	}

	private void add(InTurn next) {
		this.waiting.add(next);
		this.bytes += next.bytes();
	}

	/** Gives up waiting; returns whether it waited. */
	synchronized boolean leave(InTurn waits) {
		if (!this.waiting.remove(waits)) {
			return false;
		}
		this.bytes -= waits.bytes();
		return true;
	}

	/** The request that was under way has its reply, or is forgotten. */
	void free() {
		synchronized (this) {
			this.taken = false;
		}
		proceedSoon();
	}

	/** Lets nothing begin until {@link #release}. On the loop. */
	synchronized void hold() {
		this.held = true;
	}

	/** What was received has been matched. */
	void release() {
		synchronized (this) {
			this.held = false;
		}
		proceedSoon();
	}

	private void proceedSoon() {
		Connection on;
		synchronized (this) {
			on = (this.taken || this.held || this.waiting.isEmpty()) ? null : this.connection;
		}
		if (on != null) {
			on.executeLater(this::proceed);
		}
	}

	/** On the loop. */
	private void proceed() {
		InTurn next;
		synchronized (this) {
			if (this.taken || this.held) {
				return;
			}
			next = this.waiting.poll();
			if (next == null) {
				return;
			}
			this.bytes -= next.bytes();
			this.taken = true;
		}
		if (!next.begin()) {
			free();
		}
	}

	/**
	 * Returns the requests that wait here, as a copy. What waits with several requests of
	 * its own, as a client does, has none of them here.
	 */
	synchronized Stream<Request> requests() {
		return this.waiting.stream().flatMap((next) -> Stream.ofNullable(next.request())).toList().stream();
	}

	/** No turn comes any more; returns those that wait. */
	synchronized List<InTurn> close() {
		List<InTurn> left = List.copyOf(this.waiting);
		this.closed = true;
		this.waiting.clear();
		this.bytes = 0;
		return left;
	}

	/** Whether one more may wait. */
	@FunctionalInterface
	interface Room {

		/** Whether one more may wait behind so many with so many bytes. */
		boolean fits(int entries, long bytes);

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
