package dev.socketserver.netty.accept;

import dev.socketserver.RejectReason;
import dev.socketserver.admission.ProxyHeader;
import dev.socketserver.admission.ProxyHeader.State;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;

/**
 * Reads the PROXY header in front of what a trusted proxy relays. If the header is
 * required, it must be sent. If it is optional the first bytes show whether it does, and
 * they have to arrive in time as well. Keeps no buffer, so that nothing can leak. Leaves
 * the pipeline when the header was read.
 */
final class ProxyHeaderHandler extends ChannelInboundHandlerAdapter {

	private final PendingConnection connection;

	private final boolean required;

	private final ProxyHeader header = new ProxyHeader();

	ProxyHeaderHandler(PendingConnection connection, boolean required) {
		this.connection = connection;
		this.required = required;
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		ByteBuf buffer = (ByteBuf) message;
		boolean passedOn = false;
		try {
			State state = State.MORE;
			while (state == State.MORE && buffer.isReadable() && this.connection.isPending()) {
				state = this.header.add(buffer.readByte());
			}
			if (isDone(context, state)) {
				passedOn = buffer.isReadable();
				if (passedOn) {
					context.pipeline().fireChannelRead(buffer);
				}
			}
		}
		finally {
			if (!passedOn) {
				buffer.release();
			}
		}
	}

	/** Whether what follows is the next one's. */
	private boolean isDone(ChannelHandlerContext context, State state) {
		switch (state) {
			case PROXIED -> {
				if (!this.connection.proxied(this.header.source(), this.header.destination())) {
					return false;
				}
				done(context);
			}
			case LOCAL -> done(context);
			case ABSENT -> {
				if (this.required) {
					fail("no PROXY header, and proxy-protocol.mode is required");
					return false;
				}
				passOnHeld(context);
			}
			case INVALID -> {
				fail("a wrong PROXY header: " + this.header.problem());
				return false;
			}
			default -> {
				return false;
			}
		}
		return true;
	}

	/**
	 * Bytes after the header are passed on through the whole pipeline: the application
	 * may have added handlers in front.
	 */
	private void done(ChannelHandlerContext context) {
		this.connection.stageDone();
		context.pipeline().remove(this);
	}

	private void passOnHeld(ChannelHandlerContext context) {
		done(context);
		byte[] held = this.header.held();
		context.pipeline().fireChannelRead(context.alloc().buffer(held.length).writeBytes(held));
	}

	private void fail(String problem) {
		this.connection.stageFailed(RejectReason.PROXY_REJECTED, problem);
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (event instanceof ChannelInputShutdownEvent && this.connection.isPending() && !this.header.isEmpty()) {
			if (this.required || this.header.isRecognised()) {
				fail("half a PROXY header at the end of the input");
				return;
			}
			// The input has ended: there is no header.
			passOnHeld(context);
		}
		context.fireUserEventTriggered(event);
	}

}
