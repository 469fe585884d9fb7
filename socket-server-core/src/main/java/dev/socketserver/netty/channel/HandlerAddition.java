package dev.socketserver.netty.channel;

import java.util.List;

import dev.socketserver.SessionSpec;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import org.jspecify.annotations.Nullable;

/**
 * Stands in the pipeline of a connection while the application adds its handlers: what
 * one of them throws when it is added arrives here, and Netty would just go on without
 * that handler. Confined to the event loop.
 */
final class HandlerAddition extends ChannelDuplexHandler {

	private @Nullable Throwable failure;

	/**
	 * Whether it was closed; with io_uring the channel stays open for a while after that.
	 */
	private boolean closed;

	/**
	 * Has the application add its handlers, and leaves the pipeline, in which this stands
	 * until now.
	 * @param customizers add the handlers, in order, until one fails
	 * @param pipeline the pipeline of the connection
	 * @param spec what they learn of the connection
	 */
	void add(List<ConnectionCustomizer> customizers, ChannelPipeline pipeline, SessionSpec spec) {
		try {
			for (ConnectionCustomizer customizer : customizers) {
				customizer.customize(pipeline, spec);
			}
		}
		catch (Throwable ex) {
			// Errors, too: no other part would close a connection that has no session.
			this.failure = ex;
		}
		if (pipeline.context(this) != null) {
			pipeline.remove(this);
		}
	}

	/** What a customizer or a handler has thrown, if one has. */
	@Nullable Throwable failure() {
		return this.failure;
	}

	/** Whether one of them has closed the connection. */
	boolean closed() {
		return this.closed;
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		this.failure = cause;
	}

	@Override
	public void close(ChannelHandlerContext context, ChannelPromise promise) {
		this.closed = true;
		ChannelFuture unused = context.close(promise);
	}

}
