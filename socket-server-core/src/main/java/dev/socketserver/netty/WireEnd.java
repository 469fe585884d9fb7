package dev.socketserver.netty;

import java.io.IOException;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;

/**
 * Stands where a pipeline with handlers of the application's meets the wire, and knows
 * whether the connection itself has failed: what such handlers throw may be an
 * {@link IOException} as well, of a codec say, and none of the peer's doing. Confined to
 * the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures come back as events
final class WireEnd extends ChannelDuplexHandler {

	private boolean failed;

	/** Whether reading or writing has failed. */
	boolean failed() {
		return this.failed;
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		// What cannot be added to the pipeline comes by here, too.
		this.failed |= cause instanceof IOException;
		context.fireExceptionCaught(cause);
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		context.write(message, promise.unvoid().addListener((written) -> this.failed |= !written.isSuccess()));
	}

}
