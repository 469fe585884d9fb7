package dev.socketserver.framing;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Describes a framing: the keys that all of them have. The static methods begin a
 * description by its type word. Not safe for use by several threads.
 *
 * @param <B> the builder itself
 */
public abstract class FramingBuilder<B extends FramingBuilder<B>> {

	private byte @Nullable [] skip;

	private @Nullable Escape escape;

	private @Nullable Boolean switchable;

	private @Nullable String type;

	FramingBuilder() {
	}

	/**
	 * Begins a {@code line} framing.
	 * @return the builder
	 */
	public static LineBuilder line() {
		return new LineBuilder();
	}

	/**
	 * Begins a {@code delimiter} framing.
	 * @return the builder; delimiters must be given to it
	 */
	public static DelimiterBuilder delimiter() {
		return new DelimiterBuilder();
	}

	/**
	 * Begins a {@code start-end} framing.
	 * @return the builder; start and end must be given to it
	 */
	public static StartEndBuilder startEnd() {
		return new StartEndBuilder();
	}

	/**
	 * Begins a {@code length-field} framing.
	 * @return the builder
	 */
	public static LengthFieldBuilder lengthField() {
		return new LengthFieldBuilder();
	}

	/**
	 * Begins a {@code fixed} framing.
	 * @return the builder; a size must be given to it
	 */
	public static FixedBuilder fixed() {
		return new FixedBuilder();
	}

	/**
	 * Begins a {@code header-block} framing.
	 * @return the builder
	 */
	public static HeaderBlockBuilder headerBlock() {
		return new HeaderBlockBuilder();
	}

	/**
	 * Begins a {@code switch} framing.
	 * @return the builder; cases must be given to it
	 */
	public static SwitchBuilder switching() {
		return new SwitchBuilder();
	}

	/**
	 * Begins with a framing that exists, to give it the keys that all have.
	 * @param framing the framing: a preset, or one of the application's own
	 * @return the builder
	 */
	public static ExtendingBuilder extending(Framing framing) {
		return new ExtendingBuilder(framing);
	}

	/**
	 * Bytes that are ignored before a frame, each for itself: filler, line ends behind a
	 * length, zeros that keep a connection alive. Default none.
	 * @param bytes the bytes, as {@link ByteValues} reads them; their order is of no
	 * matter
	 * @return this builder
	 */
	public B skip(String bytes) {
		return skip(ByteValues.parse(bytes));
	}

	/**
	 * Bytes that are ignored before a frame, each for itself. Default none.
	 * @param bytes the bytes; their order is of no matter
	 * @return this builder
	 */
	public B skip(byte... bytes) {
		this.skip = bytes.clone();
		return self();
	}

	/**
	 * How bytes of a payload are escaped. Only the payload is, not what the framing puts
	 * around it, and a length counts what is on the wire. Default not at all.
	 * @param escape the escape
	 * @return this builder
	 */
	public B escape(Escape escape) {
		this.escape = escape;
		return self();
	}

	/**
	 * Whether a handler may change a session's framing. Default {@code false}, or what
	 * the framing says that is extended.
	 * @param switchable the value of {@link Framing#switchable()}
	 * @return this builder
	 */
	public B switchable(boolean switchable) {
		this.switchable = switchable;
		return self();
	}

	/** Another type word than that of the framing made. */
	B type(String type) {
		this.type = type;
		return self();
	}

	/**
	 * Makes the framing.
	 * @return the framing
	 * @throws InvalidFramingException if it cannot work
	 */
	public final Framing build() {
		Framing framing = create();
		if (framing.passThrough()) {
			// Where one read ends and the next begins would change what is skipped.
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
		String type = (this.type != null) ? this.type : framing.type();
		boolean switchable = (this.switchable != null) ? this.switchable : framing.switchable();
		if (switchable != framing.switchable() || !type.equals(framing.type())) {
			framing = new NamedFraming(framing, type, switchable);
		}
		return framing;
	}

	/** A framing without the keys that all have. */
	static Framing innermost(Framing framing) {
		return (framing instanceof WrappedFraming wrapped) ? innermost(wrapped.framing) : framing;
	}

	/** Whether bytes of a payload may be taken for a delimiter. */
	private static boolean hasDelimiters(Framing framing) {
		Framing innermost = innermost(framing);
		if (innermost instanceof SwitchFraming switching) {
			return switching.framings().stream().anyMatch(FramingBuilder::hasDelimiters);
		}
		return innermost instanceof StartEndFraming || innermost instanceof DelimiterFraming
				|| innermost instanceof LineFraming || innermost instanceof StrictLineFraming
				|| innermost instanceof LoneCarriageReturnFraming;
	}

	/** Makes the framing without the keys that all have. */
	abstract Framing create();

	/** The bytes with which the framing itself delimits frames. */
	List<byte[]> ownBytes() {
		return List.of();
	}

	/**
	 * What a payload ends with that delimits its frame, one of these, and so is never
	 * escaped; empty if the delimiter is no part of the payload.
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
