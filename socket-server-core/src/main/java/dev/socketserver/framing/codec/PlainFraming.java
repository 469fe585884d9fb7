package dev.socketserver.framing.codec;

import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.Framing;
import org.jspecify.annotations.Nullable;

/**
 * A framing that sends payloads unchanged, and needs to know only their length, so that
 * it can frame text that has not been encoded yet. Public for other packages of the
 * engine, not for applications.
 */
public interface PlainFraming extends Framing {

	/**
	 * Returns a framing that does the same as another one, but needs to know only the
	 * length of a payload, which must not be empty.
	 * @param framing the other framing
	 * @return the framing, or {@code null} if the other one needs the bytes of a payload
	 */
	static @Nullable PlainFraming of(Framing framing) {
		Framing plain = framing;
		while (plain instanceof WrappedFraming wrapped && wrapped.encodesAsWrapped()) {
			plain = wrapped.framing;
		}
		return (plain instanceof PlainFraming found && found.isPlain()) ? found : null;
	}

	/**
	 * Whether this framing, with the keys that it has, sends payloads unchanged.
	 * @return {@code false} if it has to read the bytes of payloads
	 */
	default boolean isPlain() {
		return true;
	}

	/**
	 * Whether what is written around a payload, or whether it can be framed at all,
	 * depends on its length.
	 * @return {@code false} if {@link #before} does not check the length
	 */
	default boolean needsLength() {
		return false;
	}

	/**
	 * Returns how many bytes the shortest payload has that can be received.
	 * @return the number; by default 0
	 */
	default long shortestBytes() {
		return 0;
	}

	/**
	 * Writes the bytes in front of a payload.
	 * @param length how many bytes the payload has, or is assumed to have unless
	 * {@link #needsLength}
	 * @param out where the frame goes
	 * @throws IllegalArgumentException if no payload of that length can be framed
	 */
	default void before(int length, FrameOutput out) {
	}

	/**
	 * Writes the bytes after a payload.
	 * @param out where the frame goes
	 */
	default void after(FrameOutput out) {
	}

	@Override
	default void encode(byte[] payload, FrameOutput out) {
		before(payload.length, out);
		out.write(payload);
		after(out);
	}

}
