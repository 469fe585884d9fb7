package dev.socketserver.handler.key;

/**
 * Where the key of a frame is, if it is bytes of the frame. Then a method is found
 * without a text for each message. Safe for use by several threads.
 */
public interface KeyBytes {

	/**
	 * Returns where keys begin.
	 * @return the index of the first byte
	 */
	int begin();

	/**
	 * Returns where the key of a frame ends.
	 * @param frame the bytes of the frame, which must not be changed
	 * @return the index behind the last byte of the key; less than {@link #begin} if the
	 * frame has none
	 */
	int end(byte[] frame);

	/**
	 * Returns the bytes of a key. A frame with other bytes may have the same key, as with
	 * digits in upper case.
	 * @param key a key that frames may have
	 * @return the bytes
	 */
	byte[] of(String key);

}
