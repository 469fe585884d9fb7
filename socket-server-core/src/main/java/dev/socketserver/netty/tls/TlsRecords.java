package dev.socketserver.netty.tls;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import javax.net.ssl.SSLEngine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import org.jspecify.annotations.Nullable;

/**
 * Passes only whole records on to an {@link io.netty.handler.ssl.SslHandler} (RFC 8446,
 * section 5.1). That handler would keep the buffer into which a record was read, of 64 KB
 * perhaps, until the rest of the record arrives: hundreds of peers that send half a
 * record would take all direct memory. Here such a part is copied into an array of its
 * own size, in the heap. What cannot be a record is refused as soon as that can be seen,
 * for which the handler would wait. Of what TLS writes it notes whether there is an
 * alert, and it lets that out only when all have been notified of the failure: a ban is
 * in force before the peer learns of it. Confined to the event loop.
 */
public final class TlsRecords extends ChannelDuplexHandler {

	/**
	 * The most that the JVM puts into a record before it encrypts it: with TLS 1.3 the
	 * content type and an authentication tag count, too.
	 */
	public static final int CONTENT = (1 << 14) - 17;

	private static final int HEADER = 5;

	private static final int FIRST_TYPE = 20;

	private static final int LAST_TYPE = 24;

	/** Of all versions of TLS, and of SSL 3.0. */
	private static final int MAJOR_VERSION = 3;

	/** RFC 5246, section 6.2.3. */
	private static final int LONGEST_RECORD = (1 << 14) + 2048;

	private static final byte[] NONE = new byte[0];

	/** The beginning of a record whose rest was not received yet. */
	private byte[] kept = NONE;

	private int count;

	/** Whether everything that is received is dropped. */
	private boolean over;

	/** Present when the handshake is done. */
	private @Nullable SSLEngine engine;

	private boolean answeredTheEnd;

	/** Records are being passed on. */
	private boolean passing;

	/** What lets an alert out, when they have been; as a rule, there is none. */
	private @Nullable List<Runnable> waiting;

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		ByteBuf bytes = (ByteBuf) message;
		this.passing = true;
		try {
			if (this.count > 0) {
				fill(bytes);
				passKept(context);
			}
			if (this.count == 0 && !this.over) {
				int whole = whole(bytes);
				if (whole > 0 && whole == bytes.readableBytes()) {
					// As nearly always: nothing of it is kept here.
					context.fireChannelRead(bytes.retain());
					return;
				}
				if (whole > 0) {
					context.fireChannelRead(bytes.readRetainedSlice(whole));
				}
			}
			fill(bytes);
		}
		finally {
			bytes.release();
			this.passing = false;
			letOut();
		}
	}

	@Override
	@SuppressWarnings("FutureReturnValueIgnored") // it is the promise that was passed
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		if (this.engine != null && this.engine.isInboundDone() && ((ByteBuf) message).isReadable()) {
			this.answeredTheEnd = true;
		}
		context.write(message, promise);
	}

	@Override
	public void flush(ChannelHandlerContext context) {
		if (this.passing && this.answeredTheEnd) {
			hold(context::flush);
		}
		else {
			context.flush();
		}
	}

	/** An SslHandler that fails closes before it notifies of the failure. */
	@Override
	@SuppressWarnings("FutureReturnValueIgnored") // it is the promise that was passed
	public void close(ChannelHandlerContext context, ChannelPromise promise) {
		if (this.passing && this.answeredTheEnd) {
			hold(() -> context.close(promise));
		}
		else {
			context.close(promise);
		}
	}

	private void hold(Runnable call) {
		List<Runnable> all = (this.waiting != null) ? this.waiting : new ArrayList<>();
		all.add(call);
		this.waiting = all;
	}

	private void letOut() {
		List<Runnable> all = this.waiting;
		if (all != null) {
			this.waiting = null;
			all.forEach(Runnable::run);
		}
	}

	/**
	 * From now on it is noted whether the engine writes when it takes nothing any more.
	 */
	void follow(SSLEngine engine) {
		this.engine = engine;
	}

	/**
	 * Whether TLS has written something since its input ended: an alert, if it has
	 * failed.
	 */
	boolean answeredTheEnd() {
		return this.answeredTheEnd;
	}

	/** How many bytes it holds. */
	int held() {
		return this.kept.length;
	}

	/** Drops what it has, and what is still received. */
	void end() {
		this.over = true;
		this.kept = NONE;
		this.count = 0;
	}

	/** How long the first of whole records is. */
	static int first(ByteBuf records) {
		return HEADER + records.getUnsignedShort(records.readerIndex() + 3);
	}

	/** How many of the bytes are those of whole records. */
	private static int whole(ByteBuf bytes) {
		int start = bytes.readerIndex();
		int index = start;
		while (bytes.writerIndex() - index >= HEADER) {
			int length = length(bytes.getByte(index), bytes.getByte(index + 1), bytes.getUnsignedShort(index + 3));
			if (length < 0 || bytes.writerIndex() - index < length) {
				break;
			}
			index += length;
		}
		return index - start;
	}

	/** The length of a record with its header, or -1 if there is no such record. */
	private static int length(byte type, byte version, int content) {
		boolean record = type >= FIRST_TYPE && type <= LAST_TYPE && version == MAJOR_VERSION
				&& content <= LONGEST_RECORD;
		return record ? HEADER + content : -1;
	}

	/** Keeps what there is of one record. */
	private void fill(ByteBuf bytes) {
		if (this.over) {
			return;
		}
		if (this.count < HEADER) {
			add(bytes, HEADER);
		}
		if (this.count >= HEADER) {
			int length = keptLength();
			if (length < 0) {
				end();
				// As the next handler would report it.
				throw new DecoderException(new NotSslRecordException());
			}
			add(bytes, length);
		}
	}

	private int keptLength() {
		return length(this.kept[0], this.kept[1], (this.kept[3] & 0xFF) << Byte.SIZE | (this.kept[4] & 0xFF));
	}

	private void add(ByteBuf bytes, int until) {
		int length = Math.min(until - this.count, bytes.readableBytes());
		if (length <= 0) {
			return;
		}
		int needed = this.count + length;
		if (needed > this.kept.length) {
			this.kept = Arrays.copyOf(this.kept,
					Math.min(Math.max(needed, 2 * this.kept.length), Math.max(until, HEADER)));
		}
		bytes.readBytes(this.kept, this.count, length);
		this.count = needed;
	}

	/** Passes what is kept on if it is whole. */
	private void passKept(ChannelHandlerContext context) {
		if (this.count >= HEADER && this.count == keptLength()) {
			ByteBuf record = Unpooled.wrappedBuffer(this.kept, 0, this.count);
			this.kept = NONE;
			this.count = 0;
			context.fireChannelRead(record);
		}
	}

}
