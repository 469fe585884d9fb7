package dev.socketserver.engine.input;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import org.jspecify.annotations.Nullable;

/**
 * The encryption of one session's connection, which its handler may ask for once. From
 * then on nothing more is decoded, until the connection is encrypted: what the peer has
 * sent in the clear behind the frame that is handled never becomes a frame.
 *
 * <pre>
 *   POSSIBLE ──the handler asks──▶ ASKED ──it is done with the frame──▶ DUE ──handshake──▶ DONE
 *                                    └──the session ends──▶ DONE
 * </pre>
 */
public final class TlsRequest {

	/**
	 * How a session ends whose peer has sent something behind that frame. It is found out
	 * where it may be: {@code StartTls} looks at what waits for the handler,
	 * {@code HandlerCalls} at the rest of the frame, {@code RequestedTls} at what is not
	 * decoded and at what comes before the handshake.
	 */
	public static final CloseStatus DATA_BEHIND = CloseStatus.of(CloseReason.PROTOCOL_ERROR, "data behind STARTTLS");

	private State state = State.POSSIBLE;

	/** Set once it was asked for. */
	private @Nullable Asked asked;

	/**
	 * The handler asks for it. On its thread.
	 * @param asked is notified when it is due
	 * @throws IllegalStateException if it was asked for before
	 */
	synchronized void ask(Asked asked) {
		if (this.state != State.POSSIBLE) {
			throw new IllegalStateException("startTls() was called before on this session");
		}
		this.asked = asked;
		this.state = State.ASKED;
	}

	/**
	 * The handler replies. Where the handler runs.
	 * @param reply what leaves, as the outbox takes it
	 * @return whether it leaves together with the handshake, and so that nothing that
	 * others send comes between them
	 */
	boolean keeps(Object reply) {
		Asked keeping = asked();
		return keeping != null && keeping.keeps(reply);
	}

	private synchronized @Nullable Asked asked() {
		return (this.state == State.ASKED) ? this.asked : null;
	}

	/** The handler is done with a frame, and has not begun another. On its thread. */
	void frameDone() {
		Asked due = advance(State.ASKED, State.DUE);
		if (due != null) {
			due.due();
		}
	}

	/** The session is over. */
	void sessionEnded() {
		Asked undone = advance(State.ASKED, State.DONE);
		if (undone != null) {
			undone.sessionEnded();
		}
	}

	/** The handshake is done. */
	void secured() {
		advance(State.DUE, State.DONE);
	}

	private synchronized @Nullable Asked advance(State from, State to) {
		if (this.state != from) {
			return null;
		}
		this.state = to;
		return this.asked;
	}

	/** Whether it was asked for, and is not done. Any thread. */
	synchronized boolean isUnderWay() {
		return this.state == State.ASKED || this.state == State.DUE;
	}

	/** Whether it can still be asked for, or is under way. Any thread. */
	synchronized boolean isAhead() {
		return this.state != State.DONE;
	}

	/** Who has asked. */
	public interface Asked {

		/**
		 * The handler is done with the frame in which it has asked: the replies up to
		 * that are admitted, or kept. Where the handler runs.
		 */
		void due();

		/**
		 * A reply to that frame, of which the last one leaves with the handshake. Where
		 * the handler runs, before it is due.
		 * @param reply what leaves, as the outbox takes it
		 * @return {@code false} if it is to be admitted as others are
		 */
		boolean keeps(Object reply);

		/** The session has ended before that. */
		void sessionEnded();

	}

	private enum State {

		POSSIBLE, ASKED, DUE, DONE

	}

}
