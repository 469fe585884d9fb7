package dev.socketserver.netty.channel;

import java.util.function.LongSupplier;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * How far one connection has ended: its input, its output, or both at once by a failure.
 * None follows from another: with TLS, the peer may end its input and not the TCP
 * connection, and the other way round. On the event loop.
 *
 * <pre>
 *   input:   READ ──ended──▶ ENDED        (the session was notified)
 *   output:  OPEN ──close──▶ LINGERING    (all that is read is dropped)
 *   TCP:     each side is shut once, and both close the connection
 *   all:     ──failed──▶ the first failure counts ──gone──▶ the session was notified
 * </pre>
 *
 * Made with the first of these: an idle connection has none.
 */
final class ChannelEnd {

	/** What failed first. */
	private @Nullable Throwable failure;

	/** Present once the output is ending for good. */
	private @Nullable LingeringClose lingering;

	/** How many bytes were read and dropped before the output has ended. */
	private int discarded;

	private boolean inputEnded;

	private boolean inputShut;

	private boolean outputShut;

	private boolean inputDropped;

	private boolean over;

	/**
	 * The session is about to be notified that the input has ended.
	 * @return {@code false} if it was before, or the connection has failed: the end of
	 * the input may follow from that
	 */
	boolean endInput() {
		boolean notifies = !this.inputEnded && this.failure == null;
		this.inputEnded = true;
		return notifies;
	}

	/** Whether the session was notified that the input has ended. */
	boolean isInputEnded() {
		return this.inputEnded;
	}

	/** The peer has ended its side of the TCP connection. */
	void shutInput() {
		this.inputShut = true;
	}

	/** Whether the peer has ended its side of the TCP connection. */
	boolean isInputShut() {
		return this.inputShut;
	}

	/** The end of our output was sent. */
	void shutOutput() {
		this.outputShut = true;
	}

	/** Whether the end of our output was sent. */
	boolean isOutputShut() {
		return this.outputShut;
	}

	/** Whether both sides have ended. */
	boolean isShut() {
		return this.inputShut && this.outputShut;
	}

	/**
	 * A handler in front is to drop what is received.
	 * @return {@code false} if one does so, or nothing is received any more
	 */
	boolean dropInput() {
		boolean first = !this.inputDropped && !this.over;
		this.inputDropped = true;
		return first;
	}

	/**
	 * The output is about to end for good.
	 * @param channel the connection
	 * @param unwritten a number that differs with what has not left of the output
	 * @param close closes the connection
	 * @param sent whether anything was sent
	 * @return begins when the output has ended
	 */
	LingeringClose linger(Channel channel, LongSupplier unwritten, Runnable close, boolean sent) {
		LingeringClose begun = new LingeringClose(channel, unwritten, close, sent, this.discarded);
		this.lingering = begun;
		return begun;
	}

	/** Whether the output ends for good, so that what is read is dropped. */
	boolean isLingering() {
		return this.lingering != null;
	}

	/** Bytes were received from the peer. */
	void received(int bytes) {
		if (this.lingering != null) {
			this.lingering.received(bytes);
		}
	}

	/**
	 * Bytes were read that the session has dropped, which is about to close the
	 * connection.
	 * @return whether they are a flood, which is not to be read any further
	 */
	boolean countDiscarded(int bytes) {
		this.discarded += bytes;
		return this.discarded >= LingeringClose.MOST_DISCARDED;
	}

	/**
	 * Something is sent that the peer would never read if it was stuck in writing.
	 * @return whether to read again for that
	 */
	boolean readsAgain() {
		boolean before = this.discarded > 0;
		this.discarded = 0;
		return before;
	}

	/**
	 * Something has failed.
	 * @return what has failed first
	 */
	Throwable fail(Throwable cause) {
		Throwable first = (this.failure != null) ? this.failure : cause;
		this.failure = first;
		return first;
	}

	/** What has failed first, or {@code null} if nothing has. */
	@Nullable Throwable failure() {
		return this.failure;
	}

	/**
	 * The session is about to be notified that the connection is gone.
	 * @return {@code false} if it was before
	 */
	boolean end() {
		boolean first = !this.over;
		this.over = true;
		return first;
	}

	/** Whether it is unknown why the connection ends: neither side, nor a failure. */
	boolean isUnexplained() {
		return this.failure == null && this.lingering == null && !this.inputEnded && !this.inputShut;
	}

}
