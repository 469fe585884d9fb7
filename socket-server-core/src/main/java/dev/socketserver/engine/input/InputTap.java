package dev.socketserver.engine.input;

import dev.socketserver.engine.state.SessionState;
import dev.socketserver.engine.tap.TapPoint;
import dev.socketserver.engine.tap.TapSink;

/**
 * Has sinks take what a session receives and sends, each from a whole frame on. Any
 * thread.
 */
public final class InputTap {

	private final SessionState state;

	private final Deframer deframer;

	/**
	 * Creates the object.
	 * @param state the state of the session
	 * @param deframer has what was received and is no frame yet
	 */
	public InputTap(SessionState state, Deframer deframer) {
		this.state = state;
		this.deframer = deframer;
	}

	/**
	 * Has a sink take what is received and sent from now on.
	 * @param sink takes it
	 * @param attached is run on the loop as soon as that is so
	 */
	public void attach(TapSink sink, Runnable attached) {
		Runnable task = () -> {
			this.state.tapped(
					TapPoint.with(this.state.tapped(), sink, this.deframer.undecoded(), this.deframer.discards()),
					sink);
			attached.run();
		};
		if (this.state.bytesReceived() == 0 && this.state.connection().isLoop()) {
			// It opens, and nothing of it may be missed.
			task.run();
		}
		else {
			// Not while something is being decoded, by a handler on the loop.
			this.state.connection().executeLater(task);
		}
	}

	/**
	 * Undoes {@link #attach}.
	 * @param sink the sink
	 */
	public void detach(TapSink sink) {
		// Not while something is being decoded, either, and after what attach() has
		// begun.
		this.state.connection().executeLater(() -> {
			TapPoint point = this.state.tapped();
			this.state.tapped((point != null) ? point.without(sink) : null);
		});
	}

}
