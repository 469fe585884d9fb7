package dev.socketserver.framing.builder;

import java.util.List;

import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.Escape;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingBuilder;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.bytes.EscapeCodec;
import dev.socketserver.framing.wrapper.AfterEndFraming;
import dev.socketserver.framing.wrapper.EscapedFraming;
import dev.socketserver.framing.wrapper.NamedFraming;
import dev.socketserver.framing.wrapper.RecoveringFraming;
import dev.socketserver.framing.wrapper.SkippingFraming;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the keys that all framings have, and wraps the framing of a type for those that
 * are set.
 *
 * @param <B> the builder itself
 */
abstract class AbstractFramingBuilder<B extends FramingBuilder<B>> implements FramingBuilder<B> {

	private byte @Nullable [] skip;

	private @Nullable Escape escape;

	private @Nullable Boolean switchable;

	private OnBad onBad = OnBad.CLOSE;

	AbstractFramingBuilder() {
	}

	@Override
	public B skip(String bytes) {
		return skip(ByteValues.parse(bytes));
	}

	@Override
	public B skip(byte... bytes) {
		this.skip = bytes.clone();
		return self();
	}

	@Override
	public B escape(Escape escape) {
		this.escape = escape;
		return self();
	}

	@Override
	public B switchable(boolean switchable) {
		this.switchable = switchable;
		return self();
	}

	@Override
	public B onBad(OnBad onBad) {
		this.onBad = onBad;
		return self();
	}

	@Override
	public final Framing build() {
		Framing created = create();
		Framing framing = created;
		if (this.skip != null && this.skip.length > 0) {
			CommonKeys.checkSkip(framing, this.skip, this.escape);
			framing = new SkippingFraming(framing, this.skip);
		}
		if (this.escape != null) {
			CommonKeys.checkEscape(framing, this.escape, !ownBytes().isEmpty());
		}
		EscapeCodec codec = escapeCodec();
		if (codec != null) {
			framing = new EscapedFraming(framing, codec, keptBytes(), AfterEndFraming.of(created));
		}
		if (this.onBad == OnBad.SKIP) {
			framing = new RecoveringFraming(framing, CommonKeys.recovery(created));
		}
		boolean switchable = (this.switchable != null) ? this.switchable : framing.switchable();
		if (switchable != framing.switchable()) {
			framing = new NamedFraming(framing, framing.type(), switchable);
		}
		return framing;
	}

	/** Creates the framing, without the keys that all framings have. */
	abstract Framing create();

	/** The bytes with which the framing itself delimits frames. */
	List<byte[]> ownBytes() {
		return List.of();
	}

	/**
	 * The delimiters, if they are part of the payload: the one with which a payload ends
	 * is not escaped. Empty if delimiters are not part of the payload.
	 */
	List<byte[]> keptBytes() {
		return List.of();
	}

	static void checkAfter(int after) {
		InvalidFramingException.check(after >= 0, "after", after, "must not be negative");
	}

	/** Has so many bytes belong to a frame behind its end. */
	static Framing after(Framing framing, int after) {
		return (after > 0) ? new AfterEndFraming(framing, after) : framing;
	}

	final @Nullable Escape escape() {
		return this.escape;
	}

	final @Nullable EscapeCodec escapeCodec() {
		return (this.escape != null) ? new EscapeCodec(this.escape, ownBytes()) : null;
	}

	@SuppressWarnings("unchecked")
	private B self() {
		return (B) this;
	}

}
