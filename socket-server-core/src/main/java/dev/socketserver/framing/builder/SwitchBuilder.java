package dev.socketserver.framing.builder;

import java.util.ArrayList;
import java.util.List;

import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.bytes.Bytes;
import dev.socketserver.framing.codec.StartEndFraming;
import dev.socketserver.framing.codec.SwitchFraming;
import dev.socketserver.framing.codec.WrappedFraming;
import dev.socketserver.framing.wrapper.RecoveringFraming;
import org.jspecify.annotations.Nullable;

/**
 * Describes a {@code switch} framing: the first bytes of each frame decide which framing
 * it follows. These bytes are part of the frame for that framing, too. No framing in it
 * may be {@code raw}, nor a start-end framing whose end may also be a start. Only
 * {@link #switchable} of this builder says whether the framing of a session may be
 * changed; what the framings in it say has no effect.
 * <p>
 * A payload that is sent follows the first case with whose prefix it begins. If there is
 * none, it follows {@link #otherwise}; if that is not set, the first start-end case whose
 * framing adds the prefix itself; and if there is none of these either, the first case.
 */
public final class SwitchBuilder extends AbstractFramingBuilder<SwitchBuilder> {

	private final List<byte[]> prefixes = new ArrayList<>();

	private final List<Framing> framings = new ArrayList<>();

	private @Nullable Framing otherwise;

	SwitchBuilder() {
	}

	/**
	 * Adds one of {@code cases}, of which at least one is required. A frame follows the
	 * first case with whose prefix it begins.
	 * @param prefix the bytes that a frame of this case begins with, as
	 * {@link ByteValues} reads them: at least one, and not beginning with the prefix of
	 * an earlier case
	 * @param framing its framing
	 * @return this builder
	 * @throws IllegalArgumentException if the prefix cannot be read
	 */
	public SwitchBuilder when(String prefix, Framing framing) {
		return when(ByteValues.parse(prefix), framing);
	}

	/**
	 * Adds one of {@code cases}, of which at least one is required. A frame follows the
	 * first case with whose prefix it begins.
	 * @param prefix the bytes that a frame of this case begins with: at least one, and
	 * not beginning with the prefix of an earlier case
	 * @param framing its framing
	 * @return this builder
	 */
	public SwitchBuilder when(byte[] prefix, Framing framing) {
		this.prefixes.add(prefix.clone());
		this.framings.add(framing);
		return this;
	}

	/**
	 * {@code otherwise}: the framing of frames that begin with none of the prefixes.
	 * Default none: such a frame closes the session with {@code PROTOCOL_ERROR}.
	 * @param framing the framing
	 * @return this builder
	 */
	public SwitchBuilder otherwise(Framing framing) {
		this.otherwise = framing;
		return this;
	}

	@Override
	Framing create() {
		InvalidFramingException.check(!this.prefixes.isEmpty(), "cases", "", "needs at least one");
		for (int i = 0; i < this.prefixes.size(); i++) {
			byte[] prefix = this.prefixes.get(i);
			InvalidFramingException.check(prefix.length > 0, "cases[" + i + "].prefix", "",
					"must have at least one byte: what fits no case follows 'otherwise'");
			for (int j = 0; j < i; j++) {
				InvalidFramingException.check(!Bytes.startsWith(prefix, this.prefixes.get(j)),
						"cases[" + i + "].prefix", ByteValues.format(prefix),
						"case " + j + " takes every frame that begins so: put the longer prefix first");
			}
		}
		List<Framing> all = new ArrayList<>(this.framings);
		if (this.otherwise != null) {
			all.add(this.otherwise);
		}
		for (Framing framing : all) {
			InvalidFramingException.check(!framing.passThrough(), "cases", framing.type(),
					"has no frames after which the next case could be decided");
			InvalidFramingException.check(WrappedFraming.find(framing, RecoveringFraming.class) == null, "cases",
					framing.type(),
					"on-bad of it is skip, but where its next frame begins another case may be decided: use close");
			InvalidFramingException.check(!StartEndFraming.sharesEnds(framing), "cases", framing.type(),
					"an end of it may also be a start, as its resync is false: no other case could follow");
		}
		return new SwitchFraming(List.copyOf(this.prefixes), List.copyOf(all));
	}

}
