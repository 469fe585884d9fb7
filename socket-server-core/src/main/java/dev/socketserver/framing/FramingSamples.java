package dev.socketserver.framing;

/**
 * Checks a framing against bytes of real traffic.
 */
public final class FramingSamples {

	private FramingSamples() {
	}

	/**
	 * Checks that bytes are exactly one frame, at once and one by one, and that its
	 * payload, sent and received again, is the same payload.
	 * @param framing the framing
	 * @param sample the bytes of one frame as they are on the wire
	 * @param maxFrameBytes the longest payload allowed
	 * @throws IllegalArgumentException if that is not so; the message, a phrase without a
	 * subject, says at which byte and what was expected
	 */
	public static void check(Framing framing, byte[] sample, int maxFrameBytes) {
		throw new UnsupportedOperationException();
	}

}
