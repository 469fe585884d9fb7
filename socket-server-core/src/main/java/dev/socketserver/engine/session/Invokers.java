package dev.socketserver.engine.session;

import dev.socketserver.ServerHandler;
import dev.socketserver.SessionSpec;
import dev.socketserver.engine.blocking.BlockingInvoker;
import dev.socketserver.engine.blocking.ConversationCall;
import dev.socketserver.engine.blocking.StreamCall;
import dev.socketserver.engine.handlers.InvokedSession;
import dev.socketserver.engine.handlers.Invoker;
import dev.socketserver.engine.handlers.MessageInvoker;
import dev.socketserver.engine.input.SessionInput;
import dev.socketserver.engine.lane.LaneScheduler;

/**
 * The invokers, by the forms of handlers.
 */
final class Invokers {

	private Invokers() {
	}

	/**
	 * Returns what calls the handler of a session, whose outbox is there already.
	 * @param session the session
	 * @param context what it shares with the others of its server or client
	 * @param input counts what waits for the handler
	 * @param scheduler runs the session's lane
	 */
	static Invoker of(InvokedSession session, SessionContext context, SessionInput input, LaneScheduler scheduler) {
		SessionSpec spec = context.spec();
		if (spec.handler() instanceof ServerHandler.Messages) {
			return new MessageInvoker(session, context.reader(), context.inbound(), input, scheduler);
		}
		BlockingInvoker.BlockingCall call;
		if (spec.handler() instanceof ServerHandler.Streams streams) {
			call = new StreamCall(streams);
		}
		else {
			ServerHandler.Conversations conversations = (ServerHandler.Conversations) spec.handler();
			call = new ConversationCall(conversations, context.payloads());
		}
		return new BlockingInvoker(session, call, context.inbound(), input, scheduler, context.threads());
	}

}
