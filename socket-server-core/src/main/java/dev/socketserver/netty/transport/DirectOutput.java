package dev.socketserver.netty.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;

import dev.socketserver.engine.connection.Connection.WriteResult;
import dev.socketserver.engine.connection.OutputBytes;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.AbstractEpollStreamChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import org.jspecify.annotations.Nullable;

/**
 * Writes to the socket past Netty's outbound queue, while that is empty and the transport
 * has a way to do so: epoll at once, io_uring with the next call of the kernel
 * ({@link UringSends}). What the system takes then, nearly always everything, needs
 * neither a buffer of its own nor a promise. No handler of the pipeline sees it: the
 * caller has made sure that there is none which has to.
 */
public final class DirectOutput {

	/**
	 * How many buffers of the loop are written before other connections have their turn.
	 */
	static final int MOST_PIECES = 16;

	private DirectOutput() {
	}

	/**
	 * Offers bytes to the system. On the loop.
	 * @param channel the connection
	 * @param bytes the bytes, which are measured if anything of them is taken
	 * @param result is passed on
	 * @param offering is notified of the outcome, now or soon
	 */
	public static void offer(Channel channel, OutputBytes bytes, WriteResult result, Offering offering) {
		int taken = 0;
		Throwable failure = null;
		try {
			if (isFree(channel)) {
				Socket socket = epollSocket(channel);
				if (socket != null) {
					taken = offer(socket, bytes);
				}
				else {
					UringSends sends = LoopBuffers.get().sends();
					if (sends != null && sends.offer((UnixChannel) channel, bytes, result, offering)) {
						return;
					}
				}
			}
		}
		catch (IOException | RuntimeException | Error ex) {
			// Whatever it is: without a result the session would wait for ever.
			failure = ex;
		}
		offering.offered(bytes, result, taken, failure, null);
	}

	/**
	 * Whether bytes can be {@linkplain #send sent} at once. On the loop.
	 * @param channel the connection, in which TLS may have written without a flush
	 * @return {@code false} if something waits before them, or Netty has to write
	 */
	public static boolean sendsAtOnce(Channel channel) {
		ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
		return queue != null && queue.totalPendingWriteBytes() == 0 && epollSocket(channel) != null;
	}

	/**
	 * Sends bytes at once. On the loop.
	 * @param channel the connection, which {@linkplain #sendsAtOnce sends at once}
	 * @param bytes the bytes, fewer than {@link LoopBuffers#BYTES}
	 * @return how many of them the system has taken
	 * @throws IOException if the connection is broken
	 */
	public static int send(Channel channel, ByteBuffer bytes) throws IOException {
		Socket socket = Objects.requireNonNull(epollSocket(channel));
		int length = bytes.remaining();
		ByteBuf output = LoopBuffers.get().output().setBytes(0, bytes);
		return accepted(socket, output, length, false);
	}

	/**
	 * Copies output that Netty is to write.
	 * @param channel allocates the memory
	 * @param bytes the output, which was measured
	 * @param from the index of the first byte
	 * @return the copy, which is the caller's
	 */
	public static ByteBuf copied(Channel channel, OutputBytes bytes, int from) {
		int length = bytes.size() - from;
		// One byte more, for text at the end.
		ByteBuf copy = channel.alloc().directBuffer(length + 1);
		try {
			bytes.copyTo(from, copy.internalNioBuffer(0, length + 1));
			return copy.writerIndex(length);
		}
		catch (RuntimeException | Error ex) {
			copy.release();
			throw ex;
		}
	}

	/**
	 * The socket of a connection of epoll; {@code null} for that of another transport.
	 */
	private static @Nullable Socket epollSocket(Channel channel) {
		return (Sockets.hasEpoll() && channel instanceof AbstractEpollStreamChannel epoll
				&& epoll.fd() instanceof Socket socket) ? socket : null;
	}

	/**
	 * Whether nothing is before what is offered. A channel without a queue is being
	 * closed, and its descriptor may already belong to another.
	 */
	static boolean isFree(Channel channel) {
		ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
		return queue != null && queue.isEmpty();
	}

	private static int offer(Socket socket, OutputBytes bytes) throws IOException {
		LoopBuffers buffers = LoopBuffers.get();
		ByteBuf output = buffers.output();
		int taken = 0;
		for (int piece = 0; piece < MOST_PIECES && taken < bytes.size(); piece++) {
			// The whole buffer: text at the end needs one byte more than it has, and text
			// to be measured three for each character.
			ByteBuffer target = output.internalNioBuffer(0, output.capacity());
			int start = target.position();
			if (piece == 0) {
				bytes.measureTo(target, buffers.scratch());
			}
			else {
				bytes.copyTo(taken, target);
			}
			int length = target.position() - start;
			int accepted = accepted(socket, output, length, taken > 0);
			taken += accepted;
			if (accepted < length) {
				break;
			}
		}
		return taken;
	}

	private static int accepted(Socket socket, ByteBuf output, int length, boolean some) throws IOException {
		try {
			if (output.hasMemoryAddress()) {
				return socket.sendAddress(output.memoryAddress(), 0, length);
			}
			// Before Java 22, Netty knows addresses only where it may use Unsafe.
			ByteBuffer buffer = output.internalNioBuffer(0, length);
			return socket.send(buffer, buffer.position(), buffer.limit());
		}
		catch (IOException ex) {
			if (some) {
				// What was taken before has to be reported; Netty will meet the same
				// failure.
				return 0;
			}
			throw ex;
		}
	}

	/** Is notified of what became of an offer. */
	@FunctionalInterface
	public interface Offering {

		/**
		 * The system has taken what it can at once. On the loop.
		 * @param bytes the bytes that were offered
		 * @param result what was passed on
		 * @param taken how many it has taken, from the first on; Netty is to write the
		 * others, unless there is a failure
		 * @param failure why the connection is broken, or {@code null} if it is not
		 * @param last completes when the system has the last of these, which Netty has
		 * yet to write; {@code null} if it has them
		 */
		void offered(OutputBytes bytes, WriteResult result, int taken, @Nullable Throwable failure,
				@Nullable ChannelFuture last);

	}

}
