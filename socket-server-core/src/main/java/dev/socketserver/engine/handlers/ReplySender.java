package dev.socketserver.engine.handlers;

import java.util.concurrent.Executor;

import dev.socketserver.engine.lane.Lane;
import dev.socketserver.engine.output.Outbox;
import dev.socketserver.engine.replies.FollowedReplies;
import dev.socketserver.engine.replies.Replies;
import dev.socketserver.engine.replies.Replies.Next;
import dev.socketserver.operator.IoThread;
import org.jspecify.annotations.Nullable;

/**
 * Sends the replies to the last frame of one session: at once, or later where there is no
 * room for them or the handler has promised them. Knows whether the output ends after
 * them, and how long those gathered have waited for a flush. On the lane, unless stated
 * otherwise.
 */
final class ReplySender {

	/**
	 * How long a reply may wait so that others can leave with it, roughly:
	 * {@link CallRound} does not check the clock before each call.
	 */
	private static final long GATHERING_NANOS = 100_000;

	/** What becomes of replies that are not there yet. */
	enum Later {

		/** They are awaited. */
		AWAITED,

		/**
		 * The connection is lost, and frames wait: only a single reply is awaited.
		 */
		AWAITED_IF_SINGLE,

		/** The connection is lost, and no frame waits. */
		DROPPED

	}

	private final InvokedSession session;

	private final Lane lane;

	/** Changes something on the lane, and has more replies sent, if they can be. */
	private final Executor goOn;

	/**
	 * Replies to the last frame that have not all been sent; absent while there are none.
	 */
	private @Nullable Replies replies;

	/** Waiting for room in the outbox. */
	private boolean waiting;

	/** The handler is in a call that may return replies. */
	private boolean inCall;

	/** The handler has closed the session in such a call: its replies are the last. */
	private boolean closing;

	/**
	 * On the loop: when the replies gathered began to wait for a flush, or 0 if none do.
	 */
	private long gatheringSince;

	ReplySender(InvokedSession session, Lane lane, Executor goOn) {
		this.session = session;
		this.lane = lane;
		this.goOn = goOn;
	}

	InvokedSession session() {
		return this.session;
	}

	Lane lane() {
		return this.lane;
	}

	private Outbox outbox() {
		return this.session.outbox();
	}

	// The replies to the last frame.

	/** Sends a reply; or, if it stands for several or for later ones, begins to. */
	void reply(Object reply) {
		Replies several = Replies.of(reply, this.lane, this.goOn);
		if (several != null) {
			this.replies = several;
		}
		else {
			send(reply);
		}
	}

	/**
	 * Whether not all replies to the last frame have been sent. Another thread may see an
	 * older value.
	 */
	boolean awaitsReplies() {
		return this.replies != null;
	}

	/**
	 * Sends the replies that wait.
	 * @param later what becomes of those that are not there yet
	 * @return whether that was all of them
	 * @throws Throwable what user code threw, or reported as its failure; no other reply
	 * to the frame follows
	 */
	boolean sendWaiting(Later later) throws Throwable {
		while (this.replies != null) {
			Replies current = this.replies;
			try {
				if (!send(current, later)) {
					if (!this.waiting) {
						// A close in the call does not wait for replies that arrive later
						// than the call returns.
						closeAfterReplies();
					}
					return false;
				}
				if (this.replies == current) {
					this.replies = null;
				}
				current.close();
			}
			catch (Throwable ex) {
				this.replies = null;
				closeQuietly(current);
				throw ex;
			}
		}
		closeAfterReplies();
		return true;
	}

	/**
	 * Runs a task when the replies that wait are sent, or cannot be; at once if none
	 * wait.
	 */
	void whenSent(Runnable task) {
		Replies current = this.replies;
		if (current == null) {
			task.run();
		}
		else {
			// What a failure is answered with is sent later.
			this.replies = new FollowedReplies(current, () -> whenSent(task),
					() -> this.lane.submit(() -> whenSent(task)));
		}
	}

	/** Nothing more is sent: the session is at its end. */
	void discard() {
		Replies unsent = this.replies;
		this.replies = null;
		if (unsent != null) {
			closeQuietly(unsent);
		}
	}

	private static void closeQuietly(Replies replies) {
		try {
			replies.close();
		}
		catch (Throwable ex) {
			// The first failure counts, not this one.
		}
	}

	/** Sends what is there and has room; returns whether that was all. */
	private boolean send(Replies current, Later later) throws Throwable {
		while (true) {
			Next next = current.next();
			if (next == Next.NONE) {
				return true;
			}
			if (next == Next.LATER) {
				// Of a lost connection a publisher would learn only by a reply that
				// fails, and it may have none for long. For a single value only the
				// frames that were received after it wait then.
				return later == Later.DROPPED || (later == Later.AWAITED_IF_SINGLE && !current.isSingle());
			}
			if (current.isSingle()) {
				reply(current.take());
				return true;
			}
			if (mustAwaitRoom()) {
				return false;
			}
			if (!send(current.take())) {
				return true;
			}
		}
	}

	/**
	 * Sends a reply.
	 * @return {@code false} if the output has ended: nothing that follows will be sent
	 */
	private boolean send(Object payload) {
		// The next one may be made when it is asked for.
		this.lane.callBegins();
		return this.session.reply(payload);
	}

	// Room in the outbox.

	/** Whether the next reply, and so the next frame, must wait for room. */
	boolean mustAwaitRoom() {
		if (!this.waiting && outbox().congested()) {
			// On the loop what was gathered has not been offered to the socket yet.
			flush();
			this.waiting = outbox().awaitRoom(this::roomAgain);
			if (!this.waiting && Thread.currentThread() instanceof IoThread) {
				// Everything has left at once, and so would the next replies: tasks of
				// others have their turn first.
				this.waiting = true;
				roomAgain();
			}
		}
		return this.waiting;
	}

	private void roomAgain() {
		this.goOn.execute(() -> this.waiting = false);
	}

	// A close in a call waits for the replies that the call returns.

	/** A call of the handler begins that may return replies. */
	void callBegins() {
		this.inCall = true;
	}

	/** Whether the handler is in such a call. */
	boolean inCall() {
		return this.inCall;
	}

	/** That call has returned, or thrown. */
	void callEnded() {
		this.inCall = false;
	}

	/**
	 * The handler closes its session. Any thread.
	 * @return whether it does so in a call that may return replies, after which the
	 * output ends
	 */
	boolean closesAfterReplies() {
		if (!this.lane.runsHere() || !this.inCall) {
			return false;
		}
		this.closing = true;
		return true;
	}

	private void closeAfterReplies() {
		if (this.closing) {
			this.closing = false;
			outbox().writer().repliesEnded();
		}
	}

	// How long replies are gathered before they leave.

	/** Has what was gathered leave. */
	void flush() {
		this.gatheringSince = 0;
		outbox().writer().flush();
	}

	/**
	 * Flushes if replies have waited for long: fast replies leave together, slow ones do
	 * not wait for each other. Only on the loop, where to flush is to write; elsewhere
	 * {@link Outbox} has the loop do so soon anyway.
	 * @return whether they had
	 */
	boolean flushIfSlow(long now) {
		if (this.gatheringSince == 0) {
			this.gatheringSince = now;
		}
		else if (now - this.gatheringSince > GATHERING_NANOS) {
			flush();
			this.gatheringSince = now;
			return true;
		}
		return false;
	}

}
