package dev.socketserver.framing.builder;

import dev.socketserver.framing.Framing;
import dev.socketserver.framing.LengthFieldBuilder;

/**
 * A builder with all keys for each type of framing.
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

}
