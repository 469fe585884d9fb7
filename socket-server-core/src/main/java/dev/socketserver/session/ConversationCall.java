package dev.socketserver.session;

import java.util.function.Supplier;

import dev.socketserver.ConversationHandler;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.Payloads;

/**
 * The call of a conversation handler.
 *
 * @param handlers gives the instance for a session
 * @param reader reads frames
 * @param writer writes what is sent
 */
record ConversationCall(Supplier<? extends ConversationHandler<?, ?>> handlers, PayloadConverter<?> reader,
		Payloads writer) implements BlockingDriver.Call {

	@Override
	@SuppressWarnings("unchecked") // the converter gives what the handler receives
	public void run(BlockingInput input, BlockingOutput output, Session session) throws Exception {
		ConversationHandler<Object, Object> handler = (ConversationHandler<Object, Object>) this.handlers.get();
		// What is built in has been converted already, where frames are cut.
		PayloadConverter<?> converter = Payloads.builtIn(this.reader) ? null : this.reader;
		handler.handle(new SessionConversation(input, output, session, converter, this.writer));
	}

}
