package dev.socketserver.netty.channel;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import dev.socketserver.netty.transport.Sockets;
import dev.socketserver.netty.transport.TcpInfo;
import io.netty.channel.Channel;

/**
 * The time between the end of a session's output and the close of its connection. The
 * connection is read meanwhile, but only so that closing it does not destroy what is on
 * its way: a socket with unread input, or for which input arrives later, is reset. It
 * ends when the peer has sent nothing for a while and has everything that was sent. On a
 * slow path, or while the peer does not read, the system is still sending for longer than
 * that. A peer that sends a flood is disconnected as soon as nothing is on its way to it.
 * On the loop.
 */
final class LingeringClose implements Runnable {

	/**
	 * A check takes place every so often: a peer that has sent nothing since the last one
	 * is silent.
	 */
	static final long QUIET_MILLIS = 1_000;

	/**
	 * After so many checks the connection is closed even if the peer goes on sending, or
	 * has not everything yet.
	 */
	private static final int ROUNDS = 10;

	/**
	 * So many more checks are granted while the peer acknowledges something; without a
	 * limit, one that acknowledges a little now and then would keep its session for
	 * hours.
	 */
	private static final int DELIVERY_ROUNDS = 60;

	/** The most bytes to read and drop once nothing is on its way to the peer. */
	static final int MOST_DISCARDED = 64 * 1024;

	/** The peer has acknowledged everything. */
	private static final long ALL = -1;

	private final Channel channel;

	private final LongSupplier unwritten;

	private final Runnable close;

	/**
	 * Whether something that was sent before our end of stream had not arrived by then.
	 */
	private final boolean delivering;

	/** Whether something was sent that may not have arrived, for all that is known. */
	private final boolean uncertain;

	private boolean received;

	/** How many bytes were dropped since something was on its way to the peer. */
	private int discarded;

	/** What {@link #unwritten} said at the last check. */
	private long left;

	/** How much the peer had acknowledged at the last check. */
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
	 * @param sent whether anything was sent
	 * @param discarded how many bytes were read and dropped before
	 */
	LingeringClose(Channel channel, LongSupplier unwritten, Runnable close, boolean sent, int discarded) {
		this.channel = channel;
		this.unwritten = unwritten;
		this.close = close;
		this.delivering = acknowledged() != ALL;
		this.discarded = discarded;
		this.uncertain = sent && TcpInfo.of(channel) == null;
	}

	/** Begins, when the output ends. */
	void begin() {
		this.left = this.unwritten.getAsLong();
		checkLater();
		endFlood();
	}

	/** The peer has sent so many bytes. */
	void received(int bytes) {
		this.received = true;
		this.discarded += bytes;
		endFlood();
	}

	/** Closes if enough was dropped, and nothing is on its way to the peer. */
	private void endFlood() {
		if (this.discarded < MOST_DISCARDED) {
			return;
		}
		this.discarded = 0;
		boolean arriving = this.uncertain || this.unwritten.getAsLong() > 0
				|| (this.delivering && acknowledged() != ALL);
		if (!arriving && this.channel.isOpen()) {
			// Also within a round of reads.
			this.channel.config().setAutoRead(false);
			this.close.run();
		}
	}

	@SuppressWarnings("FutureReturnValueIgnored") // the next check is later
	private void checkLater() {
		this.received = false;
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
		boolean busy = this.received || this.left > 0 || this.acknowledged != ALL;
		if ((less || (busy && this.rounds > 1)) && this.channel.isOpen()) {
			if (!less) {
				this.rounds--;
			}
			checkLater();
			return;
		}
		if (this.left > 0) {
			// The output is not complete: the peer must not take it for that.
			Sockets.resetOnClose(this.channel);
		}
		this.close.run();
	}

	/**
	 * How much the peer has acknowledged, if not everything; else {@link #ALL}, and also
	 * where that is not known.
	 */
	private long acknowledged() {
		TcpInfo info = TcpInfo.of(this.channel);
		return (info == null || info.isAllAcknowledged()) ? ALL : info.acknowledgedBytes();
	}

}
