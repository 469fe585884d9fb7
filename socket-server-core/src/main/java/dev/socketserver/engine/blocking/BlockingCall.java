package dev.socketserver.engine.blocking;

import java.util.Map;

import dev.socketserver.ConversationHandler;
import dev.socketserver.DetailedHandler;
import dev.socketserver.FailureHandler;
import dev.socketserver.ServerHandler;
import dev.socketserver.StreamHandler;
import dev.socketserver.engine.handlers.InvokedSession;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.Payloads;
import org.jspecify.annotations.Nullable;

/**
 * The call of a handler that blocks, in one of its forms. One object for each session.
 */
public final class BlockingCall {

	private final ServerHandler handlers;

	private final Payloads writer;

	/** Set when the call begins. */
	private volatile @Nullable Object handler;

	/**
	 * Creates the call of a session.
	 * @param handlers gives the instance for it; those of streams or conversations
	 * @param writer writes what a conversation sends
	 */
	public BlockingCall(ServerHandler handlers, Payloads writer) {
		this.handlers = handlers;
		this.writer = writer;
	}

	/**
	 * Calls the handler, once.
	 * @param input what the handler reads from
	 * @param output what it sends with
	 * @param session the session
	 * @throws Exception whatever the handler throws
	 */
	void run(BlockingInput input, BlockingOutput output, InvokedSession session) throws Exception {
		if (this.handlers instanceof ServerHandler.Streams streams) {
			StreamHandler called = streams.sessions().get();
			this.handler = called;
			SessionOutputStream out = new SessionOutputStream(output, session);
			called.handle(new SessionInputStream(input, out), out, session);
			out.flush();
		}
		else {
			converse((ServerHandler.Conversations) this.handlers, input, output, session);
		}
	}

	@SuppressWarnings("unchecked") // the converter gives what the handler receives
	private void converse(ServerHandler.Conversations conversations, BlockingInput input, BlockingOutput output,
			InvokedSession session) throws Exception {
		ConversationHandler<Object, Object> called = (ConversationHandler<Object, Object>) conversations.sessions()
			.get();
		this.handler = called;
		// What is built in has been converted already, where frames are decoded.
		PayloadConverter<?> reader = conversations.input();
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

	/** Returns who is notified of what the handler throws, if anybody is. */
	@Nullable FailureHandler failures() {
		return (this.handlers instanceof ServerHandler.Streams streams) ? streams.failures()
				: ((ServerHandler.Conversations) this.handlers).failures();
	}

	/**
	 * Asks the handler what it has to say about the session. Beside the call.
	 * @param session the session
	 * @return what it says, which is nothing before the call
	 * @throws Exception whatever the handler throws
	 */
	Map<String, ?> details(InvokedSession session) throws Exception {
		Object asked = this.handler;
		return (asked != null) ? DetailedHandler.detailsOf(asked, session) : Map.of();
	}

}
