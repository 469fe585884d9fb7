package dev.socketserver.netty.channel;

import java.util.function.UnaryOperator;

import dev.socketserver.engine.connection.Connection.WriteResult;
import dev.socketserver.netty.tls.TlsRecords;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A write of a session that Netty has to do, since the system has not taken all of it at
 * once; one at a time. On the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures are reported to the listeners
final class NettyWrite {

	private final int size;

	/**
	 * Kept to determine how much the system has taken; absent where others are in front
	 * of the session.
	 */
	private final @Nullable ByteBuf kept;

	/** Closes the connection for a failure, and returns what has failed first. */
	private final UnaryOperator<Throwable> broken;

	private final WriteResult result;

	/** How many bytes were in full TLS records that the system has taken. */
	private int takenRecords;

	private boolean done;

	/**
	 * Creates a write.
	 * @param size how many bytes the session has written
	 * @param rest those that the system has not taken
	 * @param alone whether no handler is in front of the session
	 * @param broken closes the connection for a failure, and returns what has failed
	 * first
	 * @param result is notified of the outcome
	 */
	NettyWrite(int size, ByteBuf rest, boolean alone, UnaryOperator<Throwable> broken, WriteResult result) {
		this.size = size;
		// Netty moves the reader index after the bytes that the system has taken.
		this.kept = alone ? rest.retain() : null;
		this.broken = broken;
		this.result = result;
	}

	/**
	 * Has Netty write what is left.
	 * @param records whether TLS is the only one in front of the session: of each record
	 * that is full we are notified when the system has taken it
	 * @param before completes when the system has what precedes the rest, which Netty has
	 * yet to write; {@code null} if it has that
	 */
	void begin(DuplexChannel channel, ByteBuf rest, boolean records, @Nullable ChannelFuture before) {
		while (records && rest.readableBytes() > TlsRecords.CONTENT) {
			channel.write(rest.readRetainedSlice(TlsRecords.CONTENT)).addListener(this::recordDone);
		}
		// TLS would make a record of nothing.
		ChannelFuture last = (before != null && !rest.isReadable()) ? before : channel.writeAndFlush(rest);
		last.addListener((future) -> done(future.cause()));
		if (!this.done) {
			this.result.restWaits();
		}
	}

	/** How many bytes Netty has of it, at most. */
	int length() {
		return this.done ? 0 : this.size;
	}

	/** A full TLS record has left, or never will. */
	private void recordDone(Future<? super Void> record) {
		if (record.isSuccess()) {
			this.takenRecords += TlsRecords.CONTENT;
		}
		else {
			done(record.cause());
		}
	}

	/** The write has left, or never will. */
	private void done(@Nullable Throwable failure) {
		if (this.done) {
			return;
		}
		this.done = true;
		int taken = (this.kept != null) ? this.size - this.kept.readableBytes() : this.takenRecords;
		ReferenceCountUtil.release(this.kept);
		// Part of a frame may have left, and nothing may follow it.
		this.result.done((failure != null) ? this.broken.apply(failure) : null, taken);
	}

}
