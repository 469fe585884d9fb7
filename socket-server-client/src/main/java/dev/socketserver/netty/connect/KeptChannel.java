package dev.socketserver.netty.connect;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

import dev.socketserver.netty.channel.SessionOpening;
import dev.socketserver.netty.tls.SessionTls;
import dev.socketserver.netty.workaround.EpollWorkaround;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * A connection that carries nothing, before it has a session, if it ever has one. What
 * the server says meanwhile waits for the session, up to a limit. Confined to the event
 * loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what closes notifies its listeners
final class KeptChannel extends ChannelInboundHandlerAdapter {

	/** How many bytes of the server are kept until it is not read from any more. */
	private static final int MOST_BYTES = 64 * 1024;

	private final Consumer<Throwable> lost;

	private final DuplexChannel channel;

	private final @Nullable SessionTls tls;

	private final Deque<Object> input = new ArrayDeque<>(1);

	private int bytes;

	/**
	 * Creates the handler.
	 * @param lost is notified of the end of the connection
	 * @param channel the connection
	 * @param tls the TLS of the connection, if it is encrypted
	 */
	KeptChannel(Consumer<Throwable> lost, DuplexChannel channel, @Nullable SessionTls tls) {
		this.lost = lost;
		this.channel = channel;
		this.tls = tls;
	}

	/**
	 * Gives its place to a session, which gets what the server has said.
	 * @param opening opens the session
	 */
	void open(SessionOpening opening) {
		ChannelPipeline pipeline = this.channel.pipeline();
		ChannelHandler before = new ChannelHandlerAdapter() {
		};
		pipeline.addBefore(pipeline.context(this).name(), null, before);
		ChannelHandlerContext context = pipeline.context(before);
		Deque<Object> waiting = new ArrayDeque<>(this.input);
		this.input.clear();
		if (this.tls != null) {
			opening.secured(this.tls);
		}
		if (isFull()) {
			// Before the session, which may not want to read.
			this.channel.config().setAutoRead(true);
		}
		opening.open(this, null, null);
		if (!waiting.isEmpty()) {
			waiting.forEach(context::fireChannelRead);
			context.fireChannelReadComplete();
		}
		pipeline.remove(before);
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		this.input.add(message);
		this.bytes += (message instanceof ByteBuf buffer) ? buffer.readableBytes() : 0;
		if (isFull()) {
			this.channel.config().setAutoRead(false);
		}
	}

	private boolean isFull() {
		return this.bytes > MOST_BYTES;
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent
				|| event == EpollWorkaround.Lost.AFTER_INPUT) {
			lost(new IOException("the server has ended the connection"));
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		lost(cause);
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		lost(new IOException("the server has ended the connection"));
	}

	private void lost(Throwable cause) {
		this.lost.accept(cause);
		this.channel.close();
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext context) {
		this.input.forEach(ReferenceCountUtil::release);
		this.input.clear();
	}

}
