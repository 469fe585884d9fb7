package dev.socketserver.framing.builder;

import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.codec.FixedFraming;
import dev.socketserver.framing.wrapper.SyncFraming;

/**
 * Describes a {@code fixed} framing: every frame has the same number of bytes.
 */
public final class FixedBuilder extends AbstractFramingBuilder<FixedBuilder> {

	private int size;

	private byte[] sync = {};

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

	/**
	 * {@code sync}: bytes with which every frame begins. What comes before them is
	 * dropped, and counted as {@link dev.socketserver.framing.DropReason#SYNC}. They are
	 * part of the frame, and of its size. Default none.
	 * @param sync the bytes, as {@link ByteValues} reads them; at most {@link #size} many
	 * @return this builder
	 * @throws IllegalArgumentException if they cannot be read
	 */
	public FixedBuilder sync(String sync) {
		return sync(ByteValues.parse(sync));
	}

	/**
	 * {@code sync}: as {@link #sync(String)}.
	 * @param sync the bytes
	 * @return this builder
	 */
	public FixedBuilder sync(byte... sync) {
		this.sync = sync.clone();
		return this;
	}

	@Override
	Framing create() {
		InvalidFramingException.check(this.size > 0, "size", this.size, "must be at least 1");
		InvalidFramingException.check(this.sync.length <= this.size, "sync", ByteValues.format(this.sync),
				"has more bytes than a frame, which has " + this.size);
		FixedFraming framing = new FixedFraming(this.size);
		return (this.sync.length > 0) ? new SyncFraming(framing, this.sync) : framing;
	}

}
