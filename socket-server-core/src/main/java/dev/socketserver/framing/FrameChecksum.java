package dev.socketserver.framing;

/**
 * Computes a checksum of a frame. Configuration has those of
 * {@code framing.checksum.type}; an application adds its own as a bean, which goes by its
 * name. Called on I/O threads and on those that send, by several at a time: it must not
 * block.
 */
public interface FrameChecksum {

	/**
	 * Returns how many bytes the checksum has in its binary form.
	 * @return the number, from 1 to 8, always the same
	 */
	int length();

	/**
	 * Computes the checksum.
	 * @param bytes an array with what it covers, which must not be changed
	 * @param from the index of the first byte
	 * @param to the index after the last
	 * @return the checksum, of which the lowest {@link #length()} bytes count
	 */
	long of(byte[] bytes, int from, int to);

	/** How a checksum is written in a frame. */
	enum Form {

		/** Its bytes. */
		BINARY,

		/**
		 * Two hexadecimal digits for each byte, which are sent in upper case; either case
		 * is read.
		 */
		HEX,

		/** As many decimal digits as the largest value has. */
		DECIMAL

	}

	/** What becomes of a frame whose checksum is wrong. */
	enum OnBad {

		/** Its session is closed with {@code PROTOCOL_ERROR}. */
		CLOSE,

		/** It is dropped, and reading goes on. */
		SKIP,

		/** The handler receives it, with its checksum. */
		PASS

	}

}
