package dev.socketserver.framing;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Describes a framing. This class has the keys that all framings have; its static methods
 * create a builder for each type of framing. Not safe for use by several threads.
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
	 * Creates a builder for a {@code line} framing.
	 * @return the builder
	 */
	public static LineBuilder line() {
		return new LineBuilder();
	}

	/**
	 * Creates a builder for a {@code delimiter} framing.
	 * @return the builder, for which delimiters must be set
	 */
	public static DelimiterBuilder delimiter() {
		return new DelimiterBuilder();
	}

	/**
	 * Creates a builder for a {@code start-end} framing.
	 * @return the builder, for which start and end must be set
	 */
	public static StartEndBuilder startEnd() {
		return new StartEndBuilder();
	}

	/**
	 * Creates a builder for a {@code length-field} framing.
	 * @return the builder
	 */
	public static LengthFieldBuilder lengthField() {
		return new LengthFieldBuilder();
	}

	/**
	 * Creates a builder for a {@code fixed} framing.
	 * @return the builder, for which a size must be set
	 */
	public static FixedBuilder fixed() {
		return new FixedBuilder();
	}

	/**
	 * Creates a builder for a {@code header-block} framing.
	 * @return the builder
	 */
	public static HeaderBlockBuilder headerBlock() {
		return new HeaderBlockBuilder();
	}

	/**
	 * Creates a builder for a {@code switch} framing.
	 * @return the builder, for which cases must be set
	 */
	public static SwitchBuilder switching() {
		return new SwitchBuilder();
	}

	/**
	 * Begins with an existing framing, to set the keys that all framings have.
	 * @param framing the framing: that of a preset, or one that the application
	 * implements
	 * @return the builder
	 */
	public static ExtendingBuilder extending(Framing framing) {
		return new ExtendingBuilder(framing);
	}

	/**
	 * {@code skip}: byte values that are ignored in front of a frame, in any number and
	 * order: filler, line ends behind a length, zeros that keep a connection alive.
	 * Default none.
	 * @param bytes the bytes, as {@link ByteValues} reads them; their order does not
	 * matter
	 * @return this builder
	 */
	public B skip(String bytes) {
		return skip(ByteValues.parse(bytes));
	}

	/**
	 * {@code skip}: byte values that are ignored in front of a frame, in any number and
	 * order. Default none.
	 * @param bytes the bytes; their order does not matter
	 * @return this builder
	 */
	public B skip(byte... bytes) {
		this.skip = bytes.clone();
		return self();
	}

	/**
	 * {@code escape}: how bytes of a payload are escaped. Only the payload is escaped,
	 * not what the framing puts around it, and a length counts the escaped bytes. Default
	 * not at all.
	 * @param escape the escape
	 * @return this builder
	 */
	public B escape(Escape escape) {
		this.escape = escape;
		return self();
	}

	/**
	 * {@code switchable}: whether a handler may change the framing of a session. Default
	 * {@code false}, or the value of the framing that is extended.
	 * @param switchable the value of {@link Framing#switchable()}
	 * @return this builder
	 */
	public B switchable(boolean switchable) {
		this.switchable = switchable;
		return self();
	}

	/** Sets another type word than that of the framing itself. */
	B type(String type) {
		this.type = type;
		return self();
	}

	/**
	 * Creates the framing.
	 * @return the framing
	 * @throws InvalidFramingException if the values of its keys do not work together
	 */
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
		String type = (this.type != null) ? this.type : framing.type();
		boolean switchable = (this.switchable != null) ? this.switchable : framing.switchable();
		if (switchable != framing.switchable() || !type.equals(framing.type())) {
			framing = new NamedFraming(framing, type, switchable);
		}
		return framing;
	}

	/** Returns a framing without its wrappers for the keys that all framings have. */
	static Framing innermost(Framing framing) {
		return (framing instanceof WrappedFraming wrapped) ? innermost(wrapped.framing) : framing;
	}

	/** Whether bytes of a payload could be mistaken for a delimiter. */
	private static boolean hasDelimiters(Framing framing) {
		Framing innermost = innermost(framing);
		if (innermost instanceof SwitchFraming switching) {
			return switching.framings().stream().anyMatch(FramingBuilder::hasDelimiters);
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
