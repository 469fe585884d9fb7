package dev.socketserver.netty.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One round of reads after the other: counts what each has had from its channel, and asks
 * a {@link Rule} whether it goes on. On the loop.
 */
public final class ReadRounds implements RecvByteBufAllocator.ExtendedHandle {

	private final Rule rule;

	/** Of the channel that is read; absent between two rounds. */
	private @Nullable ChannelConfig config;

	private int reads;

	private int attempted;

	private int last;

	public ReadRounds(Rule rule) {
		this.rule = rule;
	}

	@Override
	public void reset(ChannelConfig config) {
		this.config = config;
		this.reads = 0;
		this.last = 0;
	}

	@Override
	public ByteBuf allocate(ByteBufAllocator alloc) {
		return this.rule.buffer();
	}

	@Override
	public int guess() {
		return this.rule.size();
	}

	@Override
	public void incMessagesRead(int count) {
		this.reads += count;
	}

	@Override
	public void attemptedBytesRead(int bytes) {
		this.attempted = bytes;
	}

	@Override
	public int attemptedBytesRead() {
		return this.attempted;
	}

	@Override
	public void lastBytesRead(int bytes) {
		this.last = bytes;
	}

	@Override
	public int lastBytesRead() {
		return this.last;
	}

	@Override
	public boolean continueReading() {
		return continueReading(() -> this.attempted == this.last);
	}

	@Override
	public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
		ChannelConfig read = this.config;
		return read != null && read.isAutoRead() && this.rule.goesOn(this.reads, this.last, maybeMore);
	}

	@Override
	public void readComplete() {
		this.config = null;
	}

	/** What is read to, and how much of it in one round. */
	public interface Rule {

		/** An empty buffer, to be released when it was read. */
		ByteBuf buffer();

		/** How many bytes are read at once. */
		int size();

		/**
		 * Whether a round goes on, whose channel is still to be read.
		 * @param reads how many messages it has had
		 * @param last how many bytes the last read had
		 * @param maybeMore whether there may be more to read
		 */
		boolean goesOn(int reads, int last, UncheckedBooleanSupplier maybeMore);

	}

}
