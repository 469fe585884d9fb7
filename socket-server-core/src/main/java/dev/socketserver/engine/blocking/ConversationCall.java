package dev.socketserver.engine.blocking;

import java.util.Map;

import dev.socketserver.ConversationHandler;
import dev.socketserver.DetailedHandler;
import dev.socketserver.FailureHandler;
import dev.socketserver.ServerHandler;
import dev.socketserver.engine.handlers.InvokedSession;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.Payloads;
import org.jspecify.annotations.Nullable;

/**
 * The call of a conversation handler.
 */
public final class ConversationCall implements BlockingInvoker.BlockingCall {

	private final ServerHandler.Conversations handlers;

	private final Payloads writer;

	/** Set when the call begins. */
	private volatile @Nullable ConversationHandler<Object, Object> handler;

	/**
	 * Creates the call of a session.
	 * @param handlers gives the instance for it, and reads frames
	 * @param writer writes what is sent
	 */
	public ConversationCall(ServerHandler.Conversations handlers, Payloads writer) {
		this.handlers = handlers;
		this.writer = writer;
	}

	@Override
	@SuppressWarnings("unchecked") // the converter gives what the handler receives
	public void run(BlockingInput input, BlockingOutput output, InvokedSession session) throws Exception {
		ConversationHandler<Object, Object> called = (ConversationHandler<Object, Object>) this.handlers.sessions()
			.get();
		this.handler = called;
		// What is built in has been converted already, where frames are decoded.
		PayloadConverter<?> reader = this.handlers.input();
		PayloadConverter<?> converter = Payloads.builtIn(reader) ? null : reader;
		SessionConversation conversation = new SessionConversation(input, output, session, converter, this.writer);
		try {
			called.handle(conversation);
			conversation.handled(null);
		}
		catch (Throwable ex) {
			conversation.handled(ex);
			throw ex;
		}
	}

	@Override
	public @Nullable FailureHandler failures() {
		return this.handlers.failures();
	}

	@Override
	public Map<String, ?> details(InvokedSession session) throws Exception {
		ConversationHandler<Object, Object> asked = this.handler;
		return (asked != null) ? DetailedHandler.detailsOf(asked, session) : Map.of();
	}

}
