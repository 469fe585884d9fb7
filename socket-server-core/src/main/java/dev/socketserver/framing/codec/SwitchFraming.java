package dev.socketserver.framing.codec;

import java.util.List;

import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.bytes.Prefix;
import org.jspecify.annotations.Nullable;

/**
 * The first bytes of a frame decide which framing it follows.
 *
 * <pre>
 * BEFORE DECODE, 00: fixed 2, otherwise line       AFTER DECODE
 * +------+-----+----+------+                      +------+-----+------+
 * | 0031 | "a" | 0A | 0032 |                   ↔  | 0031 | "a" | 0032 |
 * +------+-----+----+------+                      +------+-----+------+
 * </pre>
 */
public final class SwitchFraming implements Framing {

	private final List<Prefix> prefixes;

	/** One for each prefix, and then the one for all other frames, if there is one. */
	private final List<Framing> framings;

	/** Payloads that are sent and begin with none of the prefixes follow it. */
	private final Framing fallback;

	/**
	 * Creates the framing.
	 * @param prefixes the prefixes
	 * @param framings a framing for each of them, and then the one for all other frames,
	 * if there is one; one of them at least is no {@link NoFraming}
	 */
	public SwitchFraming(List<Prefix> prefixes, List<Framing> framings) {
		this.prefixes = prefixes;
		this.framings = framings;
		this.fallback = framings.get(framesOthers() ? prefixes.size() : firstThatPutsItsPrefix());
	}

	public List<Framing> framings() {
		return this.framings;
	}

	public List<Prefix> prefixes() {
		return this.prefixes;
	}

	@Override
	public String type() {
		return "switch";
	}

	@Override
	public List<byte[]> ends() {
		return this.framings.stream().flatMap((framing) -> framing.ends().stream()).toList();
	}

	@Override
	public FrameDecoder decoder(int maxFrameBytes) {
		return new Decoder(maxFrameBytes);
	}

	@Override
	public void encode(byte[] payload, FrameOutput out) {
		framing(payload).encode(payload, out);
	}

	private Framing framing(byte[] payload) {
		for (int i = 0; i < this.prefixes.size(); i++) {
			Prefix prefix = this.prefixes.get(i);
			if (frames(i) && prefix.matching(payload, 0, payload.length) == prefix.length()) {
				return this.framings.get(i);
			}
		}
		return this.fallback;
	}

	/**
	 * Returns the first case whose framing takes the prefix off payloads and adds it
	 * again; the first case with a framing if there is none.
	 */
	private int firstThatPutsItsPrefix() {
		for (int i = 0; i < this.prefixes.size(); i++) {
			Prefix prefix = this.prefixes.get(i);
			if (prefix.isExact() && StartEndFraming.putsInFront(this.framings.get(i), prefix.bytes())) {
				return i;
			}
		}
		int first = 0;
		while (!frames(first)) {
			first++;
		}
		return first;
	}

	/** Whether a case has a framing. */
	private boolean frames(int index) {
		return !(this.framings.get(index) instanceof NoFraming);
	}

	private boolean framesOthers() {
		return hasOtherwise() && frames(this.prefixes.size());
	}

	private boolean hasOtherwise() {
		return this.framings.size() > this.prefixes.size();
	}

	private final class Decoder extends SteppingDecoder {

		private final int maxFrameBytes;

		/**
		 * The decoders of the framings; each is created when the first of its frames
		 * comes.
		 */
		private final @Nullable FrameDecoder[] decoders = new FrameDecoder[SwitchFraming.this.framings.size()];

		/** The decoder for the frame at the position, if that is decided. */
		private @Nullable FrameDecoder decided;

		/** The decoder that has found the last frame. */
		private @Nullable FrameDecoder last;

		Decoder(int maxFrameBytes) {
			this.maxFrameBytes = maxFrameBytes;
		}

		@Override
		protected boolean step(FrameInput in) throws FramingException {
			if (this.decided == null) {
				this.decided = decide(in);
			}
			FrameDecoder decoder = this.decided;
			if (decoder == null) {
				return false;
			}
			int before = in.position();
			boolean found = SteppingDecoder.step(decoder, in);
			if (found || in.position() != before) {
				this.decided = null;
			}
			if (found && decoder != this.last) {
				LoneCarriageReturnDecoder.interrupt(this.last);
				this.last = decoder;
			}
			return found;
		}

		private @Nullable FrameDecoder decide(FrameInput in) throws FramingException {
			SwitchFraming framing = SwitchFraming.this;
			for (int i = 0; i < framing.prefixes.size(); i++) {
				Prefix prefix = framing.prefixes.get(i);
				int matching = prefix.matching(in.array(), in.position(), in.limit());
				if (matching == prefix.length()) {
					return decoder(i);
				}
				if (matching == in.remaining()) {
					return null;
				}
			}
			if (!framing.hasOtherwise()) {
				throw new FramingException("a frame begins with " + ByteValues.one(in.array()[in.position()])
						+ ((in.remaining() > 1) ? " " + ByteValues.one(in.array()[in.position() + 1]) : "")
						+ ", and no case has that prefix");
			}
			return decoder(framing.prefixes.size());
		}

		private static boolean begins(FrameInput in, Prefix prefix) {
			return prefix.matching(in.array(), in.position(), in.limit()) == prefix.length();
		}

		private FrameDecoder decoder(int index) {
			FrameDecoder decoder = this.decoders[index];
			if (decoder == null) {
				decoder = SwitchFraming.this.framings.get(index).decoder(this.maxFrameBytes);
				this.decoders[index] = decoder;
			}
			return decoder;
		}

		@Override
		public boolean last(FrameInput in) throws FramingException {
			FrameDecoder decoder = this.decided;
			this.decided = null;
			if (decoder != null) {
				return decoder.last(in);
			}
			int before;
			do {
				before = in.position();
				if (lastStep(in)) {
					return true;
				}
			}
			while (in.remaining() > 0 && in.position() != before);
			return false;
		}

		private boolean lastStep(FrameInput in) {
			// A longer prefix will not be completed, a shorter one may have been.
			int index = 0;
			while (index < SwitchFraming.this.prefixes.size() && !begins(in, SwitchFraming.this.prefixes.get(index))) {
				index++;
			}
			if (index == SwitchFraming.this.framings.size()) {
				return false;
			}
			FrameDecoder decoder = decoder(index);
			int before = in.position();
			try {
				return SteppingDecoder.step(decoder, in) || (in.position() == before && decoder.last(in));
			}
			catch (FramingException ex) {
				return false;
			}
		}

	}

}
