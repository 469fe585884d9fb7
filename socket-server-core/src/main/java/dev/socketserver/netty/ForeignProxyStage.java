package dev.socketserver.netty;

import java.time.Duration;

import dev.socketserver.RejectReason;
import dev.socketserver.ServerSpec;
import dev.socketserver.admission.ProxyHeader;
import dev.socketserver.admission.ProxyHeader.State;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Ends connections with a PROXY header of peers that may connect without one, and are not
 * trusted to send one: nobody must take it for true. Nothing waits for that: the stage is
 * done at once, and the bytes are looked at as they pass.
 */
final class ForeignProxyStage implements ConnectionStage {

	@Override
	public Duration timeout() {
		return ServerSpec.ProxyProtocol.HEADER_TIMEOUT;
	}

	@Override
	public RejectReason reason() {
		return RejectReason.PROXY_REJECTED;
	}

	@Override
	public boolean waits() {
		return false;
	}

	@Override
	public void begin(PendingConnection connection) {
		connection.addHandler(new Handler(connection));
		connection.stageDone();
	}

	private static final class Handler extends ChannelInboundHandlerAdapter {

		private static final String PROBLEM = "a PROXY header from an address that is not in proxy-protocol.trusted";

		private final PendingConnection connection;

		private final ProxyHeader header = new ProxyHeader();

		Handler(PendingConnection connection) {
			this.connection = connection;
		}

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			ByteBuf buffer = (ByteBuf) message;
			State state = State.MORE;
			for (int i = buffer.readerIndex(); i < buffer.writerIndex() && state == State.MORE; i++) {
				state = this.header.add(buffer.getByte(i));
				if (this.header.isRecognised()) {
					buffer.release();
					end();
					context.pipeline().remove(this);
					return;
				}
			}
			if (state == State.ABSENT) {
				context.pipeline().remove(this);
			}
			context.fireChannelRead(buffer);
		}

		private void end() {
			if (this.connection.isPending()) {
				this.connection.stageFailed(RejectReason.PROXY_REJECTED, new ProxyHeaderException(PROBLEM));
			}
			else {
				this.connection.session().protocolError(PROBLEM);
			}
		}

	}

}
