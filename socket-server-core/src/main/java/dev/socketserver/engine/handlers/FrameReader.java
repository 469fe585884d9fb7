package dev.socketserver.engine.handlers;

import java.util.Objects;

import dev.socketserver.ServerHandler;
import dev.socketserver.client.Correlator;
import dev.socketserver.engine.input.WrongProtocol;
import dev.socketserver.engine.stats.Counters;
import dev.socketserver.operator.Counter;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.PayloadException;
import dev.socketserver.payload.Payloads;
import dev.socketserver.payload.ReceivedFrame;
import org.jspecify.annotations.Nullable;

/**
 * What code of the application does with a frame before the handler gets it, where that
 * runs: its converter makes the payload, and its correlator recognizes replies that have
 * arrived too late. One for all sessions of a server or client. Immutable.
 */
public final class FrameReader {

	/**
	 * Absent for what is built in, which has converted frames where they were decoded.
	 */
	private final @Nullable PayloadConverter<?> converter;

	private final @Nullable Correlator correlator;

	/** What makes of a frame what correlators get; absent if the payload is that. */
	private final @Nullable PayloadConverter<?> correlated;

	private final Counters counters;

	private FrameReader(@Nullable PayloadConverter<?> converter, @Nullable PayloadConverter<?> correlated,
			@Nullable Correlator correlator, Counters counters) {
		this.converter = converter;
		this.correlated = correlated;
		this.correlator = correlator;
		this.counters = counters;
	}

	/**
	 * Returns the reader of the frames of a handler.
	 * @param handler the handler
	 * @param correlator gives replies keys; {@code null} if none has one
	 * @param counters counts the late replies
	 * @return the reader, or {@code null} if frames are handled as they are
	 */
	public static @Nullable FrameReader of(ServerHandler handler, @Nullable Correlator correlator, Counters counters) {
		PayloadConverter<?> converter = Payloads.builtIn(handler.input()) ? null : handler.input();
		PayloadConverter<?> correlated = (converter == null && correlator != null) ? Payloads.ofReplies(handler.input())
				: null;
		return (converter != null || correlator != null) ? new FrameReader(converter, correlated, correlator, counters)
				: null;
	}

	/** Returns the payload of a frame. */
	Object payload(Object frame) throws PayloadException {
		if (this.converter == null) {
			return frame;
		}
		try {
			return Payloads.read(this.converter, frame);
		}
		catch (PayloadException ex) {
			throw (this.converter.text() && WrongProtocol.isHttp(ReceivedFrame.bytes(frame)))
					? new OtherProtocolException(ex) : ex;
		}
	}

	/**
	 * Whether a payload is a reply for which no request waits, since it has a key: one
	 * that is awaited is not read here.
	 */
	boolean isLateReply(Object payload) {
		if (this.correlator == null || !hasKey(this.correlator, payload)) {
			return false;
		}
		this.counters.count(Counter.REPLIES_DROPPED);
		return true;
	}

	private boolean hasKey(Correlator correlator, Object payload) {
		if (this.correlated == null) {
			return Correlation.key(correlator, payload) != null;
		}
		try {
			return Correlation.key(correlator, Payloads.read(this.correlated, payload)) != null;
		}
		catch (PayloadException ex) {
			// It is no reply: the handler decides what it is.
			return false;
		}
	}

	/** What cannot be converted looks like the line of another protocol. */
	private static final class OtherProtocolException extends PayloadException {

		private static final long serialVersionUID = 1L;

		private OtherProtocolException(PayloadException failure) {
			super(failure.getMessage() + ": " + WrongProtocol.HTTP.phrase(),
					Objects.requireNonNullElse(failure.getCause(), failure));
		}

	}

}
