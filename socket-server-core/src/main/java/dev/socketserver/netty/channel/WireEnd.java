package dev.socketserver.netty.channel;

import java.io.IOException;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import org.jspecify.annotations.Nullable;

/**
 * Stands at the socket's end of a pipeline with handlers of the application, and knows
 * whether the connection itself has failed: an {@link IOException} may also come from
 * such a handler, a codec for instance, and then is not the peer's doing. The session
 * decides here, and not only in its own place, whether to read, and on which loop its
 * connection is served. Confined to the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures come back as events
final class WireEnd extends ChannelDuplexHandler {

	private @Nullable IOException failure;

	/** Promises of handlers with threads of their own tell there. */
	private volatile boolean writeFailed;

	private @Nullable ChannelHandlerContext context;

	private boolean reading = true;

	/** Whether reading or writing has failed. */
	boolean failed() {
		return this.failure != null || this.writeFailed;
	}

	/** Why reading has failed, if it has. */
	@Nullable IOException failure() {
		return this.failure;
	}

	/**
	 * Whether the session wants to have what the peer sends. If not, nobody is to read:
	 * what shapes traffic, say, turns the channel's auto-read on by itself.
	 */
	void reading(boolean on) {
		boolean before = this.reading;
		this.reading = on;
		if (on && !before && this.context != null) {
			// A handler may have turned it on meanwhile, in vain.
			this.context.read();
		}
	}

	@Override
	public void handlerAdded(ChannelHandlerContext context) {
		this.context = context;
	}

	@Override
	public void read(ChannelHandlerContext context) {
		if (this.reading) {
			context.read();
		}
	}

	/** Off its loop nobody would hear of it again, and another has other sessions. */
	@Override
	public void channelUnregistered(ChannelHandlerContext context) {
		if (context.channel().isOpen()) {
			context.fireExceptionCaught(
					new IllegalStateException("a handler has taken the connection from its event loop"));
			context.close();
		}
		context.fireChannelUnregistered();
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		// What cannot be added to the pipeline comes by here, too.
		if (cause instanceof IOException broken) {
			this.failure = broken;
		}
		context.fireExceptionCaught(cause);
		if (cause instanceof IOException) {
			// The session would close it, if no handler keeps that to itself.
			context.close();
		}
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		context.write(message, promise.unvoid().addListener((written) -> {
			if (!written.isSuccess()) {
				this.writeFailed = true;
			}
		}));
	}

}
