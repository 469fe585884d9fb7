package dev.socketserver.engine.blocking;

import java.util.Map;
import java.util.function.Supplier;

import dev.socketserver.ConversationHandler;
import dev.socketserver.DetailedHandler;
import dev.socketserver.engine.handlers.InvokedSession;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.Payloads;
import org.jspecify.annotations.Nullable;

/**
 * The call of a conversation handler.
 */
public final class ConversationCall implements BlockingInvoker.Call {

	private final Supplier<? extends ConversationHandler<?, ?>> handlers;

	private final PayloadConverter<?> reader;

	private final Payloads writer;

	/** Set when the call begins. */
	private volatile @Nullable ConversationHandler<Object, Object> handler;

	/**
	 * Creates the call of a session.
	 * @param handlers gives the instance for it
	 * @param reader reads frames
	 * @param writer writes what is sent
	 */
	public ConversationCall(Supplier<? extends ConversationHandler<?, ?>> handlers, PayloadConverter<?> reader,
			Payloads writer) {
		this.handlers = handlers;
		this.reader = reader;
		this.writer = writer;
	}

	@Override
	@SuppressWarnings("unchecked") // the converter gives what the handler receives
	public void run(BlockingInput input, BlockingOutput output, InvokedSession session) throws Exception {
		ConversationHandler<Object, Object> called = (ConversationHandler<Object, Object>) this.handlers.get();
		this.handler = called;
		// What is built in has been converted already, where frames are decoded.
		PayloadConverter<?> converter = Payloads.builtIn(this.reader) ? null : this.reader;
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
	public Map<String, ?> details(InvokedSession session) throws Exception {
		ConversationHandler<Object, Object> asked = this.handler;
		return (asked != null) ? DetailedHandler.detailsOf(asked, session) : Map.of();
	}

}
