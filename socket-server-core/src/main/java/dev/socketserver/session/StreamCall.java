package dev.socketserver.session;

import java.util.function.Supplier;

import dev.socketserver.StreamHandler;

/**
 * The call of a stream handler: the bytes are read and written as streams.
 *
 * @param handlers gives the instance for a session
 */
record StreamCall(Supplier<? extends StreamHandler> handlers) implements BlockingDriver.Call {

	@Override
	public void run(BlockingInput input, BlockingOutput output, Session session) throws Exception {
		SessionOutputStream out = new SessionOutputStream(output, session);
		this.handlers.get().handle(new SessionInputStream(input, out), out, session);
		out.flush();
	}

}
