package dev.socketserver.framing.builder;

import java.util.Objects;

import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.FrameCheck;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.wrapper.CheckedFraming;
import org.jspecify.annotations.Nullable;

/**
 * Describes a framing whose frames end with bytes that verify them, such as a checksum.
 * They are the last ones of what the other framing takes for the payload; handlers
 * neither see nor send them.
 */
public final class CheckedBuilder extends AbstractFramingBuilder<CheckedBuilder> {

	private final Framing framing;

	private int length;

	private @Nullable FrameCheck check;

	private byte @Nullable [] reply;

	CheckedBuilder(Framing framing) {
		this.framing = framing;
	}

	/**
	 * Sets how frames are verified. Required.
	 * @param length how many bytes verify a frame, at least 1
	 * @param check computes them from the payload
	 * @return this
	 */
	public CheckedBuilder check(int length, FrameCheck check) {
		this.length = length;
		this.check = check;
		return this;
	}

	/**
	 * Sets what a peer is sent for a frame that is wrong, as it is. The frame is dropped,
	 * counted as {@link dev.socketserver.framing.DropReason#BAD}, and the session goes
	 * on. Without it, which is the default, a wrong frame is refused, as others are that
	 * cannot be.
	 * @param bytes the bytes, as {@link ByteValues} reads them
	 * @return this
	 * @throws IllegalArgumentException if they cannot be read
	 */
	public CheckedBuilder reply(String bytes) {
		this.reply = ByteValues.parse(bytes);
		return this;
	}

	@Override
	Framing create() {
		InvalidFramingException.check(this.check != null, "check", "not set", "is required");
		InvalidFramingException.check(this.length > 0, "check", this.length, "must have at least one byte");
		return new CheckedFraming(this.framing, this.length, Objects.requireNonNull(this.check), this.reply);
	}

}
