package dev.socketserver.framing.builder;

import java.nio.ByteOrder;

import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.LengthFieldBuilder;
import dev.socketserver.framing.LengthFieldBuilder.LengthEncoding;
import dev.socketserver.framing.LengthFieldBuilder.OnSend;
import dev.socketserver.framing.LengthFieldBuilder.ZeroLength;
import dev.socketserver.framing.bytes.LengthCodec;
import dev.socketserver.framing.codec.DescribedLengthFraming;
import dev.socketserver.framing.codec.LengthFieldFraming;
import dev.socketserver.framing.codec.LengthLayout;
import dev.socketserver.framing.wrapper.SyncFraming;
import org.jspecify.annotations.Nullable;

/**
 * Checks the keys of a {@code length-field} framing together, and chooses the codec.
 */
final class DefaultLengthFieldBuilder extends AbstractFramingBuilder<LengthFieldBuilder> implements LengthFieldBuilder {

	private int offset;

	private @Nullable Integer width;

	private LengthEncoding encoding = LengthEncoding.BINARY;

	private ByteOrder byteOrder = ByteOrder.BIG_ENDIAN;

	private byte[] mask = {};

	private byte[] sync = {};

	private int adjust;

	private @Nullable Integer strip;

	private int after;

	private byte[] afterBytes = {};

	private byte[] terminator = {};

	private ZeroLength zero = ZeroLength.FRAME;

	private @Nullable OnSend onSend;

	DefaultLengthFieldBuilder() {
	}

	@Override
	public LengthFieldBuilder offset(int offset) {
		this.offset = offset;
		return this;
	}

	@Override
	public LengthFieldBuilder width(int width) {
		this.width = width;
		return this;
	}

	@Override
	public LengthFieldBuilder encoding(LengthEncoding encoding) {
		this.encoding = encoding;
		return this;
	}

	@Override
	public LengthFieldBuilder byteOrder(ByteOrder byteOrder) {
		this.byteOrder = byteOrder;
		return this;
	}

	@Override
	public LengthFieldBuilder mask(String mask) {
		return mask(ByteValues.parse(mask));
	}

	@Override
	public LengthFieldBuilder mask(byte[] mask) {
		this.mask = mask.clone();
		return this;
	}

	@Override
	public LengthFieldBuilder sync(String sync) {
		return sync(ByteValues.parse(sync));
	}

	@Override
	public LengthFieldBuilder sync(byte[] sync) {
		this.sync = sync.clone();
		return this;
	}

	@Override
	public LengthFieldBuilder adjust(int adjust) {
		this.adjust = adjust;
		return this;
	}

	@Override
	public LengthFieldBuilder strip(int strip) {
		this.strip = strip;
		return this;
	}

	@Override
	public LengthFieldBuilder after(int bytes) {
		this.after = bytes;
		this.afterBytes = new byte[0];
		return this;
	}

	@Override
	public LengthFieldBuilder after(byte[] bytes) {
		this.after = bytes.length;
		this.afterBytes = bytes.clone();
		return this;
	}

	@Override
	public LengthFieldBuilder terminator(String terminator) {
		return terminator(ByteValues.parse(terminator));
	}

	@Override
	public LengthFieldBuilder terminator(byte[] terminator) {
		this.terminator = terminator.clone();
		return this;
	}

	@Override
	public LengthFieldBuilder zero(ZeroLength zero) {
		this.zero = zero;
		return this;
	}

	@Override
	public LengthFieldBuilder onSend(OnSend onSend) {
		this.onSend = onSend;
		return this;
	}

	@Override
	Framing create() {
		InvalidFramingException.check(this.offset >= 0, "offset", this.offset, "must not be negative");
		InvalidFramingException.check(this.after >= 0, "after", this.after, "must not be negative");
		InvalidFramingException.check(this.strip == null || this.strip >= 0, "strip", this.strip,
				"must not be negative");
		boolean text = this.encoding == LengthEncoding.DECIMAL || this.encoding == LengthEncoding.HEX;
		InvalidFramingException.check(this.encoding == LengthEncoding.BINARY || this.byteOrder == ByteOrder.BIG_ENDIAN,
				"byte-order", "little", "only a binary length has an order of bytes");
		InvalidFramingException.check(this.mask.length == 0 || this.encoding == LengthEncoding.BINARY, "mask",
				ByteValues.format(this.mask), "only a binary length has bits");
		InvalidFramingException.check(this.sync.length <= this.offset, "sync", ByteValues.format(this.sync),
				"is in front of the length, which begins at byte " + this.offset + ": set offset to " + this.sync.length
						+ " or more");
		boolean digitsEnd = text && this.width == null && this.terminator.length > 0;
		byte[] tail = digitsEnd ? this.afterBytes : tail();
		LengthCodec codec = codec(digitsEnd);
		OnSend onSend = onSend(digitsEnd);
		if (isDefault(tail, onSend)) {
			return LengthFieldFraming.INSTANCE;
		}
		int strip = (this.strip != null) ? this.strip : (this.offset == 0) ? -1 : 0;
		LengthLayout layout = new LengthLayout(codec, this.offset, this.adjust, strip, this.after, tail);
		checkPossible(layout);
		DescribedLengthFraming framing = new DescribedLengthFraming(layout, this.zero, onSend);
		return (this.sync.length > 0) ? new SyncFraming(framing, this.sync) : framing;
	}

	/** Refuses what makes even the longest frame too short. */
	private void checkPossible(LengthLayout layout) {
		String rule = "no frame would have enough bytes, as its length is at most " + layout.codec().most();
		long least = (long) layout.offset() + layout.codec().narrowest();
		InvalidFramingException.check(layout.canHave(least + layout.after()), "adjust", this.adjust, rule);
		InvalidFramingException.check(layout.canHave(least + layout.tail().length), "terminator",
				ByteValues.format(layout.tail()), rule);
		InvalidFramingException.check(layout.canHave((long) layout.strip() + layout.tail().length), "strip", this.strip,
				rule);
	}

	private byte[] tail() {
		InvalidFramingException.check(this.terminator.length == 0 || this.afterBytes.length == 0, "terminator",
				ByteValues.format(this.terminator), "'after' has bytes that end the frame already");
		return (this.terminator.length > 0) ? this.terminator : this.afterBytes;
	}

	private boolean isDefault(byte[] tail, OnSend onSend) {
		return this.offset == 0 && this.encoding == LengthEncoding.BINARY && width() == Integer.BYTES
				&& this.mask.length == 0 && this.byteOrder == ByteOrder.BIG_ENDIAN && this.adjust == 0
				&& (this.strip == null || this.strip == Integer.BYTES) && this.after == 0 && tail.length == 0
				&& this.zero == ZeroLength.FRAME && onSend == OnSend.PREPEND;
	}

	private int width() {
		return (this.width != null) ? this.width : 4;
	}

	private LengthCodec codec(boolean digitsEnd) {
		return switch (this.encoding) {
			case BINARY ->
				(this.mask.length > 0) ? masked(widthUpTo(8)) : new LengthCodec.Binary(widthUpTo(8), this.byteOrder);
			case DECIMAL -> digits(digitsEnd, 10);
			case HEX -> digits(digitsEnd, 16);
			case BCD -> new LengthCodec.Bcd(widthUpTo(8));
			case VARINT -> new LengthCodec.Varint(widthUpTo(8));
		};
	}

	private LengthCodec masked(int width) {
		long bits = 0;
		for (byte value : this.mask) {
			bits = bits << 8 | value & 0xFF;
		}
		InvalidFramingException.check(this.mask.length <= width, "mask", ByteValues.format(this.mask),
				"has more bytes than the length, which has " + width);
		InvalidFramingException.check(bits != 0 && (bits & bits + 1) == 0, "mask", ByteValues.format(this.mask),
				"must be the lowest bits of the length, all of them up to one, such as hex:7fff");
		return new LengthCodec.Binary(width, this.byteOrder, bits);
	}

	private LengthCodec digits(boolean digitsEnd, int radix) {
		if (digitsEnd) {
			InvalidFramingException.check(Character.digit(this.terminator[0], radix) < 0, "terminator",
					ByteValues.format(this.terminator), "it begins with a digit, which cannot end digits");
			return new LengthCodec.Digits(10, radix, this.terminator);
		}
		return new LengthCodec.Digits(widthUpTo(10), radix, new byte[0]);
	}

	private int widthUpTo(int most) {
		int width = width();
		InvalidFramingException.check(width > 0 && width <= most, "width", width, "must be between 1 and " + most);
		return width;
	}

	private OnSend onSend(boolean digitsEnd) {
		if (this.onSend == null) {
			if (this.offset > 0) {
				return (this.strip == null || this.strip == 0) ? OnSend.PATCH : OnSend.NONE;
			}
			return (restores(digitsEnd)) ? OnSend.PREPEND : OnSend.NONE;
		}
		InvalidFramingException.check(this.onSend != OnSend.PREPEND || this.offset == 0, "on-send", "prepend",
				"the " + this.offset + " bytes in front of the length would be missing: use patch, or none");
		InvalidFramingException.check(this.onSend != OnSend.PREPEND || restores(digitsEnd), "on-send", "prepend",
				"strip takes away more than the length, which would be missing: use none, or another strip");
		InvalidFramingException.check(
				this.onSend != OnSend.PATCH || (this.strip != null && this.strip == 0)
						|| (this.strip == null && this.offset > 0),
				"on-send", "patch", "strip takes the length out of the payload: set strip to 0");
		return this.onSend;
	}

	/**
	 * Whether a payload becomes a whole frame again if a length is put in front of it.
	 */
	private boolean restores(boolean digitsEnd) {
		boolean known = !digitsEnd && this.encoding != LengthEncoding.VARINT;
		return this.strip == null || this.strip <= (known ? width() : 1);
	}

}
