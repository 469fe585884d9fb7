package dev.socketserver.netty.datagram;

import dev.socketserver.engine.connection.OutputBytes;
import dev.socketserver.netty.transport.DirectOutput;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.util.concurrent.FastThreadLocal;

/**
 * The memory of what the sockets of one loop send together: to allocate a buffer for each
 * datagram would cost more than to copy it. It is used again as soon as all of it has
 * left. On the loop.
 */
final class DatagramWrites {

	/** As much as a round of short datagrams has. */
	private static final int BYTES = 64 * 1024;

	private static final FastThreadLocal<DatagramWrites> OF_LOOP = new FastThreadLocal<>() {

		@Override
		protected DatagramWrites initialValue() {
			return new DatagramWrites();
		}

		@Override
		protected void onRemoval(DatagramWrites writes) {
			writes.memory.release();
		}

	};

	/** Each datagram that has not left retains it. */
	private final ByteBuf memory = Unpooled.directBuffer(BYTES, BYTES);

	private DatagramWrites() {
	}

	/** Returns the memory of the calling loop. */
	static DatagramWrites get() {
		return OF_LOOP.get();
	}

	/**
	 * Copies a datagram.
	 * @param bytes its bytes, which were measured
	 * @param channel allocates memory where there is no more here
	 * @return the copy, which is the caller's
	 */
	ByteBuf copy(OutputBytes bytes, Channel channel) {
		int size = bytes.size();
		// One byte more, for text at the end.
		int needed = size + 1;
		if (this.memory.refCnt() == 1) {
			this.memory.clear();
		}
		if (this.memory.writableBytes() < needed) {
			return DirectOutput.copied(channel, bytes, 0);
		}
		int start = this.memory.writerIndex();
		bytes.copyTo(0, this.memory.internalNioBuffer(start, needed));
		return this.memory.writerIndex(start + size).retainedSlice(start, size);
	}

}
