package dev.socketserver.framing;

import org.jspecify.annotations.Nullable;

/**
 * A framing that leaves a payload as it is and looks at nothing of it but its length, so
 * that it can frame what has not become bytes yet. Public for the engine's sake.
 */
public sealed interface PlainFraming extends Framing
		permits DelimiterFraming, DescribedLengthFraming, FixFraming, FixedFraming, LengthFieldFraming, LineFraming,
		LoneCarriageReturnFraming, RawFraming, StartEndFraming, StrictLineFraming {

	/**
	 * Returns what frames a payload that it cannot look into, and that is not empty.
	 * @param framing the framing that is to be used
	 * @return what frames as that one does, or {@code null} if it needs bytes
	 */
	static @Nullable PlainFraming of(Framing framing) {
		Framing plain = framing;
		while (plain instanceof WrappedFraming wrapped && wrapped.encodesAsWrapped()) {
			plain = wrapped.framing;
		}
		return (plain instanceof PlainFraming found && found.isPlain()) ? found : null;
	}

	/**
	 * Whether it is one, with the keys that it has.
	 * @return {@code false} if it has to look into payloads
	 */
	default boolean isPlain() {
		return true;
	}

	/**
	 * Writes what comes before a payload.
	 * @param length how many bytes the payload has
	 * @param out where the frame goes
	 * @throws IllegalArgumentException if no payload of that length can be framed
	 */
	default void before(int length, FrameOutput out) {
	}

	/**
	 * Writes what comes behind a payload.
	 * @param out where the frame goes
	 */
	default void behind(FrameOutput out) {
	}

	@Override
	default void encode(byte[] payload, FrameOutput out) {
		before(payload.length, out);
		out.write(payload);
		behind(out);
	}

}
