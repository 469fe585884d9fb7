package dev.socketserver.engine.handlers;

import dev.socketserver.ServerHandler;
import dev.socketserver.engine.state.Bounds;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spi.PreparingHandlers;
import org.jspecify.annotations.Nullable;

/**
 * Frames of one session that wait for its handler elsewhere than on the lane. On the
 * lane, unless stated otherwise.
 */
interface WaitingFrames {

	/**
	 * Adds frames. On the loop.
	 * @param payloads the payload, or an {@code Object[]} of several
	 * @param count how many
	 * @param bytes how many bytes they had
	 */
	void add(Object payloads, int count, int bytes);

	/** Returns how many wait. Any thread. */
	int size();

	/** Handles what can be handled now; returns whether that was all of it. */
	boolean handle();

	/** Drops all; returns how many. */
	int discard();

	/** The connection is gone. */
	default void disconnected() {
	}

	/**
	 * Returns where the frames of a session wait.
	 * @param invoker calls the handler
	 * @param bounds how many may wait
	 * @return where they wait, or {@code null} if they do on the lane
	 */
	static @Nullable WaitingFrames of(MessageInvoker invoker, Bounds<InboundOverflow> bounds) {
		if (((ServerHandler.Messages) invoker.session().spec().handler())
			.sessions() instanceof PreparingHandlers preparing) {
			return new PreparedFrames(invoker, bounds, preparing.ahead());
		}
		return bounds.overflow().drops() ? new DroppableFrames(invoker, bounds) : null;
	}

}
