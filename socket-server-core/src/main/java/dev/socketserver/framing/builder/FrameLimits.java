package dev.socketserver.framing.builder;

import java.util.Comparator;
import java.util.Map;

import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.codec.DelimiterFraming;
import dev.socketserver.framing.codec.DescribedLengthFraming;
import dev.socketserver.framing.codec.FixedFraming;
import dev.socketserver.framing.codec.LengthLayout;
import dev.socketserver.framing.codec.PlainFraming;
import dev.socketserver.framing.codec.WrappedFraming;
import dev.socketserver.framing.wrapper.AfterEndFraming;
import dev.socketserver.framing.wrapper.ChecksumFraming;

/**
 * Checks that a framing can work with a limit for the size of frames.
 */
public final class FrameLimits {

	/** A header of so many bytes is kept whatever the limit is. */
	private static final int SHORT_HEADER = 1024;

	private FrameLimits() {
	}

	/**
	 * Checks that a framing accepts any frame at all, and that it keeps no more bytes in
	 * front of a payload than the payload may have, or 1 KB. Nothing is known about a
	 * framing that the application implements, and the framings in a switch are not
	 * checked.
	 * @param framing the framing
	 * @param maxFrameBytes the longest payload allowed, in bytes
	 * @throws InvalidFramingException if it does not; its key is {@code type} if no key
	 * of the framing is the cause
	 */
	public static void check(Framing framing, int maxFrameBytes) {
		Framing innermost = WrappedFraming.innermost(framing);
		int after = AfterEndFraming.of(framing);
		InvalidFramingException.check(after <= maxFrameBytes, "after", after,
				"no frame would ever be accepted, as limits.frame is " + maxFrameBytes + " bytes");
		if (innermost instanceof PlainFraming plain
				&& plain.shortestBytes() - ChecksumFraming.stripped(framing) > maxFrameBytes) {
			Map.Entry<String, ?> cause = cause(innermost);
			InvalidFramingException.check(false, cause.getKey(), cause.getValue(),
					"no frame would ever be accepted, as limits.frame is " + maxFrameBytes + " bytes");
		}
		if (innermost instanceof DescribedLengthFraming described) {
			LengthLayout layout = described.layout();
			int most = Math.max(maxFrameBytes, SHORT_HEADER);
			String rule = "more bytes would be kept in front of a payload than it may have, as limits.frame is "
					+ maxFrameBytes + " bytes";
			InvalidFramingException.check(layout.offset() <= most, "offset", layout.offset(), rule);
			InvalidFramingException.check(layout.strip() <= most, "strip", layout.strip(), rule);
		}
	}

	/** Returns the key that makes frames so long, and its value. */
	private static Map.Entry<String, ?> cause(Framing framing) {
		if (framing instanceof FixedFraming fixed) {
			return Map.entry("size", fixed.shortestBytes());
		}
		if (framing instanceof DelimiterFraming delimiter) {
			return Map.entry("delimiters", ByteValues.format(delimiter.ends().get(0)));
		}
		if (framing instanceof DescribedLengthFraming described) {
			LengthLayout layout = described.layout();
			return Map.of("offset", layout.offset(), "after", layout.after(), "adjust", layout.adjust())
				.entrySet()
				.stream()
				.max(Comparator.comparingInt(Map.Entry::getValue))
				.orElseThrow();
		}
		return Map.entry("type", framing.type());
	}

}
