package dev.socketserver.netty.channel;

import java.io.IOException;

import javax.net.ssl.SSLException;

import dev.socketserver.engine.connection.OutputBytes;
import dev.socketserver.netty.tls.TlsRecords;
import dev.socketserver.netty.transport.DirectOutput;
import dev.socketserver.netty.transport.LoopBuffers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * The output of a connection with a session, up to its end in good order: what the
 * session writes is offered to the socket directly where nobody is in front of it, and
 * left to Netty otherwise. All fields are confined to the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures come back as events
abstract class ChannelOutput extends ChannelEnds {

	/** RFC 5246, section 7.2.1; TLS 1.3 has ends of each direction. */
	static final String ENDED_BY_PEER = "the peer has ended the connection, which with TLS 1.2 ends "
			+ "both directions, before everything was sent";

	/**
	 * The write of the session that is with Netty, and that the system has not taken yet.
	 */
	private @Nullable Write writing;

	// None of these three follows from another: with TLS, the peer may end its input and
	// not the TCP connection, and the other way round.

	/** Whether the session was notified that the input has ended. */
	boolean inputEnded;

	/** Whether the peer has ended its side of the TCP connection. */
	boolean inputShut;

	/** Whether the end of our output was sent. */
	boolean outputShut;

	/** Present once the output is ending for good. */
	@Nullable LingeringClose lingering;

	/** How many bytes were read in vain before the output has ended. */
	int readInVain;

	ChannelOutput(SessionHost host, SocketChannel channel) {
		super(host, channel);
	}

	/** Drops all input from now on. */
	abstract void drop();

	/** How many bytes the write has that Netty is doing. */
	int lengthWriting() {
		return (this.writing != null) ? this.writing.length : 0;
	}

	/**
	 * Stops reading a flood until the session, which is about to do so, closes the
	 * connection.
	 */
	void readInVain(int bytes) {
		this.readInVain += bytes;
		if (this.readInVain >= LingeringClose.MOST_READ) {
			read(false);
		}
	}

	// What the session asks for.

	@Override
	public void write(OutputBytes bytes, WriteResult result) {
		int taken = 0;
		ByteBuf rest = null;
		try {
			// Only then: a handler in front has to see what leaves. Past TLS, plain bytes
			// would leave.
			boolean alone = this.channel.pipeline().first() == this;
			taken = alone ? DirectOutput.offer(this.channel, bytes) : 0;
			if (taken < bytes.size()) {
				rest = rest(bytes, taken);
			}
		}
		catch (IOException | RuntimeException | Error ex) {
			// Whatever it is: without a result the session would wait for ever.
			result.done(failed(ex), taken);
			return;
		}
		if (rest != null) {
			if (this.readInVain > 0) {
				// A peer that is stuck in writing would never read it.
				this.readInVain = 0;
				read(true);
			}
			write(rest, bytes.size(), result);
		}
		else {
			result.done(null, taken);
		}
	}

	/**
	 * Makes a buffer of what the system has not taken yet. From now on the bytes are held
	 * only there.
	 */
	ByteBuf rest(OutputBytes bytes, int taken) {
		// Unless it was measured when it was offered.
		bytes.measure(LoopBuffers.get().scratch());
		int length = bytes.size() - taken;
		if (this.tls != null) {
			// The JVM's TLS works on arrays.
			byte[] array = bytes.array();
			bytes.drop();
			return Unpooled.wrappedBuffer(array, taken, length);
		}
		// One byte more, for text at the end.
		ByteBuf rest = this.channel.alloc().directBuffer(length + 1);
		boolean copied = false;
		try {
			bytes.copyTo(taken, rest.internalNioBuffer(0, length + 1));
			copied = true;
		}
		finally {
			if (!copied) {
				rest.release();
			}
		}
		rest.writerIndex(length);
		bytes.drop();
		return rest;
	}

	/** Has Netty write what is left of so many bytes. */
	void write(ByteBuf rest, int size, WriteResult result) {
		// Netty moves the reader index after the bytes that the system has taken.
		boolean counts = this.channel.pipeline().first() == this;
		Write write = new Write(size, rest.readableBytes(), counts ? rest.retain() : null, result);
		this.writing = write;
		if (this.tls != null && !this.customized) {
			// Of each record that is full we hear when the system has taken it.
			while (rest.readableBytes() > TlsRecords.CONTENT) {
				this.channel.write(rest.readRetainedSlice(TlsRecords.CONTENT)).addListener(write::recordDone);
			}
		}
		this.channel.writeAndFlush(rest).addListener((future) -> write.done(future.cause()));
	}

	@Override
	public void reading(boolean on) {
		// There is nothing to read after the end of the stream.
		if (!this.inputEnded) {
			read(on);
		}
	}

	void read(boolean on) {
		this.channel.config().setAutoRead(on);
	}

	@Override
	public void shutdownOutput() {
		if (this.tls != null) {
			// After the close_notify, which would be dropped otherwise.
			this.tls.closeOutbound().addListener((sent) -> endOutput());
		}
		else if (this.customized) {
			afterHandlers(this::endOutput);
		}
		else {
			endOutput();
		}
	}

	/**
	 * Does something when everything has left that handlers of the application have
	 * written by themselves: the end of the output would drop it.
	 */
	void afterHandlers(Runnable then) {
		ChannelHandlerContext first = this.channel.pipeline().firstContext();
		first.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((sent) -> then.run());
	}

	void endOutput() {
		this.outputShut = true;
		this.channel.shutdownOutput();
		if (this.lingering != null) {
			closeIfShut();
		}
	}

	@Override
	public void close() {
		boolean inputOver = this.inputShut && this.tls == null;
		if ((inputOver && !this.customized) || !this.channel.isActive()) {
			this.channel.close();
			return;
		}
		LingeringClose begun = new LingeringClose(this.channel, this::handlersHave, this::closeNow,
				this.session == null || this.session.state().bytesSent() > 0, this.readInVain);
		this.lingering = begun;
		if (inputOver) {
			// The handlers of the application are asked first, and may have a last word
			// to send.
			afterHandlers(this.channel::close);
		}
		else {
			shutdownOutput();
			drop();
			read(true);
		}
		begun.begin();
	}

	/** Bytes have come from the peer. */
	void heard(int bytes) {
		if (this.lingering != null) {
			this.lingering.heard(bytes);
		}
	}

	void closeIfShut() {
		if (this.inputShut && this.outputShut) {
			closeNow();
		}
	}

	/** How much stands before the end of the output, and has not left yet. */
	long handlersHave() {
		return (this.customized && !this.outputShut && this.channel.isOpen()) ? unwritten() : 0;
	}

	/** A write that Netty has to do; one at a time. */
	private final class Write {

		private final int size;

		private final int length;

		/**
		 * Kept to determine how much the system has taken; absent where others are in
		 * front of the session.
		 */
		private final @Nullable ByteBuf kept;

		/** How many bytes were in full TLS records that the system has taken. */
		private int takenRecords;

		private final WriteResult result;

		Write(int size, int length, @Nullable ByteBuf kept, WriteResult result) {
			this.size = size;
			this.length = length;
			this.kept = kept;
			this.result = result;
		}

		/** A full TLS record has left, or never will. */
		void recordDone(io.netty.util.concurrent.Future<? super Void> record) {
			if (record.isSuccess()) {
				this.takenRecords += TlsRecords.CONTENT;
			}
			else {
				done(record.cause());
			}
		}

		/** The write has left, or never will. Notified once. */
		void done(@Nullable Throwable failure) {
			ChannelOutput channel = ChannelOutput.this;
			if (channel.writing != this) {
				return;
			}
			channel.writing = null;
			int taken = (this.kept != null) ? this.size - this.kept.readableBytes() : this.takenRecords;
			ReferenceCountUtil.release(this.kept);
			Throwable first = null;
			if (failure != null) {
				// Part of a frame may have left, and nothing may follow it.
				first = channel.broken((channel.tls != null && channel.inputEnded && failure instanceof SSLException)
						? new IOException(ENDED_BY_PEER, failure) : failure);
			}
			this.result.done(first, taken);
		}

	}

}
