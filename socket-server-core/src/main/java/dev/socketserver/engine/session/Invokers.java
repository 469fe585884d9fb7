package dev.socketserver.engine.session;

import dev.socketserver.ServerHandler;
import dev.socketserver.engine.blocking.BlockingCall;
import dev.socketserver.engine.blocking.BlockingInvoker;
import dev.socketserver.engine.handlers.FrameReader;
import dev.socketserver.engine.handlers.InvokedSession;
import dev.socketserver.engine.handlers.Invoker;
import dev.socketserver.engine.handlers.MessageInvoker;
import dev.socketserver.engine.lane.LaneScheduler;
import dev.socketserver.engine.lane.SessionThreads;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.payload.Payloads;
import dev.socketserver.spec.InboundOverflow;
import org.jspecify.annotations.Nullable;

/**
 * The invokers, by the forms of handlers.
 */
final class Invokers {

	private Invokers() {
	}

	/**
	 * Returns what calls the handler of a session, whose input and outbox are there
	 * already.
	 * @param session the session
	 * @param reader reads frames for the handler; {@code null} if it gets them as they
	 * are
	 * @param payloads what turns payloads that are sent into bytes
	 * @param inbound how much may wait for the handler
	 * @param scheduler runs the session's lane
	 * @param threads starts threads for handlers that block
	 */
	static Invoker of(InvokedSession session, @Nullable FrameReader reader, Payloads payloads,
			Bounds<InboundOverflow> inbound, LaneScheduler scheduler, SessionThreads threads) {
		ServerHandler handler = session.spec().handler();
		if (handler instanceof ServerHandler.Messages) {
			return new MessageInvoker(session, reader, inbound, scheduler);
		}
		return new BlockingInvoker(session, new BlockingCall(handler, payloads), inbound, scheduler, threads);
	}

}
