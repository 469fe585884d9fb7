package dev.socketserver.engine.input;

import java.util.Arrays;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.framing.FrameException;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameTimeoutException;
import dev.socketserver.framing.FrameTooLargeException;
import dev.socketserver.framing.FramingException;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a session because of what cannot be a frame, and what its handler is
 * notified of. On the loop.
 */
final class BadFrames {

	private final ReceivingSession session;

	private final FirstFrame first;

	BadFrames(ReceivingSession session, FirstFrame first) {
		this.session = session;
		this.first = first;
	}

	/** Logs that a framing has failed; returns how the session ends because of that. */
	CloseStatus failed(Throwable failure) {
		String what = "framing '" + this.session.state().spec().framing().type() + "' failed";
		this.session.logFailure(what, what, failure);
		return new CloseStatus(CloseReason.PROTOCOL_ERROR, "the framing failed", failure);
	}

	/**
	 * Returns how a session ends because of what its framing refuses.
	 * @param violation why
	 * @param input what was received
	 * @param framedTo where the last frame ended, and what the framing has dropped began
	 */
	CloseStatus status(FramingException violation, FrameInput input, int framedTo) {
		return CloseStatus.of(
				(violation instanceof FrameTooLargeException) ? CloseReason.FRAME_TOO_LARGE
						: CloseReason.PROTOCOL_ERROR,
				this.first.explain(String.valueOf(violation.getMessage()), input.array(), framedTo, input.limit(),
						this.session.state().connection().proxied()));
	}

	/**
	 * Returns what the handler of a session is notified of.
	 * @param status how it ends, unless it goes on
	 * @param input what has come of the frame, and what was received after it
	 * @param framedTo where the last frame ended that was no bad one
	 * @return the exception, or {@code null} if the handler answers none
	 */
	@Nullable FrameException of(CloseStatus status, FrameInput input, int framedTo) {
		if (!this.session.state().spec().handler().answersBadFrames()) {
			return null;
		}
		// A frame may be refused when its end was found, and is behind the position then.
		int start = (input.frameFrom() >= framedTo) ? input.frameFrom() : input.position();
		// The next bad one may have no end.
		input.reset(input.array(), input.position(), input.limit());
		byte[] beginning = Arrays.copyOfRange(input.array(), start,
				Math.min(input.limit(), start + FrameException.MOST_BYTES));
		String detail = String.valueOf(status.detail());
		return (status.reason() == CloseReason.FRAME_TIMEOUT) ? new FrameTimeoutException(detail, beginning)
				: new FrameException(status.reason(), detail, beginning);
	}

}
