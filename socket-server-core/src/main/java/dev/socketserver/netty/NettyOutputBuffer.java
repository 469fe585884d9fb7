package dev.socketserver.netty;

import dev.socketserver.session.OutputBuffer;
import io.netty.buffer.ByteBuf;

/** An output buffer that is a Netty buffer. */
final class NettyOutputBuffer implements OutputBuffer {

	private final ByteBuf buffer;

	NettyOutputBuffer(ByteBuf buffer) {
		this.buffer = buffer;
	}

	/** Returns the Netty buffer, which is the caller's to release from now on. */
	ByteBuf handOver() {
		return this.buffer;
	}

	@Override
	public void writeByte(int value) {
		this.buffer.writeByte(value);
	}

	@Override
	public void writeInt(int value) {
		this.buffer.writeInt(value);
	}

	@Override
	public void write(byte[] bytes) {
		this.buffer.writeBytes(bytes);
	}

	@Override
	public void append(OutputBuffer other) {
		ByteBuf more = ((NettyOutputBuffer) other).buffer;
		this.buffer.writeBytes(more, more.readerIndex(), more.readableBytes());
	}

	@Override
	public void write(byte[] bytes, int offset, int length) {
		this.buffer.writeBytes(bytes, offset, length);
	}

	@Override
	public int size() {
		return this.buffer.writerIndex();
	}

	@Override
	public void truncate(int size) {
		this.buffer.writerIndex(size);
	}

	@Override
	public void release() {
		this.buffer.release();
	}

}
