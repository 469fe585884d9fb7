package dev.socketserver.engine.blocking;

import java.util.Map;
import java.util.function.Supplier;

import dev.socketserver.DetailedHandler;
import dev.socketserver.StreamHandler;
import dev.socketserver.engine.handlers.InvokedSession;
import org.jspecify.annotations.Nullable;

/**
 * The call of a stream handler: the bytes are read and written as streams.
 */
public final class StreamCall implements BlockingInvoker.Call {

	private final Supplier<? extends StreamHandler> handlers;

	/** Set when the call begins. */
	private volatile @Nullable StreamHandler handler;

	/**
	 * Creates the call of a session.
	 * @param handlers gives the instance for it
	 */
	public StreamCall(Supplier<? extends StreamHandler> handlers) {
		this.handlers = handlers;
	}

	@Override
	public void run(BlockingInput input, BlockingOutput output, InvokedSession session) throws Exception {
		StreamHandler called = this.handlers.get();
		this.handler = called;
		SessionOutputStream out = new SessionOutputStream(output, session);
		called.handle(new SessionInputStream(input, out), out, session);
		out.flush();
	}

	@Override
	public Map<String, ?> details(InvokedSession session) throws Exception {
		StreamHandler asked = this.handler;
		return (asked != null) ? DetailedHandler.detailsOf(asked, session) : Map.of();
	}

}
