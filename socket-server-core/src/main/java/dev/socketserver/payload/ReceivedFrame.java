package dev.socketserver.payload;

import java.time.Instant;

/**
 * A frame that is still to be converted, with the time at which it was complete.
 *
 * @param bytes the bytes of the frame, in an array of its own
 * @param receivedAt when it was complete
 */
public record ReceivedFrame(byte[] bytes, Instant receivedAt) {

	/**
	 * Returns the bytes of a frame.
	 * @param frame a frame, or its bytes
	 * @return the bytes
	 */
	public static byte[] bytes(Object frame) {
		return (frame instanceof ReceivedFrame received) ? received.bytes() : (byte[]) frame;
	}

}
