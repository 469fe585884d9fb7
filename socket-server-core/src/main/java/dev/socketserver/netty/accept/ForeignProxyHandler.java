package dev.socketserver.netty.accept;

import dev.socketserver.RejectReason;
import dev.socketserver.admission.ProxyHeader;
import dev.socketserver.admission.ProxyHeader.State;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Ends connections with a PROXY header of peers that may connect without one, and are not
 * trusted to send one: it must not be taken for true. Nothing waits for that: the stage
 * is done at once, and the bytes are checked as they pass.
 */
final class ForeignProxyHandler extends ChannelInboundHandlerAdapter {

	private static final String PROBLEM = "a PROXY header from an address that is not in proxy-protocol.trusted";

	private final PendingConnection connection;

	private final ProxyHeader header = new ProxyHeader();

	ForeignProxyHandler(PendingConnection connection) {
		this.connection = connection;
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		ByteBuf buffer = (ByteBuf) message;
		boolean beginning = this.header.isEmpty();
		State state = State.MORE;
		int end = buffer.readerIndex();
		while (end < buffer.writerIndex() && state == State.MORE) {
			state = this.header.add(buffer.getByte(end++));
			if (this.header.isRecognised()) {
				buffer.release();
				end();
				context.pipeline().remove(this);
				return;
			}
		}
		if (!this.connection.isPending()) {
			// The session checks its input itself, and may have to answer it.
			if (state == State.ABSENT) {
				context.pipeline().remove(this);
			}
			context.fireChannelRead(buffer);
		}
		else if (state == State.ABSENT) {
			context.pipeline().remove(this);
			if (!beginning) {
				byte[] all = this.header.held();
				context.fireChannelRead(context.alloc().buffer(all.length).writeBytes(all));
				buffer.readerIndex(end);
			}
			context.fireChannelRead(buffer);
		}
		else {
			// A handshake would fail because of these bytes. A ClientHello is
			// recognized by its first.
			buffer.release();
		}
	}

	private void end() {
		if (this.connection.isPending()) {
			this.connection.stageFailed(RejectReason.PROXY_REJECTED, PROBLEM);
		}
		else {
			this.connection.protocolError(PROBLEM);
		}
	}

}
