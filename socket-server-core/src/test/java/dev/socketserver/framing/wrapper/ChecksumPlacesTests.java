package dev.socketserver.framing.wrapper;

import java.io.ByteArrayOutputStream;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Supplier;

import dev.socketserver.framing.FrameChecksum;
import dev.socketserver.framing.FrameChecksum.Form;
import dev.socketserver.framing.FrameInputs;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.LengthFieldBuilder.OnSend;
import dev.socketserver.framing.builder.CheckedBuilder;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.framing.checksum.Checksums;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checksums of all kinds at random places, beside a model that reads the documentation
 * word by word: the frame is the bytes that were stripped in front, the payload, and the
 * end where the checksum is behind it.
 */
class ChecksumPlacesTests {

	private static final HexFormat HEX = HexFormat.of();

	/** Letters and digits, of which no framing here is made. */
	private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz";

	private static final List<Shape> SHAPES = shapes();

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8 })
	void areWhereTheDocumentationHasThem(long seed) {
		Random random = new Random(seed);
		int tried = 0;
		for (int i = 0; i < 4000; i++) {
			Shape shape = SHAPES.get(random.nextInt(SHAPES.size()));
			Settings settings = Settings.draw(random, shape);
			Framing framing = settings.framing(shape);
			if (framing != null && holds(random, shape, settings, framing)) {
				tried++;
			}
		}
		assertThat(tried).isGreaterThan(500);
	}

	private static boolean holds(Random random, Shape shape, Settings settings, Framing framing) {
		int width = settings.width();
		int size = (shape.size() >= 0) ? shape.size() - (settings.strip() ? width : 0) : random.nextInt(12);
		Supplier<String> description = () -> shape + " " + settings + " " + size;
		byte[] payload = payload(random, shape, Math.max(0, size));
		byte[] wire;
		try {
			wire = FrameInputs.encode(framing, List.of(payload));
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
		byte[] yielded = shape.payload(wire);
		int index = position(settings.at(), yielded.length);
		assertThat(index).as(description).isBetween(0, yielded.length - width);
		byte[] rest = new byte[yielded.length - width];
		System.arraycopy(yielded, 0, rest, 0, index);
		System.arraycopy(yielded, index + width, rest, index, rest.length - index);
		if (settings.strip()) {
			assertThat(rest).as(description).hasSameSizeAs(payload);
			for (int i = 0; i < rest.length; i++) {
				// What is sent may have another length in it.
				if (!shape.isHeader((i < index) ? i : i + width)) {
					assertThat(rest[i]).as(description).isEqualTo(payload[i]);
				}
			}
		}
		byte[] field = Arrays.copyOfRange(yielded, index, index + width);
		boolean behindEnd = settings.at() < 0 && settings.at() + shape.after() >= 0;
		byte[] frame = behindEnd ? shape.withEnd(yielded) : concat(shape.front(wire), yielded);
		int end = behindEnd ? shape.end().length : 0;
		int front = shape.front(wire).length;
		int sum = front + index + end;
		int from = (settings.from() == null) ? front : position(settings.from(), frame.length);
		int to = (settings.to() != null) ? position(settings.to(), frame.length)
				: (from >= sum + width) ? frame.length : sum;
		assertThat(field).as(description).isEqualTo(settings.written(settings.checksum().of(frame, from, to)));
		assertThat(FrameInputs.outcome(framing, 100, concat(wire, wire))).as(description)
			.containsExactly(HEX.formatHex(settings.strip() ? rest : yielded),
					HEX.formatHex(settings.strip() ? rest : yielded), "{}");
		for (int i = 0; i < yielded.length; i++) {
			int inFrame = front + i + ((behindEnd && i >= yielded.length - shape.after()) ? end : 0);
			boolean covered = inFrame >= from && inFrame < to;
			if (covered && ALPHABET.indexOf(yielded[i]) >= 0 && !shape.isHeader(i)) {
				byte[] changed = wire.clone();
				changed[shape.inWire(wire, i)] ^= 1;
				assertThat(FrameInputs.outcome(framing, 100, changed)).as(description)
					.containsExactly("refused", "{CHECKSUM=1}");
			}
		}
		return true;
	}

	private static byte[] payload(Random random, Shape shape, int size) {
		byte[] payload = new byte[size];
		for (int i = 0; i < size; i++) {
			payload[i] = (byte) ALPHABET.charAt(random.nextInt(ALPHABET.length()));
		}
		byte[] sync = shape.sync();
		System.arraycopy(sync, 0, payload, 0, Math.min(sync.length, size));
		return payload;
	}

	private static byte[] concat(byte[]... parts) {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			all.writeBytes(part);
		}
		return all.toByteArray();
	}

	private static int position(int position, int length) {
		return (position >= 0) ? position : length + position;
	}

	private static List<Shape> shapes() {
		byte[] none = {};
		byte[] sync = { 0x78, 0x68 };
		return List.of(new Shape("line", () -> Framing.line(), none, new byte[] { '\n' }, 0, none, -1, 0, -1),
				new Shape("start-end", () -> Framing.startEnd("<", ">"), new byte[] { '<' }, new byte[] { '>' }, 0,
						none, -1, 0, -1),
				new Shape("behind the end", () -> Framings.startEnd().start("<").end("*>").after(4).build(),
						new byte[] { '<' }, new byte[] { '*', '>' }, 4, none, -1, 0, -1),
				new Shape("delimiter", () -> Framings.delimiter().delimiters("||").after(2).build(), none,
						new byte[] { '|', '|' }, 2, none, -1, 0, -1),
				new Shape("length in front", () -> Framing.lengthField().width(2).build(), new byte[2], none, 0, none,
						-1, 0, -1),
				new Shape("length that is kept",
						() -> Framing.lengthField().offset(3).width(1).onSend(OnSend.PATCH).build(), none, none, 0,
						none, 3, 1, -1),
				new Shape("length behind a sync",
						() -> Framing.lengthField().offset(2).width(1).sync(sync).onSend(OnSend.PATCH).build(), none,
						none, 0, sync, 2, 1, -1),
				new Shape("fixed", () -> Framing.fixed(9), none, none, 0, none, -1, 0, 9));
	}

	/**
	 * What a framing puts around a payload.
	 *
	 * @param title its name
	 * @param framing makes it
	 * @param start what is stripped in front, by its length
	 * @param end what is stripped behind
	 * @param after how many bytes are behind the end
	 * @param sync how the payload begins
	 * @param lengthAt where the length is in the payload, or -1
	 * @param lengthWidth how many bytes that has
	 * @param size how many bytes each payload has, or -1
	 */
	private record Shape(String title, Supplier<Framing> framing, byte[] start, byte[] end, int after, byte[] sync,
			int lengthAt, int lengthWidth, int size) {

		byte[] front(byte[] wire) {
			return Arrays.copyOf(wire, this.start.length);
		}

		byte[] payload(byte[] wire) {
			int text = wire.length - this.start.length - this.end.length - this.after;
			byte[] payload = new byte[text + this.after];
			System.arraycopy(wire, this.start.length, payload, 0, text);
			System.arraycopy(wire, wire.length - this.after, payload, text, this.after);
			return payload;
		}

		byte[] withEnd(byte[] payload) {
			int text = payload.length - this.after;
			return concat(this.start, Arrays.copyOf(payload, text), this.end,
					Arrays.copyOfRange(payload, text, payload.length));
		}

		int inWire(byte[] wire, int index) {
			int text = wire.length - this.start.length - this.end.length - this.after;
			return this.start.length + index + ((index >= text) ? this.end.length : 0);
		}

		boolean isHeader(int index) {
			return index < this.sync.length
					|| (this.lengthAt >= 0 && index >= this.lengthAt && index < this.lengthAt + this.lengthWidth);
		}

		/** Whether any byte may be in a frame. */
		boolean takesAnything() {
			return this.end.length == 0;
		}

		@Override
		public String toString() {
			return this.title;
		}

	}

	/**
	 * What the keys say.
	 */
	private record Settings(String type, FrameChecksum checksum, Form form, ByteOrder order, int at,
			@Nullable Integer from, @Nullable Integer to, boolean strip) {

		static Settings draw(Random random, Shape shape) {
			List<String> types = new ArrayList<>(Checksums.names());
			String type = types.get(random.nextInt(types.size()));
			FrameChecksum checksum = Objects.requireNonNull(Checksums.of(type));
			boolean binary = shape.takesAnything() && random.nextBoolean();
			Form form = binary ? Form.BINARY : random.nextBoolean() ? Form.HEX : Form.DECIMAL;
			ByteOrder order = random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
			Settings settings = new Settings(type, checksum, form, order, 0, null, null, random.nextBoolean());
			int width = settings.width();
			int at = random.nextBoolean() ? -width : random.nextInt(24) - 12;
			return new Settings(type, checksum, form, order, at, random.nextBoolean() ? null : random.nextInt(16) - 8,
					random.nextInt(3) > 0 ? null : random.nextInt(16) - 8, settings.strip());
		}

		int width() {
			int length = this.checksum.length();
			return switch (this.form) {
				case BINARY -> length;
				case HEX -> 2 * length;
				case DECIMAL -> List.of(3, 5, 8, 10).get(length - 1);
			};
		}

		byte[] written(long sum) {
			long value = sum & ((1L << 8 * this.checksum.length()) - 1);
			if (this.form == Form.HEX) {
				return ("%0" + width() + "X").formatted(value).getBytes();
			}
			if (this.form == Form.DECIMAL) {
				return ("%0" + width() + "d").formatted(value).getBytes();
			}
			byte[] bytes = new byte[width()];
			for (int i = 0; i < bytes.length; i++) {
				int place = (this.order == ByteOrder.LITTLE_ENDIAN) ? i : bytes.length - 1 - i;
				bytes[i] = (byte) (value >>> 8 * place);
			}
			return bytes;
		}

		@Nullable Framing framing(Shape shape) {
			CheckedBuilder builder = Framings.checked(shape.framing().get()).type(this.type).form(this.form);
			if (this.form == Form.BINARY) {
				builder.byteOrder(this.order);
			}
			builder.at(this.at).strip(this.strip);
			if (this.from != null) {
				builder.from(this.from);
			}
			if (this.to != null) {
				builder.to(this.to);
			}
			try {
				return builder.build();
			}
			catch (InvalidFramingException ex) {
				return null;
			}
		}

	}

}
