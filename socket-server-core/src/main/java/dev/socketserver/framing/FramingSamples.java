package dev.socketserver.framing;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Checks a framing with bytes of real traffic.
 */
public final class FramingSamples {

	private FramingSamples() {
	}

	/**
	 * Checks that a framing takes bytes for exactly one frame, whether they arrive all at
	 * once or one by one, and that its payload stays the same when it is sent and
	 * received again.
	 * @param framing the framing
	 * @param sample the bytes of one frame as they are on the wire
	 * @param maxFrameBytes the longest payload allowed, in bytes
	 * @throws IllegalArgumentException if the check fails; the message says at which
	 * byte, and what was expected
	 */
	public static void check(Framing framing, byte[] sample, int maxFrameBytes) {
		byte[] payload = only(framing, sample, maxFrameBytes, sample.length, "the sample");
		if (!Arrays.equals(payload, only(framing, sample, maxFrameBytes, 1, "the sample, received byte by byte,"))) {
			throw new IllegalArgumentException("the sample gives a different payload when it is received byte by byte");
		}
		CollectedOutput sent = new CollectedOutput();
		try {
			framing.encode(payload, sent);
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException("the sample has a payload that cannot be sent again: " + ex.getMessage(),
					ex);
		}
		byte[] again = only(framing, sent.toByteArray(), maxFrameBytes, Integer.MAX_VALUE,
				"its payload, sent and received again,");
		int difference = Arrays.mismatch(payload, again);
		if (difference >= 0) {
			throw new IllegalArgumentException("the sample has a payload of " + bytes(payload.length)
					+ " that is different when it is sent and received again: " + bytes(again.length)
					+ ", the first difference at byte " + difference);
		}
	}

	/**
	 * Decodes bytes that are received in pieces of a given size, and returns the payload
	 * of the one frame that they must be.
	 */
	private static byte[] only(Framing framing, byte[] bytes, int maxFrameBytes, int piece, String what) {
		FrameDecoder decoder = framing.decoder(maxFrameBytes);
		FrameInput in = new FrameInput(true);
		byte @Nullable [] payload = null;
		// A decoder may write to the array.
		byte[] array = bytes.clone();
		int position = 0;
		int received = 0;
		try {
			while (received < bytes.length) {
				received = (int) Math.min(bytes.length, (long) received + piece);
				in.reset(array, position, received);
				while (decoder.next(in)) {
					check(payload == null, what + " is more than one frame: another ends at byte " + in.position());
					payload = payload(in);
				}
				position = in.position();
			}
			if (in.remaining() > 0) {
				checkNothingAfter(payload == null, in, what);
				check(decoder.last(in), what + " is not a whole frame: its last " + bytes(in.remaining())
						+ ", from byte " + position + " on, are only the beginning of one");
				checkNothingAfter(in.remaining() == 0, in, what);
				payload = payload(in);
			}
		}
		catch (FramingException ex) {
			throw new IllegalArgumentException(
					what + " is not a frame, at byte " + in.position() + ": " + ex.getMessage(), ex);
		}
		if (payload == null) {
			throw new IllegalArgumentException(what + " has no frame in its " + bytes(bytes.length));
		}
		return payload;
	}

	private static void checkNothingAfter(boolean nothing, FrameInput in, String what) {
		check(nothing,
				what + " has " + bytes(in.remaining()) + " behind the frame, which ends at byte " + in.position());
	}

	private static String bytes(int count) {
		return count + ((count == 1) ? " byte" : " bytes");
	}

	private static byte[] payload(FrameInput in) {
		return Arrays.copyOfRange(in.array(), in.frameStart(), in.frameEnd());
	}

	private static void check(boolean valid, String message) {
		if (!valid) {
			throw new IllegalArgumentException(message);
		}
	}

}
