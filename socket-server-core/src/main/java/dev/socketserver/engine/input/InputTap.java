package dev.socketserver.engine.input;

import dev.socketserver.engine.state.SessionState;
import dev.socketserver.engine.tap.TapPoint;
import dev.socketserver.engine.tap.TapSink;

/**
 * Has sinks take what a session receives and sends, each from a whole frame on. Any
 * thread.
 */
public final class InputTap {

	private InputTap() {
	}

	/**
	 * Has a sink take what is received and sent from now on.
	 * @param state the state of the session
	 * @param deframer has what was received and is no frame yet
	 * @param sink takes it
	 * @param attached is run on the loop as soon as that is so
	 */
	public static void attach(SessionState state, Deframer deframer, TapSink sink, Runnable attached) {
		Runnable task = () -> {
			state.tapped(TapPoint.with(state.tapped(), sink, deframer.undecoded(), deframer.discards()), sink);
			attached.run();
		};
		if (state.bytesReceived() == 0 && state.connection().isLoop()) {
			// It opens, and nothing of it may be missed.
			task.run();
		}
		else {
			// Not while something is being decoded, by a handler on the loop.
			state.connection().executeLater(task);
		}
	}

	/**
	 * Undoes {@link #attach}.
	 * @param state the state of the session
	 * @param sink the sink
	 */
	public static void detach(SessionState state, TapSink sink) {
		// Not while something is being decoded, either, and after what attach() has
		// begun.
		state.connection().executeLater(() -> {
			TapPoint point = state.tapped();
			state.tapped((point != null) ? point.without(sink) : null);
		});
	}

}
