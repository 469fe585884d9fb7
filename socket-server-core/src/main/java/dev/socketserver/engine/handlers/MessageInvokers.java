package dev.socketserver.engine.handlers;

import dev.socketserver.ServerHandler;
import dev.socketserver.engine.lane.LaneScheduler;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spi.PreparingHandlers;
import org.jspecify.annotations.Nullable;

/**
 * Makes the invokers of handlers of messages, each with the place where frames wait for
 * it.
 */
public final class MessageInvokers {

	private MessageInvokers() {
	}

	/**
	 * Makes the invoker of a session, whose input is there already.
	 * @param session the session
	 * @param reader reads frames for the handler; {@code null} if it gets them as they
	 * are
	 * @param bounds how much may wait for the handler
	 * @param scheduler runs the session's lane
	 * @return the invoker
	 */
	public static Invoker of(InvokedSession session, @Nullable FrameReader reader, Bounds<InboundOverflow> bounds,
			LaneScheduler scheduler) {
		return new MessageInvoker(session, reader, scheduler, (invoker) -> waiting(invoker, bounds));
	}

	/** Returns where frames wait, or {@code null} if they do on the lane. */
	private static @Nullable WaitingFrames waiting(MessageInvoker invoker, Bounds<InboundOverflow> bounds) {
		if (((ServerHandler.Messages) invoker.session().spec().handler())
			.sessions() instanceof PreparingHandlers preparing) {
			return new PreparedFrames(invoker, bounds, preparing.ahead());
		}
		return bounds.overflow().drops() ? new DroppableFrames(invoker, bounds) : null;
	}

}
