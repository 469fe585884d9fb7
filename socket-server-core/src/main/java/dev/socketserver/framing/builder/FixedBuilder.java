package dev.socketserver.framing.builder;

import dev.socketserver.framing.Framing;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.codec.FixedFraming;

/**
 * Describes a {@code fixed} framing: every frame has the same number of bytes.
 */
public final class FixedBuilder extends AbstractFramingBuilder<FixedBuilder> {

	private int size;

	FixedBuilder() {
	}

	/**
	 * {@code size}: how many bytes a frame has. Required. A payload of another size is
	 * refused with {@link IllegalArgumentException} when it is sent. With more than
	 * {@code limits.frame}, no frame is ever accepted.
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
