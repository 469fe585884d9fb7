package dev.socketserver.netty;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import io.netty.channel.Channel;

/**
 * The time between the end of a session's output and that of its connection, which is
 * read meanwhile only so that closing it does not destroy what is on its way. It lasts
 * until the peer has been quiet for a while, and has all that was sent: on a slow path,
 * or where it does not read for a moment, the system is busy sending for longer than
 * that. Were the socket closed then, the next byte of the peer would destroy the rest. On
 * the loop.
 */
final class LingeringClose implements Runnable {

	/** A peer that sends nothing for so long after our end of stream has what we sent. */
	static final long QUIET_MILLIS = 1_000;

	/**
	 * A peer that goes on sending, or takes nothing of what the system has still to send,
	 * is waited for no longer than this.
	 */
	private static final int ROUNDS = 10;

	/**
	 * For so many rounds what a peer acknowledges is waited for, else one that
	 * acknowledges a little now and then would keep its session for hours.
	 */
	private static final int DELIVERY_ROUNDS = 60;

	/** The peer has acknowledged everything. */
	private static final long ALL = -1;

	private final Channel channel;

	private final LongSupplier unwritten;

	private final Runnable close;

	/** There was something before our end of stream that had not arrived yet. */
	private final boolean delivering;

	private boolean heard;

	/** What stood before our end of stream at the last look. */
	private long left;

	/** How much had been acknowledged at the last look. */
	private long acknowledged = ALL;

	private int rounds = ROUNDS;

	private int deliveryRounds = DELIVERY_ROUNDS;

	/**
	 * Creates it, before the output ends: of a peer that is gone not even the end is
	 * acknowledged.
	 * @param channel the connection
	 * @param unwritten a number that differs with what stands before the end of the
	 * output and has not left; 0 if all has
	 * @param close closes the connection
	 */
	LingeringClose(Channel channel, LongSupplier unwritten, Runnable close) {
		this.channel = channel;
		this.unwritten = unwritten;
		this.close = close;
		this.delivering = acknowledged() != ALL;
	}

	/** Begins, when the output ends. */
	void begin() {
		this.left = this.unwritten.getAsLong();
		lookLater();
	}

	/** The peer has sent something. */
	void heard() {
		this.heard = true;
	}

	@SuppressWarnings("FutureReturnValueIgnored") // it is for each look to say what comes
													// next
	private void lookLater() {
		this.heard = false;
		this.channel.eventLoop().schedule(this, QUIET_MILLIS, TimeUnit.MILLISECONDS);
	}

	@Override
	public void run() {
		long leftBefore = this.left;
		long acknowledgedBefore = this.acknowledged;
		this.left = this.unwritten.getAsLong();
		this.acknowledged = this.delivering ? acknowledged() : ALL;
		boolean arrived = acknowledgedBefore != ALL && this.acknowledged != acknowledgedBefore;
		boolean less = this.left != leftBefore || (arrived && this.deliveryRounds-- > 0);
		boolean busy = this.heard || this.left > 0 || this.acknowledged != ALL;
		if ((less || (busy && this.rounds > 1)) && this.channel.isOpen()) {
			if (!less) {
				this.rounds--;
			}
			lookLater();
			return;
		}
		if (this.left > 0) {
			// It must not look whole.
			SessionChannel.resetOnClose(this.channel);
		}
		this.close.run();
	}

	/**
	 * How much the peer has acknowledged while there is something that it has not;
	 * {@link #ALL} if there is not, and where nobody knows.
	 */
	private long acknowledged() {
		TcpInfo info = TcpInfo.of(this.channel);
		return (info == null || info.isAllAcknowledged()) ? ALL : info.acknowledgedBytes();
	}

}
