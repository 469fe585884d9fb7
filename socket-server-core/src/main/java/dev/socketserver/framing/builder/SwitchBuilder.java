package dev.socketserver.framing.builder;

import java.util.ArrayList;
import java.util.List;

import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.bytes.Prefix;
import dev.socketserver.framing.codec.NoFraming;
import dev.socketserver.framing.codec.StartEndFraming;
import dev.socketserver.framing.codec.SwitchFraming;
import dev.socketserver.framing.codec.WrappedFraming;
import dev.socketserver.framing.wrapper.ChecksumFraming;
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
 * Cases with {@link #REFUSE} or {@link #DROP} are only for what is received.
 */
public final class SwitchBuilder extends AbstractFramingBuilder<SwitchBuilder> {

	/**
	 * {@code refuse}, in place of a framing: what begins so closes the session with
	 * {@code PROTOCOL_ERROR}, and the first bytes are in the detail.
	 */
	public static final Framing REFUSE = NoFraming.REFUSE;

	/**
	 * {@code drop}, in place of a framing: the first byte is dropped, and counted as
	 * {@link dev.socketserver.framing.DropReason#SWITCH}. Then the case of the next one
	 * is decided.
	 */
	public static final Framing DROP = NoFraming.DROP;

	private final List<Prefix> prefixes = new ArrayList<>();

	private final List<Framing> framings = new ArrayList<>();

	private @Nullable Framing otherwise;

	SwitchBuilder() {
	}

	/**
	 * Adds one of {@code cases}, of which at least one is required. A frame follows the
	 * first case with whose prefix it begins.
	 * @param prefix the bytes that a frame of this case begins with, as
	 * {@link ByteValues} reads them: at least one, and not beginning with the prefix of
	 * an earlier case. After {@code hex:} two dots stand for any byte
	 * @param framing its framing, {@link #REFUSE} or {@link #DROP}
	 * @return this builder
	 * @throws IllegalArgumentException if the prefix cannot be read
	 */
	public SwitchBuilder when(String prefix, Framing framing) {
		return when(Prefix.parse(prefix), framing);
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
		return when(Prefix.of(prefix), framing);
	}

	private SwitchBuilder when(Prefix prefix, Framing framing) {
		this.prefixes.add(prefix);
		this.framings.add(framing);
		return this;
	}

	/**
	 * {@code otherwise}: the framing of frames that begin with none of the prefixes.
	 * Default none: such a frame closes the session with {@code PROTOCOL_ERROR}.
	 * @param framing the framing, {@link #REFUSE} or {@link #DROP}
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
			Prefix prefix = this.prefixes.get(i);
			InvalidFramingException.check(prefix.length() > 0, "cases[" + i + "].prefix", "",
					"must have at least one byte: what fits no case follows 'otherwise'");
			for (int j = 0; j < i; j++) {
				InvalidFramingException.check(!this.prefixes.get(j).covers(prefix), "cases[" + i + "].prefix", prefix,
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
		InvalidFramingException.check(all.stream().anyMatch((framing) -> !(framing instanceof NoFraming)), "cases",
				all.get(0).type(), "needs one case with a framing: nothing would be received or sent");
		return new SwitchFraming(List.copyOf(this.prefixes), all.stream().map(ChecksumFraming::goingOnBehind).toList());
	}

}
