package dev.socketserver.engine.input;

import java.util.Arrays;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.engine.tap.TapPoint;
import dev.socketserver.engine.tap.TapSink;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameTooLargeException;
import dev.socketserver.framing.FramingException;
import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;

/**
 * Makes payloads of frames, and ends the input of a peer that violates the framing, or
 * that speaks another protocol, as the bytes in front of its first frame show.
 */
abstract class FrameChecks extends KeptInput {

	private final PayloadConverter<?> converter;

	static final byte UNKNOWN = -1;

	/** No frame has been decoded yet. */
	boolean first = true;

	/**
	 * What the framing has dropped in front of the first frame: 0 is nothing,
	 * {@link #UNKNOWN} looks like no known protocol, and any other number is the ordinal
	 * of a {@link WrongProtocol} plus one. A byte makes no session larger.
	 */
	byte dropped;

	final LoopScratch scratch;

	InputState state = InputState.READING;

	FrameChecks(ReceivingSession session, PayloadConverter<?> converter, LoopScratch scratch) {
		super(session);
		this.converter = converter;
		this.scratch = scratch;
	}

	/** Drops what is kept, and everything that still comes. */
	abstract void discard();

	/**
	 * Gives a tap, if there is one, the frame that was found after an index. It is the
	 * same for all frames of a batch: nobody taps the session while they are decoded.
	 */
	static void tapFrame(@Nullable TapPoint tap, FrameInput input, int from) {
		if (tap != null) {
			tap.decoded(input.frameFrom() - from, input.position() - input.frameFrom());
		}
	}

	/** Notifies a tap that nothing is decoded any more. */
	final void tapDiscard() {
		TapPoint tap = session().state().tapped();
		if (tap != null) {
			tap.discarded();
		}
	}

	/** Notes what the framing has dropped in front of the first frame, or of another. */
	final void noteDropped(FrameInput input, int framedTo) {
		TapPoint tap = session().state().tapped();
		if (tap != null && input.position() > framedTo) {
			tap.decoded(input.position() - framedTo, 0);
		}
		if (this.first && this.dropped == 0 && input.position() > framedTo) {
			WrongProtocol found = WrongProtocol.of(input.array(), framedTo, input.limit(), proxied());
			this.dropped = (found != null) ? (byte) (found.ordinal() + 1) : UNKNOWN;
		}
	}

	/**
	 * Adds to a detail which protocol the peer seems to speak, if it has sent no frame
	 * yet.
	 */
	public final String withProtocol(String detail) {
		return withProtocol(detail, this.kept, this.keptStart, this.keptEnd);
	}

	/** The same, of bytes that are not kept. */
	final String withProtocol(String detail, byte[] bytes, int start, int end) {
		if (!this.first || this.dropped == UNKNOWN) {
			return detail;
		}
		WrongProtocol protocol = (this.dropped > 0) ? WrongProtocol.values()[this.dropped - 1]
				: WrongProtocol.of(bytes, start, end, proxied());
		return (protocol != null) ? detail + ": " + protocol.phrase() : detail;
	}

	/** Whether a PROXY header may have come before. */
	final boolean proxied() {
		return session().state().connection().proxied();
	}

	final void violated(FramingException violation, FrameInput input, int framedTo) {
		CloseReason reason = (violation instanceof FrameTooLargeException) ? CloseReason.FRAME_TOO_LARGE
				: CloseReason.PROTOCOL_ERROR;
		// With what the framing has dropped just now.
		end(CloseStatus.of(reason,
				withProtocol(String.valueOf(violation.getMessage()), input.array(), framedTo, input.limit())));
	}

	final void failed(Throwable failure) {
		String what = "framing '" + session().state().spec().framing().type() + "' failed";
		session().logFailure(what, what, failure);
		end(new CloseStatus(CloseReason.PROTOCOL_ERROR, "the framing failed", failure));
	}

	/**
	 * Makes nothing more of the input; the session ends after the frames that were
	 * decoded before.
	 */
	public final void end(CloseStatus status) {
		discard();
		session().inputEnded(status);
	}

	/**
	 * Sends what the decoder has answered by itself, and does so now: the next session of
	 * the loop uses the same input object.
	 */
	final void answer(FrameInput input) {
		byte[] replies = input.takeReplies();
		if (replies != null) {
			session().answer(replies);
		}
	}

	/**
	 * Checks the first frame: text would pass for a line what is no text at all.
	 */
	final boolean isExpected(FrameInput input) {
		this.first = false;
		WrongProtocol protocol = this.converter.text() ? WrongProtocol.unlessText(input, proxied()) : null;
		if (protocol == null) {
			return true;
		}
		end(CloseStatus.of(CloseReason.PROTOCOL_ERROR, protocol.phrase()));
		return false;
	}

	final Object payload(FrameInput input) {
		try {
			return this.converter.read(input.array(), input.frameStart(), input.frameEnd() - input.frameStart());
		}
		catch (Exception ex) {
			throw new IllegalStateException("A built-in converter failed", ex);
		}
	}

	/**
	 * Adds a sink that taps the session. On the loop.
	 * @param before where the session was tapped until now, or {@code null}
	 * @param sink the sink
	 * @return where it is tapped from now on
	 */
	public final TapPoint with(@Nullable TapPoint before, TapSink sink) {
		return TapPoint.with(before, sink, Arrays.copyOfRange(this.kept, this.keptStart, this.keptEnd),
				this.state == InputState.DISCARDING);
	}

	/** What the sessions of the loop share. */
	public final LoopScratch scratch() {
		return this.scratch;
	}

	/** Whether input waits to be decoded. On the loop. */
	public final boolean inputWaitsToBeDecoded() {
		return this.state == InputState.WAITING && rest() > 0;
	}

}
