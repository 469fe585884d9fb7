package dev.socketserver.netty.transport;

import java.nio.ByteBuffer;

import dev.socketserver.engine.connection.LoopScratch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * Buffers outside of the heap through which bytes pass between the sockets of one loop
 * and the arrays of its sessions: input for transports that indicate when there is
 * something to read, and output for {@link DirectOutput}. Nothing stays in them, so that
 * one buffer for each direction is enough for all connections, and none has to be got,
 * sized and given back for each read and write. That costs little where Netty pools its
 * buffers. Where it does not, in heaps of up to 512 MB, large buffers have memory of
 * their own, and JDK 24 and later need two handshakes of all threads to give that back
 * (Netty 4.2.18).
 * <p>
 * On the loop.
 */
public final class LoopBuffers implements ReadRounds.Rule {

	/** How many bytes pass at once. */
	static final int BYTES = LoopScratch.READ_BYTES;

	/** How often a connection is read before others have their turn; as in Netty. */
	private static final int MOST_READS = 16;

	/** Room for two of the longest records of TLS, of which short ones are made. */
	private static final int RECORD_BYTES = 40 * 1024;

	private static final FastThreadLocal<LoopBuffers> OF_LOOP = new FastThreadLocal<>() {

		@Override
		protected LoopBuffers initialValue() {
			return new LoopBuffers();
		}

		@Override
		protected void onRemoval(LoopBuffers buffers) {
			buffers.release();
		}

	};

	/**
	 * Has connections be read into the buffer of their loop, which whoever gets it is to
	 * have read before the next read; a buffer that is kept is replaced. For transports
	 * of {@linkplain TransportSupport#readiness() readiness} only.
	 */
	static final RecvByteBufAllocator INPUT = () -> get().reads;

	private final LoopScratch scratch = new LoopScratch();

	private final ReadRounds reads = new ReadRounds(this);

	private @Nullable ByteBuf input;

	private @Nullable ByteBuf output;

	/**
	 * In the heap, where the JVM encrypts faster. Absent until something is encrypted.
	 */
	private @Nullable ByteBuffer records;

	/** Absent unless the loop is one of io_uring. */
	private @Nullable UringSends sends;

	private LoopBuffers() {
	}

	/** Returns the buffers of the calling loop. */
	public static LoopBuffers get() {
		return OF_LOOP.get();
	}

	/** What the sessions of the loop share. */
	public LoopScratch scratch() {
		return this.scratch;
	}

	@Override
	public int size() {
		return BYTES;
	}

	@Override
	public boolean goesOn(int reads, int last, UncheckedBooleanSupplier maybeMore) {
		return reads < MOST_READS && last > 0 && maybeMore.get();
	}

	@Override
	public ByteBuf buffer() {
		ByteBuf buffer = this.input;
		if (buffer != null && buffer.refCnt() != 1) {
			// A handler has kept the buffer that was read last, or has released it once
			// too often.
			giveBack(buffer);
			buffer = null;
		}
		if (buffer == null) {
			buffer = direct();
			this.input = buffer;
		}
		return buffer.clear().retain();
	}

	/**
	 * Gives a buffer back. A handler of the application that has released it too often
	 * must break its own connection only, and not the loop.
	 */
	private static void giveBack(ByteBuf buffer) {
		if (buffer.refCnt() > 0) {
			buffer.release();
		}
	}

	/** An empty buffer, which stays the loop's. */
	ByteBuf output() {
		ByteBuf buffer = this.output;
		if (buffer == null) {
			buffer = direct();
			this.output = buffer;
		}
		return buffer.clear();
	}

	/** Returns memory to encrypt to, empty. */
	public ByteBuffer records() {
		ByteBuffer memory = this.records;
		if (memory == null) {
			memory = ByteBuffer.allocate(RECORD_BYTES);
			this.records = memory;
		}
		return memory.clear();
	}

	/** What sends for the connections of this loop later, or {@code null}. */
	@Nullable UringSends sends() {
		return this.sends;
	}

	void sends(UringSends sends) {
		this.sends = sends;
	}

	private static ByteBuf direct() {
		return Unpooled.directBuffer(BYTES, BYTES);
	}

	private void release() {
		if (this.input != null) {
			giveBack(this.input);
			this.input = null;
		}
		if (this.output != null) {
			this.output.release();
			this.output = null;
		}
	}

}
