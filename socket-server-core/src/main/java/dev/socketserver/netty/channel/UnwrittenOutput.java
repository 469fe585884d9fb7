package dev.socketserver.netty.channel;

import dev.socketserver.engine.connection.OutputBytes;
import dev.socketserver.netty.transport.DirectOutput;
import dev.socketserver.netty.transport.LoopBuffers;
import dev.socketserver.netty.transport.Sockets;
import dev.socketserver.netty.transport.TcpInfo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.nio.AbstractNioChannel;
import io.netty.channel.socket.DuplexChannel;

/**
 * What the system has not taken of the output of a connection. On the event loop.
 */
final class UnwrittenOutput {

	private UnwrittenOutput() {
	}

	/**
	 * Offers the output to the system once more, and returns how much is left.
	 * <p>
	 * Netty waits for a notification of the kernel, which does so only when a third of
	 * the socket's buffer, megabytes perhaps, has become free: a peer that reads slowly
	 * would seem not to read at all. Trying shows what it has read since. With io_uring
	 * it is the kernel that waits, and no caller can have it try. What it takes it may
	 * take 64 KB at a time, for which a slow link needs long: it reports what has arrived
	 * of that.
	 */
	static long of(DuplexChannel channel) {
		if (channel.unsafe() instanceof AbstractNioChannel.NioUnsafe nio) {
			nio.forceFlush();
		}
		else if (Sockets.onEpoll(channel)) {
			LinuxEpoll.flush(channel);
		}
		ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
		long left = (buffer != null) ? buffer.totalPendingWriteBytes() - buffer.currentProgress() : 0;
		if (left <= 0) {
			return 0;
		}
		TcpInfo info = TcpInfo.of(channel);
		// A number that becomes less with each byte of either kind, and is never 0.
		return (info != null) ? Long.MAX_VALUE / 2 + left - info.acknowledgedBytes() : left;
	}

	/**
	 * Whether what looks like the end of the input was a reset: the kernel reports that
	 * once, and with io_uring a write that waits may see it before the read does. Where
	 * none waits it is an end, and a peer that does not read replies has reset the
	 * connection after it.
	 */
	static boolean isReset(DuplexChannel channel) {
		ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
		if (buffer == null || buffer.isEmpty()) {
			return false;
		}
		boolean uring = !Sockets.onEpoll(channel);
		TcpInfo info = uring ? TcpInfo.of(channel) : null;
		return info != null && info.isClosed();
	}

	/**
	 * Makes a buffer of what the system has not taken yet. From now on the bytes are held
	 * only there.
	 * @param bytes what was written
	 * @param taken how many of them the system has taken
	 * @param encrypted whether TLS takes the buffer, which works on arrays
	 */
	static ByteBuf rest(DuplexChannel channel, OutputBytes bytes, int taken, boolean encrypted) {
		// Unless it was measured when it was offered.
		bytes.measure(LoopBuffers.get().scratch());
		int length = bytes.size() - taken;
		if (length == 0) {
			bytes.drop();
			return Unpooled.EMPTY_BUFFER;
		}
		if (encrypted) {
			byte[] array = bytes.array();
			bytes.drop();
			return Unpooled.wrappedBuffer(array, taken, length);
		}
		ByteBuf rest = DirectOutput.copied(channel, bytes, taken);
		bytes.drop();
		return rest;
	}

	/** In a class of its own, as the library may be missing. */
	private static final class LinuxEpoll {

		private static final EpollIoEvent WRITABLE = () -> EpollIoOps.EPOLLOUT;

		/**
		 * Has the channel write as if the kernel had reported room. Netty does not check
		 * the registration (4.2.18).
		 */
		static void flush(DuplexChannel channel) {
			((EpollIoHandle) channel.unsafe()).handle(null, WRITABLE);
		}

	}

}
