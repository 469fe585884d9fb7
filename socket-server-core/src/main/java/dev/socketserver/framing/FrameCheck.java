package dev.socketserver.framing;

/**
 * Computes the bytes that stand behind the content of a frame and show that it has
 * arrived as it was sent, such as a checksum. Called on I/O threads and on those that
 * send, by several at a time: it must not block.
 */
@FunctionalInterface
public interface FrameCheck {

	/**
	 * Computes the bytes.
	 * @param source an array with the content, which must not be changed
	 * @param from the index of the first byte
	 * @param to the index after the last
	 * @return the bytes, always the same number
	 */
	byte[] of(byte[] source, int from, int to);

}
