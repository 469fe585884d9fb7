package dev.socketserver.netty.transport;

import java.nio.ByteBuffer;
import java.util.Objects;

import dev.socketserver.engine.connection.Connection.WriteResult;
import dev.socketserver.engine.connection.OutputBytes;
import dev.socketserver.netty.transport.DirectOutput.Offering;
import dev.socketserver.payload.LongText;
import io.netty.channel.IoEvent;
import io.netty.channel.IoHandler;
import io.netty.channel.IoRegistration;
import io.netty.channel.unix.Buffer;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;
import org.jspecify.annotations.Nullable;

/**
 * What the connections of one loop send past Netty's outbound queues with io_uring. The
 * bytes are copied to memory of the loop, and the kernel takes them with the next call,
 * together with everything else that the loop asks for in this turn.
 * <p>
 * No send waits in the kernel ({@code MSG_DONTWAIT}): it takes what it can, and has an
 * outcome when that call returns. So a little memory is enough for all connections, and
 * nothing has to be cancelled when one closes. The kernel goes through the requests of a
 * loop in order. A descriptor is closed by such a request too
 * ({@code AbstractIoUringChannel.doClose}), after which nothing is sent; so what was
 * asked for before never meets a descriptor that belongs to another connection.
 * <p>
 * On the loop.
 */
final class UringSends implements IoUringIoHandle {

	// Of Linux, in io_uring.h, socket.h and errno.h.

	private static final byte OP_SEND = 26;

	private static final int MSG_DONTWAIT = 0x40;

	private static final int MSG_NOSIGNAL = 0x4000;

	private static final int EAGAIN = -11;

	private static final int ECANCELED = -125;

	/** How many bytes may be under way. What finds no room takes Netty's way. */
	static final int BYTES = 256 * 1024;

	/** How many sends may be under way; a power of two. */
	static final int SENDS = 256;

	/** How many bytes one send has at most. */
	private static final int PIECE_BYTES = LoopBuffers.BYTES;

	private final IoRegistration registration;

	/** Those under way have consecutive numbers, and consecutive places in memory. */
	private final Send[] sends = new Send[SENDS];

	/** The number of the oldest send that is under way. */
	private int oldest;

	/** The number of the next send. */
	private int next;

	/** Where the memory behind the newest send begins. */
	private int free;

	/** Absent until something is sent. */
	private @Nullable ByteBuffer memory;

	private long address;

	private UringSends(IoHandler ring) throws Exception {
		this.registration = ring.register(this);
	}

	/**
	 * Begins to send for the connections of the calling loop.
	 * @param ring what talks to the kernel for that loop
	 */
	static void begin(IoHandler ring) {
		try {
			LoopBuffers.get().sends(new UringSends(ring));
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Offers bytes to the system.
	 * @param channel the connection, which is open, and whose outbound queue is empty
	 * @param bytes the bytes, which are measured unless there is no room for them
	 * @param result is passed on
	 * @param offering is notified of how many bytes the system has taken
	 * @return {@code false} if they cannot be offered
	 */
	boolean offer(UnixChannel channel, OutputBytes bytes, WriteResult result, Offering offering) {
		int most = (int) Math.min(bytes.mostBytes() + LongText.TRAILING_BYTES, PIECE_BYTES);
		int start = place(most);
		if (start < 0) {
			return false;
		}
		ByteBuffer target = memory(start, most);
		bytes.measureTo(target, LoopBuffers.get().scratch());
		int length = target.position() - start;
		if (length == 0 || !send(this.next).begin(channel, bytes, result, offering, start, length)) {
			return false;
		}
		this.next++;
		this.free = start + length;
		return true;
	}

	/** Returns where in memory there is room for a send; negative if there is none. */
	private int place(int bytes) {
		if (this.next == this.oldest) {
			// What was used last is in the caches of the processor.
			return 0;
		}
		if (this.next - this.oldest == SENDS) {
			return -1;
		}
		int used = send(this.oldest).start;
		if (this.free <= used) {
			return (bytes < used - this.free) ? this.free : -1;
		}
		if (bytes <= BYTES - this.free) {
			return this.free;
		}
		return (bytes < used) ? 0 : -1;
	}

	private ByteBuffer memory(int start, int length) {
		ByteBuffer made = this.memory;
		if (made == null) {
			made = ByteBuffer.allocateDirect(BYTES);
			this.address = Buffer.memoryAddress(made);
			this.memory = made;
		}
		return made.clear().position(start).limit(start + length);
	}

	private Send send(int number) {
		int index = number & (SENDS - 1);
		Send send = this.sends[index];
		if (send == null) {
			send = new Send(index);
			this.sends[index] = send;
		}
		return send;
	}

	/** Gives back the memory of the oldest sends, as far as they are over. */
	private void release() {
		while (this.oldest != this.next && !send(this.oldest).isUnderWay()) {
			this.oldest++;
		}
	}

	@Override
	public void handle(IoRegistration registration, IoEvent event) {
		IoUringIoEvent sent = (IoUringIoEvent) event;
		send((int) sent.userData()).handle(sent.res());
	}

	/** The loop ends: what is written from now on takes Netty's way, which refuses it. */
	@Override
	public void close() {
		this.registration.cancel();
	}

	/** One send after the other. */
	private final class Send {

		private final long index;

		/** Absent unless one is under way, like the others. */
		private @Nullable UnixChannel channel;

		private @Nullable OutputBytes bytes;

		private @Nullable WriteResult result;

		private @Nullable Offering offering;

		/** Where in memory its bytes are. */
		private int start;

		/** For how many bytes there is room. */
		private int room;

		/** How many bytes of the output the system has taken. */
		private int taken;

		/** How many bytes it was asked to take now. */
		private int length;

		private int pieces;

		Send(int index) {
			this.index = index;
		}

		boolean isUnderWay() {
			return this.channel != null;
		}

		boolean begin(UnixChannel channel, OutputBytes bytes, WriteResult result, Offering offering, int start,
				int length) {
			this.start = start;
			this.room = length;
			this.taken = 0;
			this.pieces = 0;
			if (!submit(channel, length)) {
				return false;
			}
			this.channel = channel;
			this.bytes = bytes;
			this.result = result;
			this.offering = offering;
			return true;
		}

		/** Has the system send with its next call; returns whether it will. */
		private boolean submit(UnixChannel channel, int length) {
			this.length = length;
			return UringSends.this.registration.submit(new IoUringIoOps(OP_SEND, (byte) 0, (short) 0,
					channel.fd().intValue(), 0, UringSends.this.address + this.start, length,
					MSG_DONTWAIT | MSG_NOSIGNAL, this.index, (short) 0, (short) 0, 0, 0)) != 0;
		}

		/** The system has taken so many bytes, or an error is negative. */
		void handle(int outcome) {
			Throwable failure = null;
			if (outcome >= 0) {
				this.taken += outcome;
				try {
					if (outcome == this.length
							&& goesOn(Objects.requireNonNull(this.channel), Objects.requireNonNull(this.bytes))) {
						return;
					}
				}
				catch (RuntimeException | Error ex) {
					failure = ex;
				}
			}
			else if (outcome != EAGAIN && outcome != ECANCELED) {
				failure = Errors.newIOException("io_uring write", outcome);
			}
			end(failure);
		}

		/** Sends the next piece, if there is one. */
		private boolean goesOn(UnixChannel channel, OutputBytes bytes) {
			this.pieces++;
			if (this.taken == bytes.size() || this.pieces == DirectOutput.MOST_PIECES
					|| !DirectOutput.isFree(channel)) {
				return false;
			}
			ByteBuffer target = memory(this.start, this.room);
			bytes.copyTo(this.taken, target);
			return submit(channel, target.position() - this.start);
		}

		private void end(@Nullable Throwable failure) {
			UnixChannel ofConnection = Objects.requireNonNull(this.channel);
			Offering notified = Objects.requireNonNull(this.offering);
			OutputBytes offered = Objects.requireNonNull(this.bytes);
			WriteResult passedOn = Objects.requireNonNull(this.result);
			this.channel = null;
			this.offering = null;
			this.bytes = null;
			this.result = null;
			// Before the next write is offered, which may be now.
			release();
			try {
				notified.offered(offered, passedOn, this.taken, failure, null);
			}
			catch (RuntimeException | Error ex) {
				// Of this connection only; Netty would take it for the end of the loop.
				ofConnection.pipeline().fireExceptionCaught(ex);
			}
		}

	}

}
