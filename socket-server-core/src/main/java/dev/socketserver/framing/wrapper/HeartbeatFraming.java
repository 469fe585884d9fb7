package dev.socketserver.framing.wrapper;

import dev.socketserver.framing.CollectedOutput;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.codec.DescribedLengthFraming;
import dev.socketserver.framing.codec.LengthFieldFraming;
import dev.socketserver.framing.codec.WrappedFraming;
import org.jspecify.annotations.Nullable;

/**
 * A framing in which empty frames are heartbeats. Those that are received are dropped,
 * and {@link #BEAT} is the only empty payload that can be sent. The engine puts it around
 * the framing of a session that has heartbeats.
 *
 * <pre>
 * BEFORE DECODE                            AFTER DECODE
 * +----------+----------+-------+         +-------+
 * | 00000000 | 00000003 | "abc" |    →    | "abc" |
 * +----------+----------+-------+         +-------+
 * </pre>
 */
public final class HeartbeatFraming extends WrappedFraming {

	/** The payload that is sent as a heartbeat. Other empty arrays are refused. */
	public static final byte[] BEAT = {};

	/**
	 * Creates a framing around another one.
	 * @param framing the other one, for which {@link #problem} returns {@code null}
	 */
	public HeartbeatFraming(Framing framing) {
		super(framing);
	}

	/**
	 * Returns why a framing cannot have heartbeats: it is not of type
	 * {@code length-field}, has no empty frame, or answers empty frames itself.
	 * @param framing the framing
	 * @return the reason, as a clause; {@code null} if the framing can have heartbeats
	 */
	public static @Nullable String problem(Framing framing) {
		Framing innermost = WrappedFraming.innermost(framing);
		if (!(innermost instanceof LengthFieldFraming || innermost instanceof DescribedLengthFraming)) {
			return "framing '" + framing.type()
					+ "' is no length-field, and a heartbeat is an empty frame of one unless heartbeat.message is set";
		}
		CollectedOutput out = new CollectedOutput();
		try {
			framing.encode(BEAT, out);
		}
		catch (IllegalArgumentException ex) {
			return "framing '" + framing.type() + "' has no empty frame to be a heartbeat: " + ex.getMessage();
		}
		return isReadAsEmpty(framing, out.toByteArray());
	}

	private static @Nullable String isReadAsEmpty(Framing framing, byte[] beat) {
		FrameInput in = new FrameInput();
		in.reset(beat, 0, beat.length);
		boolean found;
		try {
			found = framing.decoder(1).next(in);
		}
		catch (FramingException ex) {
			found = true;
		}
		if (in.takeReplies() != null) {
			return "framing '" + framing.type()
					+ "' answers empty frames (zero: echo), so that heartbeats would answer each other without end";
		}
		boolean empty = found && in.frameEnd() == in.frameStart();
		if (beat.length == 0 || in.remaining() > 0 || (found && !empty)) {
			return "framing '" + framing.type() + "' has no empty frame to be a heartbeat";
		}
		return null;
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return new Decoder(this.framing.decoder(maxFrameBytes));
	}

	@Override
	@SuppressWarnings("ReferenceEquality")
	public void encode(byte[] payload, FrameOutput out) {
		if (payload.length == 0 && payload != BEAT) {
			throw new IllegalArgumentException(
					"an empty payload cannot be sent while heartbeats are on: an empty frame is a heartbeat");
		}
		this.framing.encode(payload, out);
	}

	private static final class Decoder implements FrameDecoder {

		private final FrameDecoder decoder;

		Decoder(FrameDecoder decoder) {
			this.decoder = decoder;
		}

		@Override
		public boolean next(FrameInput in) throws FramingException {
			while (this.decoder.next(in)) {
				if (in.frameEnd() > in.frameStart()) {
					return true;
				}
			}
			return false;
		}

		@Override
		public boolean last(FrameInput in) throws FramingException {
			return this.decoder.last(in) && in.frameEnd() > in.frameStart();
		}

		@Override
		public boolean recover(FrameInput in) {
			return this.decoder.recover(in);
		}

	}

}
