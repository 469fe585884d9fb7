package dev.socketserver.engine.session;

import dev.socketserver.ServerHandler;
import dev.socketserver.SessionSpec.InboundOverflow;
import dev.socketserver.SessionSpec;
import dev.socketserver.engine.blocking.BlockingInvoker;
import dev.socketserver.engine.blocking.ConversationCall;
import dev.socketserver.engine.blocking.StreamCall;
import dev.socketserver.engine.handlers.InvokedSession;
import dev.socketserver.engine.handlers.Invoker;
import dev.socketserver.engine.handlers.MessageInvoker;
import dev.socketserver.engine.input.Inbox;
import dev.socketserver.engine.lane.LaneScheduler;
import dev.socketserver.engine.lane.SessionThreads;
import dev.socketserver.engine.output.Outbox;
import dev.socketserver.engine.state.Bounds;
import dev.socketserver.payload.Payloads;

/**
 * The invokers, by the forms of handlers.
 */
final class Invokers {

	private Invokers() {
	}

	/**
	 * Returns what calls the handler of a session.
	 * @param session the session
	 * @param bounds how much may wait for the handler
	 * @param payloads turns what is sent into bytes
	 * @param threads starts threads for handlers that block
	 * @param inbox counts what waits for the handler
	 * @param outbox takes what the handler sends
	 * @param scheduler runs the session's lane
	 */
	static Invoker of(InvokedSession session, Bounds<InboundOverflow> bounds, Payloads payloads, SessionThreads threads,
			Inbox inbox, Outbox outbox, LaneScheduler scheduler) {
		SessionSpec spec = session.spec();
		if (spec.handler() instanceof ServerHandler.Messages) {
			return new MessageInvoker(session, bounds, inbox, scheduler);
		}
		BlockingInvoker.Call call;
		if (spec.handler() instanceof ServerHandler.Streams streams) {
			call = new StreamCall(streams.sessions());
		}
		else {
			ServerHandler.Conversations conversations = (ServerHandler.Conversations) spec.handler();
			call = new ConversationCall(conversations.sessions(), conversations.input(), payloads);
		}
		return new BlockingInvoker(session, call, bounds, inbox, outbox, scheduler, threads);
	}

}
