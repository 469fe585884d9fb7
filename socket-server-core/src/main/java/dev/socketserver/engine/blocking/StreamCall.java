package dev.socketserver.engine.blocking;

import java.util.Map;

import dev.socketserver.DetailedHandler;
import dev.socketserver.FailureHandler;
import dev.socketserver.ServerHandler;
import dev.socketserver.StreamHandler;
import dev.socketserver.engine.handlers.InvokedSession;
import org.jspecify.annotations.Nullable;

/**
 * The call of a stream handler: the bytes are read and written as streams.
 */
public final class StreamCall implements BlockingInvoker.BlockingCall {

	private final ServerHandler.Streams handlers;

	/** Set when the call begins. */
	private volatile @Nullable StreamHandler handler;

	/**
	 * Creates the call of a session.
	 * @param handlers gives the instance for it
	 */
	public StreamCall(ServerHandler.Streams handlers) {
		this.handlers = handlers;
	}

	@Override
	public void run(BlockingInput input, BlockingOutput output, InvokedSession session) throws Exception {
		StreamHandler called = this.handlers.sessions().get();
		this.handler = called;
		SessionOutputStream out = new SessionOutputStream(output, session);
		called.handle(new SessionInputStream(input, out), out, session);
		out.flush();
	}

	@Override
	public @Nullable FailureHandler failures() {
		return this.handlers.failures();
	}

	@Override
	public Map<String, ?> details(InvokedSession session) throws Exception {
		StreamHandler asked = this.handler;
		return (asked != null) ? DetailedHandler.detailsOf(asked, session) : Map.of();
	}

}
