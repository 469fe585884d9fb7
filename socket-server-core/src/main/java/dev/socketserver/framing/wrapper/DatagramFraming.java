package dev.socketserver.framing.wrapper;

import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.bytes.UnframeablePayloadException;
import dev.socketserver.framing.codec.WrappedFraming;

/**
 * A framing within datagrams: each frame that is sent is one, and each that arrives has
 * one or more whole frames, the last of which it may end as a stream does. Raw framing,
 * which has no frames in a stream, has the datagrams themselves here.
 *
 * <pre>
 * DATAGRAM         DECODED, RAW      DATAGRAM            DECODED, LINE
 * +-------------+                    +---------------+
 * | one LF two  |  one LF two        | one LF two    |   one, two
 * +-------------+                    +---------------+
 * </pre>
 */
public final class DatagramFraming extends WrappedFraming {

	/** What fits into a packet of IPv4 with its headers (RFC 791, RFC 768), in bytes. */
	public static final int MOST_BYTES = 65_507;

	private DatagramFraming(Framing framing) {
		super(framing);
	}

	/**
	 * Returns a framing within datagrams.
	 * @param framing the framing of a stream
	 * @return the framing
	 */
	public static Framing of(Framing framing) {
		return (framing instanceof DatagramFraming) ? framing : new DatagramFraming(framing);
	}

	/**
	 * Returns why a frame is not sent that has more than {@link #MOST_BYTES}.
	 * @param length how many bytes it has
	 * @return the exception
	 */
	public static UnframeablePayloadException tooLong(int length) {
		return new UnframeablePayloadException(
				"it has %s bytes, and a datagram of UDP has at most %s".formatted(length, MOST_BYTES));
	}

	@Override
	public boolean ofDatagrams() {
		return true;
	}

	/** Datagrams come in any order. */
	@Override
	public boolean switchable() {
		return false;
	}

	/** Whether a datagram is a payload. */
	public boolean isWhole() {
		return this.framing.passThrough();
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return isWhole() ? DatagramFraming::rest : super.decoder(maxFrameBytes);
	}

	private static boolean rest(FrameInput in) {
		if (in.remaining() == 0) {
			return false;
		}
		in.frame(in.position(), in.limit(), in.limit());
		return true;
	}

}
