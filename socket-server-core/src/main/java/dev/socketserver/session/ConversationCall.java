package dev.socketserver.session;

import java.util.function.Supplier;

import dev.socketserver.ConversationHandler;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.Payloads;

/**
 * The call of a conversation handler.
 *
 * @param handlers gives the instance for a session
 * @param input reads frames
 * @param output writes what is sent
 */
record ConversationCall(Supplier<? extends ConversationHandler<?, ?>> handlers, PayloadConverter<?> input,
		Payloads output) implements BlockingDriver.Call {

	@Override
	@SuppressWarnings("unchecked") // the converter gives what the handler receives
	public void run(BlockingDriver driver, Session session) throws Exception {
		ConversationHandler<Object, Object> handler = (ConversationHandler<Object, Object>) this.handlers.get();
		// What is built in has been converted already, where frames are cut.
		PayloadConverter<?> converter = Payloads.builtIn(this.input) ? null : this.input;
		handler.handle(new SessionConversation(driver, session, converter, this.output));
	}

}
