package dev.socketserver.netty.channel;

import java.io.IOException;
import java.util.List;

import dev.socketserver.SessionSpec;
import dev.socketserver.engine.log.LoggedFailure;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.engine.session.SessionContext;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import org.jspecify.annotations.Nullable;

/**
 * The handlers that the application adds to the pipeline of one connection, in front of
 * its session. On the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures are reported as events
final class CustomHandlers {

	private static final SafeLogger logger = SafeLogger.of(SessionChannel.class);

	private final Channel channel;

	CustomHandlers(Channel channel) {
		this.channel = channel;
	}

	/**
	 * Has the application add them, and puts what opens the session behind them.
	 * @param before in whose place all of these stand from now on
	 * @param host what the connection belongs to
	 * @param opening opens the session
	 * @return whether there is to be a session
	 */
	boolean add(ChannelHandler before, SessionHost host, ChannelHandler opening) {
		ChannelPipeline pipeline = this.channel.pipeline();
		HandlerAddition addition = new HandlerAddition();
		pipeline.replace(before, null, addition);
		boolean added = added(addition, host.customizers(), host.sessionContext());
		pipeline.addLast(opening);
		return added;
	}

	private boolean added(HandlerAddition addition, List<ConnectionCustomizer> customizers, SessionContext context) {
		addition.add(customizers, this.channel.pipeline(), context.spec());
		Throwable failure = addition.failure();
		if (failure != null) {
			logFailure(context, "{}: a connection was closed, since a customizer of its pipeline failed", failure);
			return false;
		}
		return !addition.closed() && this.channel.isOpen();
	}

	/** Something in a pipeline has failed: a handler of the application, perhaps. */
	static void failed(SessionHost host, Throwable failure) {
		if (!host.customizers().isEmpty() && !(failure instanceof IOException)) {
			logFailure(host.sessionContext(), "{}: a handler of the pipeline failed", failure);
		}
	}

	private static void logFailure(SessionContext context, String line, Throwable failure) {
		SessionSpec spec = context.spec();
		context.diagnostics()
			.failureLog()
			.log("failures in customized pipelines", failure, 10,
					() -> logger.error(line, spec.title(), LoggedFailure.of(failure)));
	}

	/** Returns the first of them that is still there. */
	@Nullable ChannelHandlerContext first() {
		return this.channel.pipeline().firstContext();
	}

	/**
	 * Does something when everything has left that they have written by themselves: the
	 * end of the output would drop it.
	 */
	void afterOutput(Runnable then) {
		this.channel.pipeline().firstContext().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((sent) -> then.run());
	}

}
