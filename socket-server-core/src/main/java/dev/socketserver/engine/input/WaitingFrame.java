package dev.socketserver.engine.input;

import java.util.function.Consumer;

import dev.socketserver.framing.FrameException;

/**
 * A frame that waits for the handler elsewhere than on the lane.
 *
 * @param payload the payload
 * @param bytes how many bytes it had
 */
public record WaitingFrame(Object payload, int bytes) {

	/**
	 * Whether it is a message, and does not take the place of what cannot be a frame.
	 * @return {@code true} if it counts as one
	 */
	public boolean isMessage() {
		return !(this.payload instanceof FrameException);
	}

	/**
	 * Makes one of each frame of a read.
	 * @param payloads the payload, or an {@code Object[]} of several
	 * @param count how many
	 * @param bytes how many bytes they had, which is known of all together
	 * @param taker gets each
	 */
	public static void each(Object payloads, int count, int bytes, Consumer<WaitingFrame> taker) {
		if (payloads instanceof Object[] several) {
			int share = bytes / count;
			for (int i = 0; i < count; i++) {
				taker.accept(new WaitingFrame(several[i], (i < count - 1) ? share : bytes - share * i));
			}
		}
		else {
			taker.accept(new WaitingFrame(payloads, bytes));
		}
	}

}
