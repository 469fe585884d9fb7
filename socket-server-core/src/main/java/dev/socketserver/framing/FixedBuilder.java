package dev.socketserver.framing;

/**
 * Describes a {@code fixed} framing: every frame has the same number of bytes.
 */
public final class FixedBuilder extends FramingBuilder<FixedBuilder> {

	private int size;

	FixedBuilder() {
	}

	/**
	 * {@code size}: how many bytes a frame has. Required. A payload of another size is
	 * refused when it is sent.
	 * @param size the number, at least 1
	 * @return this builder
	 */
	public FixedBuilder size(int size) {
		this.size = size;
		return this;
	}

	@Override
	Framing create() {
		InvalidFramingException.check(this.size > 0, "size", this.size, "must be at least 1");
		return new FixedFraming(this.size);
	}

}
