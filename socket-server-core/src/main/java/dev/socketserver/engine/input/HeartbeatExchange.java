package dev.socketserver.engine.input;

import java.util.ArrayDeque;
import java.util.Queue;

import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.heartbeat.HeartbeatMessages;
import org.jspecify.annotations.Nullable;

/**
 * The heartbeats of one session: takes those of the peer out of the frames, answers them,
 * and has what is sent next. Exists only where a session has heartbeats. On the loop, if
 * not stated otherwise.
 */
public final class HeartbeatExchange {

	/**
	 * So many answers are gathered before they are sent: a peer may send very many small
	 * frames at once.
	 */
	private static final int MOST_ANSWERS = 64;

	private final HeartbeatMessages messages;

	private final Queue<byte[]> answers = new ArrayDeque<>(1);

	/** What is sent next. */
	private byte[] next;

	/** How often the peer has answered. Written on the loop. */
	private volatile long replies;

	/** Is run when the peer answers for the first time; then absent. */
	private @Nullable Runnable signedOn;

	/**
	 * Creates the heartbeats of a session.
	 * @param messages what they are
	 */
	HeartbeatExchange(HeartbeatMessages messages) {
		this.messages = messages;
		this.next = messages.first();
	}

	/**
	 * Takes a frame if it is a heartbeat, or the answer to one.
	 * @param input has found the frame
	 * @return {@code false} if it is a message
	 */
	@SuppressWarnings("NonAtomicVolatileUpdate") // only the loop writes it
	boolean take(FrameInput input) {
		if (this.messages.isReply(input.array(), input.frameStart(), input.frameEnd())) {
			this.replies++;
			return true;
		}
		byte[] answer = this.messages.answer(input.array(), input.frameStart(), input.frameEnd());
		if (answer != null) {
			this.answers.add(answer);
		}
		return answer != null;
	}

	/** Whether what was taken is to be answered before more is. */
	boolean mustAnswer() {
		return this.answers.size() >= MOST_ANSWERS;
	}

	/** Sends the answers to what was taken, or learns that the peer has answered. */
	void answer(ReceivingSession session) {
		Runnable waiting = this.signedOn;
		if (waiting != null && this.replies > 0) {
			this.signedOn = null;
			waiting.run();
		}
		for (byte[] answer = this.answers.poll(); answer != null; answer = this.answers.poll()) {
			session.answer(answer, false);
		}
	}

	/**
	 * Returns how often the peer has answered. Any thread.
	 * @return the number
	 */
	public long replies() {
		return this.replies;
	}

	/**
	 * Returns what is to be sent.
	 * @return the payload, not to be changed
	 */
	public byte[] next() {
		return this.next;
	}

	/** It was sent: the number in the next is one higher. */
	public void sent() {
		this.next = this.messages.after(this.next);
	}

	/**
	 * Signs on: the first heartbeat is about to be sent.
	 * @param then is run when the peer has answered
	 */
	public void signOn(Runnable then) {
		this.signedOn = then;
	}

}
