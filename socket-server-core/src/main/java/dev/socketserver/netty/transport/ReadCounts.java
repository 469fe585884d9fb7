package dev.socketserver.netty.transport;

import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * Counts what one round of reads has had from a channel. On the loop.
 */
public abstract class ReadCounts implements RecvByteBufAllocator.ExtendedHandle {

	private int reads;

	private int attempted;

	private int last;

	@Override
	public void reset(ChannelConfig config) {
		this.reads = 0;
		this.last = 0;
	}

	@Override
	public final void incMessagesRead(int count) {
		this.reads += count;
	}

	/** Returns how many messages were read. */
	protected final int reads() {
		return this.reads;
	}

	@Override
	public final void attemptedBytesRead(int bytes) {
		this.attempted = bytes;
	}

	@Override
	public final int attemptedBytesRead() {
		return this.attempted;
	}

	@Override
	public final void lastBytesRead(int bytes) {
		this.last = bytes;
	}

	@Override
	public final int lastBytesRead() {
		return this.last;
	}

	@Override
	public final boolean continueReading() {
		return continueReading(() -> this.attempted == this.last);
	}

	@Override
	public abstract boolean continueReading(UncheckedBooleanSupplier maybeMore);

}
