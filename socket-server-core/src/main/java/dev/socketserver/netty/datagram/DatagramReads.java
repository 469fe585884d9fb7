package dev.socketserver.netty.datagram;

import dev.socketserver.SessionSpec;
import dev.socketserver.netty.transport.ReadRounds;
import dev.socketserver.spec.SocketTransport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * Has the datagrams of all sockets of one port be read into one buffer, many at once if
 * the transport can, which are used up before the next read. On the loop.
 */
final class DatagramReads implements RecvByteBufAllocator, ReadRounds.Rule {

	/** The length of the longest datagram there can be, in bytes. */
	private static final int MOST_BYTES = 65_535;

	/** So many datagrams are read before other sockets of the loop have their turn. */
	static final int MOST = 64;

	/** So many are read at once at least. */
	private static final int LEAST_AT_ONCE = 16;

	/** How much memory the buffer may have for more. */
	private static final int BUFFER_BYTES = 256 * 1024;

	private int size;

	private int atOnce;

	private final boolean several;

	private ByteBuf buffer = Unpooled.EMPTY_BUFFER;

	/**
	 * Creates a buffer without memory.
	 * @param spec what sessions take
	 * @param transport the transport, resolved: with {@code epoll}, one call of the
	 * system reads several, by {@code recvmmsg}
	 */
	DatagramReads(SessionSpec spec, SocketTransport transport) {
		this.several = transport == SocketTransport.EPOLL;
		size(longest(spec));
	}

	/** One byte more than the longest: so it is known that one is too long. */
	static int longest(SessionSpec spec) {
		return Math.min(spec.maxFrameBytes(), MOST_BYTES - 1) + 1;
	}

	/**
	 * Has longer datagrams be read from the next round on.
	 * @param longest the length of the longest, in bytes
	 */
	void size(int longest) {
		this.size = longest;
		this.atOnce = Math.max(LEAST_AT_ONCE, Math.min(MOST, BUFFER_BYTES / longest));
		release();
	}

	/** The length of the longest datagram. */
	@Override
	public int size() {
		return this.size;
	}

	@Override
	public ExtendedHandle newHandle() {
		return new ReadRounds(this);
	}

	@Override
	public boolean goesOn(int reads, int last, UncheckedBooleanSupplier maybeMore) {
		return reads < MOST && last >= 0;
	}

	@Override
	public ByteBuf buffer() {
		if (!this.several) {
			// All of a round are read before the first is used.
			return Unpooled.directBuffer(this.size, this.size);
		}
		if (this.buffer.refCnt() != 1 || this.buffer.capacity() == 0) {
			release();
			this.buffer = Unpooled.directBuffer(this.size * this.atOnce, this.size * this.atOnce);
		}
		return this.buffer.clear().retain();
	}

	/** Gives the memory back, when the last socket is closed. */
	void release() {
		if (this.buffer.refCnt() > 0) {
			this.buffer.release();
		}
		this.buffer = Unpooled.EMPTY_BUFFER;
	}

}
