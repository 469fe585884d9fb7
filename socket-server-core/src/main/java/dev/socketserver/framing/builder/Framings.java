package dev.socketserver.framing.builder;

import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingBuilder;
import dev.socketserver.framing.LengthFieldBuilder;

/**
 * A builder with all keys for each type of framing but {@code raw}, which has none; see
 * {@link Framing#raw()}. Methods of builders that take bytes as text throw
 * {@link IllegalArgumentException} at once if {@link ByteValues} cannot read them.
 * {@link FramingBuilder#build()} checks everything else. A key that is set again is
 * replaced; only the cases of a switch add up.
 */
public final class Framings {

	private Framings() {
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
		return new DefaultLengthFieldBuilder();
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
	 * Creates a builder for a {@code counted} framing.
	 * @return the builder
	 */
	public static CountedBuilder counted() {
		return new CountedBuilder();
	}

	/**
	 * Creates a builder for a {@code switch} framing.
	 * @return the builder, for which cases must be set
	 */
	public static SwitchBuilder switching() {
		return new SwitchBuilder();
	}

	/**
	 * Creates a builder for an existing framing whose frames have a checksum or the like.
	 * @param framing the framing, whose payloads have it
	 * @return the builder, for which a type or a check must be set
	 */
	public static CheckedBuilder checked(Framing framing) {
		return new CheckedBuilder(framing);
	}

	/**
	 * Begins with an existing framing, to set the keys that all framings have.
	 * {@link ExtendingBuilder} says how they are combined with those that the framing
	 * has.
	 * @param framing the framing: that of a preset, or one that the application
	 * implements
	 * @return the builder
	 */
	public static ExtendingBuilder extending(Framing framing) {
		return new ExtendingBuilder(framing);
	}

}
