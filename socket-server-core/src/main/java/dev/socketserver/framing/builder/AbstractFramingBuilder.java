package dev.socketserver.framing.builder;

import java.util.List;

import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.Escape;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingBuilder;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.bytes.EscapeCodec;
import dev.socketserver.framing.codec.DelimiterFraming;
import dev.socketserver.framing.codec.LineFraming;
import dev.socketserver.framing.codec.LoneCarriageReturnFraming;
import dev.socketserver.framing.codec.StartEndFraming;
import dev.socketserver.framing.codec.StrictLineFraming;
import dev.socketserver.framing.codec.SwitchFraming;
import dev.socketserver.framing.codec.WrappedFraming;
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
	public final Framing build() {
		Framing framing = create();
		if (framing.passThrough()) {
			// What is skipped would depend on where one read ends and the next begins.
			InvalidFramingException.check(this.skip == null || this.skip.length == 0, "skip",
					ByteValues.format((this.skip != null) ? this.skip : new byte[0]),
					framing.type() + " has no frames");
			InvalidFramingException.check(this.escape == null, "escape", "set", framing.type() + " has no frames");
		}
		if (this.skip != null && this.skip.length > 0) {
			InvalidFramingException.check(!StartEndFraming.sharesEnds(framing), "skip", ByteValues.format(this.skip),
					"would take the first bytes of a payload: an end may also be a start, as resync is false");
			framing = new SkippingFraming(framing, this.skip);
		}
		if (this.escape != null && this.escape.mark() >= 0) {
			InvalidFramingException.check(!ownBytes().isEmpty() || !hasDelimiters(framing), "escape.mark",
					ByteValues.one(this.escape.mark()), "the delimiters of '" + framing.type()
							+ "' would not be escaped: set escape where they are described");
		}
		EscapeCodec codec = escapeCodec();
		if (codec != null) {
			framing = new EscapedFraming(framing, codec, keptBytes());
		}
		boolean switchable = (this.switchable != null) ? this.switchable : framing.switchable();
		if (switchable != framing.switchable()) {
			framing = new NamedFraming(framing, framing.type(), switchable);
		}
		return framing;
	}

	/** Whether bytes of a payload could be mistaken for a delimiter. */
	private static boolean hasDelimiters(Framing framing) {
		Framing innermost = WrappedFraming.innermost(framing);
		if (innermost instanceof SwitchFraming switching) {
			return switching.framings().stream().anyMatch(AbstractFramingBuilder::hasDelimiters);
		}
		return innermost instanceof StartEndFraming || innermost instanceof DelimiterFraming
				|| innermost instanceof LineFraming || innermost instanceof StrictLineFraming
				|| innermost instanceof LoneCarriageReturnFraming;
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
