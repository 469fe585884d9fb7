package dev.socketserver.framing;

/**
 * The keys that all framings have. {@link dev.socketserver.framing.builder.Framings}
 * creates a builder for each type of framing. Not safe for use by several threads.
 *
 * @param <B> the builder itself
 */
public interface FramingBuilder<B extends FramingBuilder<B>> {

	/**
	 * {@code skip}: byte values that are ignored in front of a frame, in any number and
	 * order: filler, line ends after a length, zeros that keep a connection alive.
	 * Default none.
	 * @param bytes the bytes, as {@link ByteValues} reads them; their order does not
	 * matter
	 * @return this builder
	 */
	B skip(String bytes);

	/**
	 * {@code skip}: byte values that are ignored in front of a frame, in any number and
	 * order. Default none.
	 * @param bytes the bytes; their order does not matter
	 * @return this builder
	 */
	B skip(byte... bytes);

	/**
	 * {@code escape}: how bytes of a payload are escaped. Only the payload is escaped,
	 * not what the framing puts around it, and a length counts the escaped bytes. Default
	 * not at all.
	 * @param escape the escape
	 * @return this builder
	 */
	B escape(Escape escape);

	/**
	 * {@code switchable}: whether a handler may change the framing of a session. Default
	 * {@code false}, or the value of the framing that is extended.
	 * @param switchable the value of {@link Framing#switchable()}
	 * @return this builder
	 */
	B switchable(boolean switchable);

	/**
	 * {@code on-bad}: what becomes of a session that has received a frame which is
	 * impossible or too long. {@link OnBad#SKIP} is only for framings that can find the
	 * next frame: {@code line}, {@code delimiter}, {@code start-end}, and
	 * {@code length-field} or {@code fixed} with a {@code sync}. Default
	 * {@link OnBad#CLOSE}.
	 * @param onBad the value
	 * @return this builder
	 */
	B onBad(OnBad onBad);

	/**
	 * Creates the framing.
	 * @return the framing
	 * @throws InvalidFramingException if the values of its keys do not work together
	 */
	Framing build();

	/**
	 * What becomes of a session that has received a bad frame.
	 */
	enum OnBad {

		/** It is closed. */
		CLOSE,

		/**
		 * The frame is dropped and counted, and the session goes on with the next one.
		 * That is behind the next delimiter, or at the next start or sync, even if this
		 * is within the frame that is dropped.
		 */
		SKIP

	}

}
