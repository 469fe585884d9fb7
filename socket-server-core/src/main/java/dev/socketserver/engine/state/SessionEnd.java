package dev.socketserver.engine.state;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.engine.log.LoggedFailure;
import org.jspecify.annotations.Nullable;

/**
 * Why and how one session ends: the only place where that is kept. It has two facts, each
 * of which only goes forward. <em>The wish</em> is what we want; who raises it to
 * {@link Wish#AFTER_ADMITTED} or beyond first settles the reason and its detail. <em>The
 * connection</em> is what has become of it.
 *
 * <pre>
 *   NONE ──stop──▶ IN_TURN ──close──▶ AFTER_ADMITTED ──abort──▶ AT_ONCE
 *     └───────────────close──────────────▲                         ▲
 *     └──abort, from any of the three──────────────────────────────┘
 *
 *   OPEN ──the peer ends its output──▶ INPUT_ENDED ──lost──▶ GONE ──over──▶ OVER
 *     └───────────────────────lost────────────────────────────▲
 * </pre>
 *
 * Everything else is a question to these two. The left part of the table is of the wish,
 * the right one of the connection, and where a question is about both, both must say yes:
 *
 * <pre>
 *                     NONE  IN_TURN  AFTER_ADMITTED  AT_ONCE │ OPEN  INPUT_ENDED  GONE  OVER
 *   handlesMore       yes   no       no              no      │ yes   yes          yes   yes
 *   handlesBegun      yes   yes      no              no      │ yes   yes          yes   yes
 *   readsOn           yes   yes      yes             yes     │ yes   no           no    no
 *   sends             yes   yes      yes             no      │ yes   yes          no    no
 *   awaitsPeer        yes   yes      no              no      │ yes   yes          no    no
 *   closesInOrder     no    yes      yes             no      │ yes   yes          yes   yes
 *   isSettled         no    no       yes             yes     │ either
 *   isGone            either                                 │ no    no           yes   yes
 *   isOver            either                                 │ no    no           no    yes
 *   isAborted         only AT_ONCE, or                       │ only OVER
 * </pre>
 *
 * Nothing else happens when one of the two changes: whoever changes it sees to what
 * follows. Any thread, if not stated otherwise.
 */
public final class SessionEnd {

	private static final AtomicReferenceFieldUpdater<SessionEnd, Wished> WISH = AtomicReferenceFieldUpdater
		.newUpdater(SessionEnd.class, Wished.class, "wished");

	private static final Wished NOTHING = new Wished(Wish.NONE, null);

	private static final Wished STOP = new Wished(Wish.IN_TURN, null);

	private static final Contact CONNECTED = new Contact(Connected.OPEN, null);

	private static final Contact HALF_CLOSED = new Contact(Connected.INPUT_ENDED, null);

	private static final Contact CLOSED = new Contact(Connected.GONE, null);

	/** Both at once, so that no thread sees a wish without its status. */
	private volatile Wished wished = NOTHING;

	/** Written on the loop; {@link Connected#OVER} where the handler was notified. */
	private volatile Contact contact = CONNECTED;

	/** For those who wait for the end; absent while there are none. Guarded by this. */
	private @Nullable CompletableFuture<CloseStatus> future;

	// What happens.

	/**
	 * The session is to end in its turn.
	 * @return {@code false} if that, or more, was wished before
	 */
	public boolean stop() {
		return WISH.compareAndSet(this, NOTHING, STOP);
	}

	/**
	 * The session is to end after what was admitted.
	 * @param status how it ends
	 * @return whether this settles it
	 */
	public boolean close(CloseStatus status) {
		return raise(Wish.AFTER_ADMITTED, status);
	}

	/**
	 * The session is to end at once.
	 * @param status how it ends, unless that is settled already
	 * @return whether this settles it
	 */
	public boolean abort(CloseStatus status) {
		return raise(Wish.AT_ONCE, status);
	}

	private boolean raise(Wish to, CloseStatus status) {
		Wished before;
		Wished next;
		do {
			before = this.wished;
			if (before.wish.compareTo(to) >= 0) {
				return false;
			}
			next = new Wished(to, (before.status != null) ? before.status : status);
		}
		while (!WISH.compareAndSet(this, before, next));
		return before.status == null;
	}

	/** The peer has ended its output. On the loop. */
	public void inputEnded() {
		if (this.contact == CONNECTED) {
			this.contact = HALF_CLOSED;
		}
	}

	/**
	 * The connection is gone, or about to be since a write has failed. The first failure
	 * counts. On the loop, before sends are refused for that, so that they can say why.
	 * @param failure why it broke, or {@code null} if it was closed
	 */
	public void lost(@Nullable Throwable failure) {
		if (!isGone()) {
			this.contact = (failure != null) ? new Contact(Connected.GONE, failure) : CLOSED;
		}
	}

	/**
	 * Nothing of what was received before the connection was gone waits any more: if it
	 * is not settled how the session ends, the connection has.
	 * @return how the session ends
	 */
	public CloseStatus settle() {
		CloseStatus lost = lostStatus();
		close(lost);
		return status();
	}

	/**
	 * The handler was notified of the end. Where it was, after the connection is gone.
	 */
	public void over() {
		this.contact = new Contact(Connected.OVER, this.contact.failure);
	}

	// Who waits for it.

	/**
	 * Returns a future of the end.
	 * @return a future that {@link #complete} completes; a copy, so that a caller who
	 * completes or cancels it does not affect the others
	 */
	public synchronized CompletableFuture<CloseStatus> future() {
		if (this.future == null) {
			this.future = isOver() ? CompletableFuture.completedFuture(status()) : new CompletableFuture<>();
		}
		return this.future.copy();
	}

	/** All that follows from the end has been done, {@link #over} before it. */
	public void complete() {
		CompletableFuture<CloseStatus> known;
		synchronized (this) {
			known = this.future;
		}
		if (known != null) {
			known.complete(status());
		}
	}

	// What is asked.

	/** What is wished. */
	public Wish wish() {
		return this.wished.wish;
	}

	/** What has become of the connection. */
	public Connected connected() {
		return this.contact.connected;
	}

	/** Whether another frame may be handled. */
	public boolean handlesMore() {
		return this.wished == NOTHING;
	}

	/** Whether a frame that is being handled, or prepared for that, may still be. */
	public boolean handlesBegun() {
		return this.wished.wish.compareTo(Wish.IN_TURN) <= 0;
	}

	/** Whether the peer may still send something; it is dropped if it is not wanted. */
	public boolean readsOn() {
		return this.contact == CONNECTED;
	}

	/** Whether what was admitted still leaves. */
	public boolean sends() {
		return this.wished.wish != Wish.AT_ONCE && !isGone();
	}

	/** Whether to wait for the peer makes sense. */
	public boolean awaitsPeer() {
		return !isSettled() && !isGone();
	}

	/** Whether the session ends by itself. */
	public boolean closesInOrder() {
		Wish wish = this.wished.wish;
		return wish == Wish.IN_TURN || wish == Wish.AFTER_ADMITTED;
	}

	/** Whether it is settled how the session ends. */
	public boolean isSettled() {
		return this.wished.status != null;
	}

	/** Whether the connection is gone, or about to be since a write has failed. */
	public boolean isGone() {
		return this.contact.connected.compareTo(Connected.GONE) >= 0;
	}

	/** Whether what is held for the session will soon be given back. */
	public boolean isAborted() {
		return this.wished.wish == Wish.AT_ONCE || isOver();
	}

	/** Whether the handler was notified of the end. */
	public boolean isOver() {
		return this.contact.connected == Connected.OVER;
	}

	/**
	 * Returns how the session ends.
	 * @return the status, or {@code null} if that is not settled
	 */
	public @Nullable CloseStatus settled() {
		return this.wished.status;
	}

	/**
	 * Returns how the session ends, which is settled.
	 * @return the status
	 */
	public CloseStatus status() {
		return Objects.requireNonNull(this.wished.status, "status");
	}

	/**
	 * Returns how the session ends, as far as that is known when the connection is gone.
	 * @return how it ends, or will if its handler has no other wish
	 */
	public CloseStatus lostStatus() {
		CloseStatus settled = this.wished.status;
		if (settled != null) {
			return settled;
		}
		Throwable failure = this.contact.failure;
		if (failure == null) {
			return CloseStatus.of(CloseReason.PEER_CLOSED);
		}
		CloseReason reason = (failure instanceof IOException) ? CloseReason.PEER_RESET : CloseReason.IO_ERROR;
		return new CloseStatus(reason, LoggedFailure.message(failure), failure);
	}

	/** How the session is to end. Each includes those before it. */
	public enum Wish {

		/** No side wants it to end. */
		NONE,

		/**
		 * After the call that runs, its replies, and requests that wait. With what reason
		 * is still open: the handler may close it meanwhile.
		 */
		IN_TURN,

		/** After what was admitted to the output. */
		AFTER_ADMITTED,

		/** Now: what has not left never will. */
		AT_ONCE

	}

	/** What has become of the connection. */
	public enum Connected {

		/** Both sides may send. */
		OPEN,

		/** The peer sends nothing more. */
		INPUT_ENDED,

		/**
		 * It is gone, in good order or by a failure; what was received before may wait.
		 */
		GONE,

		/** Nothing waits any more, and the handler was notified. */
		OVER

	}

	/** A wish, with how the session ends if that is settled by it. */
	private record Wished(Wish wish, @Nullable CloseStatus status) {

	}

	/** What has become of the connection, with the failure that ended it. */
	private record Contact(Connected connected, @Nullable Throwable failure) {

	}

}
