package dev.socketserver.framing.builder;

import java.nio.ByteOrder;
import java.util.Objects;
import java.util.Set;

import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.FrameCheck;
import dev.socketserver.framing.FrameChecksum;
import dev.socketserver.framing.FrameChecksum.Form;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingPreset;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.checksum.Checksums;
import dev.socketserver.framing.codec.SwitchFraming;
import dev.socketserver.framing.codec.WrappedFraming;
import dev.socketserver.framing.wrapper.CheckedFraming;
import org.jspecify.annotations.Nullable;

/**
 * Describes a framing whose frames have a checksum, which is verified and written. It is
 * one with a {@link #type(String) type}, at any place and in several forms; or bytes at
 * the end of what the other framing takes for the payload, which a {@link #check}
 * computes.
 * <p>
 * {@code at} counts in the payload that the other framing yields. {@code from} and
 * {@code to} count in the frame: what is stripped in front of the payload, the payload,
 * and, where {@code after} puts the checksum behind the end, that end. Negative positions
 * count from the end. All of them count bytes before they are escaped. A length is set
 * before the checksum is computed, and counts it.
 */
public final class CheckedBuilder extends AbstractFramingBuilder<CheckedBuilder> {

	private final Framing framing;

	private int length;

	private @Nullable FrameCheck check;

	private @Nullable FrameChecksum type;

	private @Nullable Form form;

	private ByteOrder byteOrder = ByteOrder.BIG_ENDIAN;

	private @Nullable Integer at;

	private @Nullable Integer from;

	private @Nullable Integer to;

	private boolean strip = true;

	private FrameChecksum.@Nullable OnBad onBadSum;

	private byte @Nullable [] reply;

	CheckedBuilder(Framing framing) {
		this.framing = framing;
	}

	/**
	 * Sets how frames are verified: by a function, from all of the payload. The bytes are
	 * the last ones of the payload, and handlers neither see nor send them. Not together
	 * with a type.
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
	 * Returns the names of the checksums that {@link #type(String)} knows.
	 * @return the names
	 */
	public static Set<String> types() {
		return Checksums.names();
	}

	/**
	 * {@code type}: which checksum frames have. For a framing of a preset whose frames
	 * have one, this is enough: form and place are known.
	 * @param name its name, such as {@code crc16-modbus}
	 * @return this
	 * @throws InvalidFramingException if there is none of this name
	 */
	public CheckedBuilder type(String name) {
		FrameChecksum found = Checksums.of(name);
		InvalidFramingException.check(found != null, "checksum.type", name,
				"must be one of " + String.join(", ", Checksums.names()));
		return type(Objects.requireNonNull(found));
	}

	/**
	 * {@code type}: which checksum frames have.
	 * @param checksum the checksum
	 * @return this
	 */
	public CheckedBuilder type(FrameChecksum checksum) {
		this.type = checksum;
		return this;
	}

	/**
	 * {@code form}: how the checksum is written. Default {@link Form#BINARY}.
	 * @param form the form
	 * @return this
	 */
	public CheckedBuilder form(Form form) {
		this.form = form;
		return this;
	}

	/**
	 * {@code byte-order}: the order of the bytes of the binary form. Default big-endian.
	 * @param byteOrder the order
	 * @return this
	 */
	public CheckedBuilder byteOrder(ByteOrder byteOrder) {
		this.byteOrder = byteOrder;
		return this;
	}

	/**
	 * {@code at}: the position of its first byte in the payload. By default, it is the
	 * last bytes of that.
	 * @param position the position, negative from the end
	 * @return this
	 */
	public CheckedBuilder at(int position) {
		this.at = position;
		return this;
	}

	/**
	 * {@code from}: the position in the frame of the first byte that it covers. By
	 * default, where the payload begins.
	 * @param position the position, negative from the end
	 * @return this
	 */
	public CheckedBuilder from(int position) {
		this.from = position;
		return this;
	}

	/**
	 * {@code to}: the position in the frame after the last byte that it covers. By
	 * default, that of the checksum, or the end of the frame if {@code from} lies behind
	 * the checksum.
	 * @param position the position, negative from the end
	 * @return this
	 */
	public CheckedBuilder to(int position) {
		this.to = position;
		return this;
	}

	/**
	 * {@code strip}: whether handlers neither see nor send it. With {@code false} it is
	 * part of the payload in both directions, and is set when that is sent. Default
	 * {@code true}.
	 * @param strip the value
	 * @return this
	 */
	public CheckedBuilder strip(boolean strip) {
		this.strip = strip;
		return this;
	}

	/**
	 * {@code on-bad} of a checksum with a type: what becomes of a frame whose checksum is
	 * wrong, which is counted as {@link dev.socketserver.framing.DropReason#CHECKSUM}.
	 * With {@link FrameChecksum.OnBad#SKIP} the next frame may begin within it, where the
	 * framing finds one by a start or a sync; else it is looked for behind the frame.
	 * Default {@link FrameChecksum.OnBad#CLOSE}.
	 * @param onBad the value
	 * @return this
	 */
	public CheckedBuilder onBad(FrameChecksum.OnBad onBad) {
		this.onBadSum = onBad;
		return this;
	}

	/**
	 * Sets what a peer is sent for a frame that is wrong, as it is. With a type, only
	 * together with {@link FrameChecksum.OnBad#SKIP}. With a check, the frame is then
	 * dropped, counted as {@link dev.socketserver.framing.DropReason#BAD}, and the
	 * session goes on; without it, which is the default, a wrong frame is refused, as
	 * others are that cannot be.
	 * @param bytes the bytes, as {@link ByteValues} reads them
	 * @return this
	 * @throws IllegalArgumentException if they cannot be read
	 */
	public CheckedBuilder reply(String bytes) {
		return reply(ByteValues.parse(bytes));
	}

	/**
	 * Sets what a peer is sent for a frame that is wrong, as {@link #reply(String)} does.
	 * @param bytes the bytes
	 * @return this
	 */
	public CheckedBuilder reply(byte... bytes) {
		this.reply = bytes.clone();
		return this;
	}

	@Override
	Framing create() {
		if (this.type != null) {
			return withType(this.type);
		}
		boolean placed = this.form != null || this.at != null || this.from != null || this.to != null || !this.strip
				|| this.onBadSum != null;
		InvalidFramingException.check(!placed, "checksum.type", null, "is required");
		InvalidFramingException.check(this.check != null, "check", "not set", "is required");
		InvalidFramingException.check(this.length > 0, "check", this.length, "must have at least one byte");
		return new CheckedFraming(this.framing, this.length, Objects.requireNonNull(this.check), this.reply);
	}

	private Framing withType(FrameChecksum type) {
		InvalidFramingException.check(this.check == null, "check", "set", "there is a type already");
		FrameChecksum.OnBad onBad = (this.onBadSum != null) ? this.onBadSum : FrameChecksum.OnBad.CLOSE;
		byte[] reply = (this.reply != null) ? this.reply : new byte[0];
		InvalidFramingException.check(reply.length == 0 || onBad == FrameChecksum.OnBad.SKIP, "checksum.reply",
				ByteValues.format(reply), "is for frames that are skipped: set on-bad to skip");
		InvalidFramingException.check(!this.framing.passThrough(), "checksum", this.framing.type(), "has no frames");
		ChecksumKeys keys = new ChecksumKeys(type, this.form, this.byteOrder, this.at, this.from, this.to, this.strip,
				onBad, reply);
		FramingPreset preset = FramingPreset.of(this.framing.type());
		if (preset != null && (this.framing instanceof WrappedFraming || this.framing == preset.framing())) {
			return Presets.checked(preset, this.framing, keys);
		}
		InvalidFramingException.check(!(WrappedFraming.innermost(this.framing) instanceof SwitchFraming), "checksum",
				this.framing.type(), "its cases have their own: set it for their framings");
		return keys.around(this.framing);
	}

}
