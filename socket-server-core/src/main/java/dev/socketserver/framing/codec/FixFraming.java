package dev.socketserver.framing.codec;

import java.nio.charset.StandardCharsets;

import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameTooLargeException;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.bytes.ByteSearch;
import dev.socketserver.framing.bytes.Bytes;
import dev.socketserver.framing.bytes.LengthCodec;

/**
 * FIX messages (tag=value over TCP). The second field says how many bytes there are
 * between its own end and the start of the check sum. In this picture, {@code |} is the
 * byte 0x01.
 *
 * <pre>
 * BEFORE DECODE                             AFTER DECODE
 * +------------+------+-------+---------+  +----------------------------+
 * | 8=FIX.4.4| | 9=5| | 35=0| | 10=163| |↔ | 8=FIX.4.4|9=5|35=0|10=163| |
 * +------------+------+-------+---------+  +----------------------------+
 * </pre>
 */
public final class FixFraming implements PlainFraming {

	/** Longer than the name of any version of FIX. */
	private static final int MAX_VERSION = 16;

	private static final byte SOH = 1;

	private static final byte[] BEGIN = ascii("8=");

	/** With what a message of any version of FIX begins. */
	private static final byte[] START = ascii("8=FIX");

	private static final byte[] LENGTH = ascii("9=");

	private static final byte[] CHECK_SUM = ascii("10=");

	private static final int TRAILER = "10=000|".length();

	private static final LengthCodec DIGITS = new LengthCodec.Digits(10, 10, new byte[] { SOH });

	private static byte[] ascii(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

	/** With what to look for the next message behind one that is garbled. */
	public static byte[] start() {
		return START.clone();
	}

	@Override
	public String type() {
		return "fix";
	}

	@Override
	public long shortestBytes() {
		return "8=|9=0|".length() + TRAILER;
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return (in) -> {
			int begin = version(in);
			if (begin < 0) {
				return false;
			}
			int digits = begin + LENGTH.length;
			int width = expect(in, begin, LENGTH) ? DIGITS.width(in.array(), in.position() + digits, in.limit()) : -1;
			if (width < 0) {
				return false;
			}
			long body = DIGITS.read(in.array(), in.position() + digits, width);
			long length = digits + width + body + TRAILER;
			if (length > maxFrameBytes) {
				throw new FrameTooLargeException("message of " + length + " bytes announced", maxFrameBytes);
			}
			if (in.remaining() < length) {
				return false;
			}
			int start = in.position();
			expect(in, (int) length - TRAILER, CHECK_SUM);
			expect(in, (int) length - 1, new byte[] { SOH });
			in.frame(start, start + (int) length, start + (int) length);
			return true;
		};
	}

	/**
	 * Returns the distance after the first field, or -1 if that field is not complete.
	 */
	private static int version(FrameInput in) throws FramingException {
		if (!expect(in, 0, BEGIN)) {
			return -1;
		}
		int most = Math.min(in.limit(), in.position() + MAX_VERSION);
		int end = ByteSearch.find(in.array(), in.position(), most, SOH);
		if (end < 0 && in.remaining() >= MAX_VERSION) {
			throw new FramingException("the version of FIX does not end within " + MAX_VERSION + " bytes");
		}
		return (end < 0) ? -1 : end + 1 - in.position();
	}

	/** Returns whether the expected bytes are all there; throws if a byte differs. */
	private static boolean expect(FrameInput in, int distance, byte[] expected) throws FramingException {
		int from = in.position() + distance;
		int matching = (from < in.limit()) ? Bytes.matching(in.array(), from, in.limit(), expected) : 0;
		if (matching < expected.length && from + matching < in.limit()) {
			throw new FramingException(
					"byte " + (distance + matching) + " of a message is " + ByteValues.one(in.array()[from + matching])
							+ ", where " + ByteValues.one(expected[matching]) + " was expected");
		}
		return matching == expected.length;
	}

}
