package dev.socketserver.framing;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.socketserver.framing.FramingBuilder.OnBad;
import dev.socketserver.framing.LengthFieldBuilder.LengthEncoding;
import dev.socketserver.framing.LengthFieldBuilder.OnSend;
import dev.socketserver.framing.LengthFieldBuilder.ZeroLength;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.framing.builder.SwitchBuilder;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What holds for every framing: frames that were sent are received, however the stream is
 * cut into pieces, and no bytes whatsoever make a decoder do more than report frames
 * within its input or refuse them, the same in all pieces.
 */
class FramingPropertyTests {

	private static final int MAX = 64;

	private static final UnaryOperator<byte[]> ANYTHING = UnaryOperator.identity();

	/** Bytes that mean something to one framing or another, so that they often meet. */
	private static final byte[] TELLING = FrameInputs
		.hex("0a0d 00 0102 03 3b 61 62 7d7e5d5e 5c c0db dcdd ff 30 31 32 20 3a 2c 28 29 80 ce");

	/**
	 * A framing, and what makes of any bytes a payload that it can carry.
	 */
	private record Subject(String name, Framing framing, UnaryOperator<byte[]> carriable) {

		@Override
		public String toString() {
			return this.name;
		}

	}

	private static UnaryOperator<byte[]> without(String bytes) {
		return (payload) -> {
			byte[] rest = new byte[payload.length];
			int length = 0;
			for (byte value : payload) {
				if (bytes.indexOf(value & 0xFF) < 0) {
					rest[length++] = value;
				}
			}
			return Arrays.copyOf(rest, length);
		};
	}

	private static UnaryOperator<byte[]> between(byte[] before, byte[] after) {
		return (payload) -> {
			byte[] whole = Arrays.copyOf(before, before.length + payload.length + after.length);
			System.arraycopy(payload, 0, whole, before.length, payload.length);
			System.arraycopy(after, 0, whole, before.length + payload.length, after.length);
			return whole;
		};
	}

	private static UnaryOperator<byte[]> then(UnaryOperator<byte[]> first, UnaryOperator<byte[]> second) {
		return (payload) -> second.apply(first.apply(payload));
	}

	private static UnaryOperator<byte[]> after(String start) {
		return between(FrameInputs.hex(start), new byte[0]);
	}

	private static byte[] sized(byte[] payload) {
		return Arrays.copyOf(payload, 5);
	}

	private static LengthFieldBuilder length(LengthEncoding encoding, int width) {
		return Framing.lengthField().encoding(encoding).width(width);
	}

	private static List<Subject> subjects() {
		Escape jt808 = Escape.pairs(Escape.pair("hex:7e", "hex:7d02"), Escape.pair("hex:7d", "hex:7d01"));
		List<Subject> all = new ArrayList<>();
		all.add(new Subject("line", Framing.line(), then(without("\n"), withoutEnd('\r'))));
		all.add(new Subject("line, CRLF", Framing.line(LineEnding.CRLF), without("\n")));
		all.add(new Subject("strict CRLF", Framings.line().ending(LineEnding.CRLF).strict(true).build(),
				without("\n")));
		all.add(new Subject("strict LF", Framings.line().strict(true).build(), without("\n")));
		all.add(new Subject("lone CR", Framings.line().ending(LineEnding.CRLF).loneCarriageReturn(true).build(),
				without("\r\n")));
		all.add(new Subject("rejecting line", Framings.line().rejectEmbedded(true).build(),
				then(without("\n"), withoutEnd('\r'))));
		all.add(new Subject("rejecting start-end",
				Framings.startEnd().start("hex:0203").end("hex:0302").rejectEmbedded(true).build(), without("\u0003")));
		all.add(new Subject("rejecting backslash",
				Framings.delimiter()
					.delimiters("\\r\\n", ";")
					.escape(Escape.mark('\\', 0))
					.rejectEmbedded(true)
					.build(),
				ANYTHING));
		all.add(new Subject("delimiter", Framing.delimiter(";", "\\r\\n"), without(";\n")));
		all.add(new Subject("kept delimiter", Framings.delimiter().delimiters("ab").keep(true).build(),
				then(without("b"), between(new byte[0], new byte[] { 'a', 'b' }))));
		all.add(new Subject("backslash",
				Framings.delimiter().delimiters("\\r\\n", ";").escape(Escape.mark('\\', 0)).build(), ANYTHING));
		all.add(new Subject("HDLC",
				Framings.startEnd().start("hex:7e").end("hex:7e").resync(false).escape(Escape.mark(0x7d, 0x20)).build(),
				after("01")));
		all.add(new Subject("telnet",
				Framings.delimiter()
					.delimiters("hex:ffef")
					.escape(Escape.pairs(Escape.pair("hex:ff", "hex:ffff")))
					.build(),
				ANYTHING));
		all.add(new Subject("start-end", Framing.startEnd("hex:0203", "hex:0302"), without("\u0003")));
		all.add(new Subject("escaped start-end",
				Framings.startEnd().start("(").end(")").escape(Escape.mark('\\', 0)).build(), ANYTHING));
		all.add(new Subject("JT/T 808", FramingPreset.JT808.framing(), after("00")));
		all.add(new Subject("SLIP", FramingPreset.SLIP.framing(), after("00")));
		all.add(new Subject("default length", Framing.lengthField().build(), ANYTHING));
		all.add(new Subject("little length",
				Framing.lengthField().width(3).byteOrder(ByteOrder.LITTLE_ENDIAN).adjust(-3).build(), ANYTHING));
		all.add(new Subject("decimal", length(LengthEncoding.DECIMAL, 3).build(), ANYTHING));
		all.add(new Subject("hexadecimal", length(LengthEncoding.HEX, 2).terminator("hex:03").build(), ANYTHING));
		all.add(new Subject("BCD", length(LengthEncoding.BCD, 1).after(1).build(), after("ff")));
		all.add(new Subject("varint", length(LengthEncoding.VARINT, 2).skip("hex:ff").build(), ANYTHING));
		all.add(new Subject("netstring",
				Framing.lengthField()
					.encoding(LengthEncoding.DECIMAL)
					.terminator(":")
					.after(new byte[] { ',' })
					.skip("\\r\\n")
					.build(),
				ANYTHING));
		all.add(new Subject("patched", Framing.lengthField().offset(1).width(2).adjust(1).terminator("hex:ce").build(),
				after("070000")));
		all.add(new Subject("echoing", Framing.lengthField().width(1).zero(ZeroLength.ECHO).build(), after("00")));
		all.add(new Subject("counted and escaped", Framing.lengthField().width(1).escape(jt808).build(), ANYTHING));
		all.add(new Subject("fixed", Framing.fixed(5), FramingPropertyTests::sized));
		all.add(new Subject("header block", Framing.headerBlock(),
				(payload) -> between(
						("A: b\r\nContent-Length: " + payload.length + "\n\n").getBytes(StandardCharsets.US_ASCII),
						new byte[0])
					.apply(payload)));
		all.add(new Subject("switch",
				Framings.switching()
					.when("hex:0000", Framing.lengthField().width(3).strip(0).adjust(-3).onSend(OnSend.PATCH).build())
					.when("\\0", Framing.delimiter("\\n"))
					.otherwise(Framing.delimiter("ab"))
					.build(),
				then(without("b"), after("000000"))));
		all.add(new Subject("line that goes on", Framings.line().onBad(OnBad.SKIP).build(),
				then(without("\n"), withoutEnd('\r'))));
		all.add(new Subject("lone CR that goes on", Framings.line().loneCarriageReturn(true).onBad(OnBad.SKIP).build(),
				without("\r\n")));
		all.add(new Subject("strict line that goes on",
				Framings.line().ending(LineEnding.CRLF).strict(true).onBad(OnBad.SKIP).build(), without("\n")));
		all.add(new Subject("backslash that goes on",
				Framings.delimiter().delimiters("\\r\\n", ";").escape(Escape.mark('\\', 0)).onBad(OnBad.SKIP).build(),
				ANYTHING));
		all.add(new Subject("start-end that goes on",
				Framings.startEnd().start("hex:0203").end("hex:0302").resync(false).onBad(OnBad.SKIP).build(),
				without("\u0003")));
		all.add(new Subject("HDLC that goes on",
				Framings.startEnd()
					.start("hex:7e")
					.end("hex:7e")
					.resync(false)
					.escape(Escape.mark(0x7d, 0x20))
					.onBad(OnBad.SKIP)
					.build(),
				after("01")));
		all.add(new Subject("JT/T 808 that goes on",
				Framings.extending(FramingPreset.JT808.framing()).onBad(OnBad.SKIP).build(), after("00")));
		all.add(new Subject("SLIP that goes on",
				Framings.extending(FramingPreset.SLIP.framing()).onBad(OnBad.SKIP).build(), after("00")));
		all.add(new Subject("restarting",
				Framings.startEnd().start("hex:0203").end("hex:0302").restart(true).onBad(OnBad.SKIP).build(),
				then(without("\u0003"), withoutEnd('\u0002'))));
		all.add(new Subject("check sum", Framings.startEnd().start("hex:0203").end("hex:0302").after(2).build(),
				then(without("\u0003"), between(new byte[0], FrameInputs.hex("0203")))));
		all.add(new Subject("check sum behind an escape",
				Framings.startEnd()
					.start("(")
					.end(")")
					.restart(true)
					.escape(Escape.mark('\\', 0))
					.after(1)
					.onBad(OnBad.SKIP)
					.build(),
				after("28")));
		all.add(new Subject("check sum behind a delimiter",
				Framings.delimiter().delimiters("ab", ";").after(2).onBad(OnBad.SKIP).build(),
				then(without("b;"), between(new byte[0], FrameInputs.hex("3b62")))));
		all.add(new Subject("sync", Framings.fixed().size(5).sync("hex:0203").onBad(OnBad.SKIP).build(),
				then(after("0203"), FramingPropertyTests::sized)));
		all.add(new Subject("mask and sync",
				Framings.lengthField()
					.offset(2)
					.width(1)
					.mask("hex:3f")
					.after(1)
					.sync("hex:0203")
					.onBad(OnBad.SKIP)
					.build(),
				(payload) -> between(new byte[] { 2, 3, (byte) (0x80 | payload.length) }, new byte[] { 'x' })
					.apply(payload)));
		all.add(new Subject("switch of any bytes",
				Framings.switching()
					.when("hex:ff..", Framing.lengthField().offset(2).width(1).build())
					.when("hex:00", SwitchBuilder.REFUSE)
					.when("hex:..3b", Framing.delimiter("\\n"))
					.otherwise(SwitchBuilder.DROP)
					.build(),
				(payload) -> between(new byte[] { (byte) 0xff, 0x3b, (byte) payload.length }, new byte[0])
					.apply(payload)));
		all.add(new Subject("checked",
				Framings.checked(Framing.lengthField().width(1).build())
					.check(1, (source, from, to) -> new byte[] { (byte) (to - from) })
					.build(),
				ANYTHING));
		all.add(new Subject("checked and answered",
				Framings.checked(Framing.startEnd("(", ")"))
					.check(2, (source, from, to) -> new byte[] { (to > from) ? source[from] : 0, '_' })
					.reply("?")
					.build(),
				without(")")));
		all.add(new Subject("checksum of a length",
				Framings.checked(Framing.lengthField().width(2).build()).type("crc32").at(0).from(-3).build(),
				between(new byte[0], new byte[3])));
		all.add(new Subject("checksum in digits that is skipped",
				Framings.checked(Framing.startEnd("(", "))"))
					.type("crc16-modbus")
					.form(FrameChecksum.Form.HEX)
					.onBad(FrameChecksum.OnBad.SKIP)
					.reply("?")
					.build(),
				without(")")));
		all.add(new Subject("checksum behind a sync",
				Framings.checked(Framings.fixed().size(6).sync("hex:0203").build())
					.type("sum8")
					.onBad(FrameChecksum.OnBad.SKIP)
					.build(),
				then(after("0203"), FramingPropertyTests::sized)));
		all.add(new Subject("checksum behind an end",
				Framings.checked(Framings.startEnd().start("hex:02").end("hex:0203").after(2).build())
					.type("fletcher16")
					.from(0)
					.onBad(FrameChecksum.OnBad.SKIP)
					.build(),
				without("\u0002\u0003")));
		all.add(new Subject("checksum in an escaped frame",
				Framings.checked(FramingPreset.JT808.framing()).type("xor8").onBad(FrameChecksum.OnBad.PASS).build(),
				after("00")));
		all.add(new Subject("checksum of HDLC", Framings.checked(
				Framings.startEnd().start("hex:7e").end("hex:7e").resync(false).escape(Escape.mark(0x7d, 0x20)).build())
			.type("crc16-x25")
			.from(0)
			.byteOrder(ByteOrder.LITTLE_ENDIAN)
			.build(), after("01")));
		all.add(new Subject("counted", Framings.counted().when("a").build(),
				(payload) -> between(("a " + payload.length + "\r\n").getBytes(StandardCharsets.US_ASCII), new byte[0])
					.apply(payload)));
		all.add(new Subject("line of counted", Framings.counted().when("a").build(),
				then(without("\r\n"), between(new byte[] { 'b' }, new byte[0]))));
		all.add(new Subject("syslog", FramingPreset.SYSLOG.framing(), after("3c")));
		return all;
	}

	private static UnaryOperator<byte[]> withoutEnd(char end) {
		return (payload) -> {
			int length = payload.length;
			while (length > 0 && payload[length - 1] == end) {
				length--;
			}
			return Arrays.copyOf(payload, length);
		};
	}

	@Provide
	Arbitrary<Subject> framings() {
		return Arbitraries.of(subjects());
	}

	@Provide
	Arbitrary<List<byte[]>> payloads() {
		return bytes(20).list().ofMaxSize(6);
	}

	@Provide
	Arbitrary<byte[]> stream() {
		return bytes(60);
	}

	private static Arbitrary<byte[]> bytes(int most) {
		Arbitrary<Byte> telling = Arbitraries.integers().between(0, TELLING.length - 1).map((i) -> TELLING[i]);
		return Arbitraries.frequencyOf(Tuple.of(4, telling), Tuple.of(1, Arbitraries.bytes()))
			.array(byte[].class)
			.ofMaxSize(most);
	}

	@Provide
	Arbitrary<int[]> pieces() {
		Arbitrary<int[]> single = Arbitraries.just(new int[400]).map((ones) -> {
			Arrays.fill(ones, 1);
			return ones;
		});
		return Arbitraries.oneOf(Arbitraries.integers().between(0, 9).array(int[].class).ofMaxSize(30), single);
	}

	@Property(tries = 2000)
	void whatIsSentIsReceived(@ForAll("framings") Subject subject, @ForAll("payloads") List<byte[]> any,
			@ForAll("pieces") int[] pieces) throws FramingException {
		List<byte[]> payloads = any.stream().map(subject.carriable()).toList();
		byte[] wire = FrameInputs.encode(subject.framing(), payloads);

		Received received = new Received(subject.framing(), wire, pieces);

		assertThat(received.failure).isNull();
		assertThat(received.rest).isZero();
		if (subject.framing().type().equals("length-field") && subject.name().equals("patched")) {
			// The handler's own length was corrected, the rest is as it was.
			received.frames.forEach((frame) -> frame[1] = frame[2] = 0);
		}
		if (subject.name().equals("switch")) {
			received.frames.forEach((frame) -> frame[2] = 0);
		}
		assertThat(received.frames).usingRecursiveFieldByFieldElementComparator().containsExactlyElementsOf(payloads);
	}

	@Property(tries = 4000)
	void anyBytesGiveTheSameInAllPieces(@ForAll("framings") Subject subject, @ForAll("stream") byte[] stream,
			@ForAll("pieces") int[] pieces, @ForAll @IntRange(min = 1, max = MAX) int max) {
		Received whole = new Received(subject.framing(), max, stream);
		Received cut = new Received(subject.framing(), max, stream, pieces);

		assertThat(cut.frames).usingRecursiveFieldByFieldElementComparator().containsExactlyElementsOf(whole.frames);
		assertThat(cut.replies).isEqualTo(whole.replies);
		assertThat(cut.dropped).isEqualTo(whole.dropped);
		if (whole.failure == null) {
			assertThat(cut.failure).isNull();
			assertThat(cut.rest).isEqualTo(whole.rest);
		}
		else {
			assertThat(cut.failure).hasSameClassAs(whole.failure);
		}
	}

	@Property(tries = 1000)
	void aNaiveDelimiterSearchAgrees(@ForAll("text") String text, @ForAll("pieces") int[] pieces) {
		List<String> frames = new ArrayList<>();
		int start = 0;
		for (int i = 0; i < text.length(); i++) {
			int length = text.startsWith("ab", i) ? 2 : text.startsWith("bba", i) ? 3 : text.startsWith("c", i) ? 1 : 0;
			if (length > 0) {
				frames.add(text.substring(start, i));
				start = i + length;
				i = start - 1;
			}
		}
		Received received = new Received(Framing.delimiter("ab", "bba", "c"), text.getBytes(StandardCharsets.US_ASCII),
				pieces);
		assertThat(received.texts()).containsExactlyElementsOf(frames);
		assertThat(received.rest).isEqualTo(text.length() - start);
	}

	@Property(tries = 1000)
	void aNaiveStartAndEndAgree(@ForAll("text") String text, @ForAll("pieces") int[] pieces) {
		List<String> frames = new ArrayList<>();
		Matcher matcher = Pattern.compile("ab(.*?)ca").matcher(text);
		while (matcher.find()) {
			frames.add(matcher.group(1));
		}
		assertThat(new Received(Framing.startEnd("ab", "ca"), text.getBytes(StandardCharsets.US_ASCII), pieces).texts())
			.containsExactlyElementsOf(frames);
	}

	@Property(tries = 1000)
	void naiveLinesAgree(@ForAll("lines") String text, @ForAll("pieces") int[] pieces) {
		byte[] bytes = (text + "!").getBytes(StandardCharsets.US_ASCII);
		assertThat(new Received(Framings.line().loneCarriageReturn(true).build(), bytes, pieces).texts())
			.containsExactly((text + "!").split("\r\n|\r|\n", -1));
		assertThat(new Received(Framing.line(), bytes, pieces).texts())
			.containsExactly((text + "!").split("\r?\n", -1));
		assertThat(new Received(Framings.line().ending(LineEnding.CRLF).strict(true).build(), bytes, pieces).texts())
			.containsExactly((text + "!").split("\r\n", -1));
		assertThat(new Received(Framings.line().strict(true).build(), bytes, pieces).texts())
			.containsExactly((text + "!").split("\n", -1));
	}

	@Property(tries = 1000)
	void aNaiveLengthAgrees(@ForAll("numbers") int[] numbers, @ForAll("pieces") int[] pieces) {
		byte[] bytes = new byte[numbers.length];
		for (int i = 0; i < bytes.length; i++) {
			bytes[i] = (byte) numbers[i];
		}
		List<String> frames = new ArrayList<>();
		int start = 0;
		// A byte, a length that counts itself but not the byte, whose value 0 is
		// impossible.
		while (start + 2 <= bytes.length && bytes[start + 1] > 0 && start + 1 + bytes[start + 1] <= bytes.length) {
			int end = start + 1 + bytes[start + 1];
			frames.add(new String(bytes, start, end - start, StandardCharsets.ISO_8859_1));
			start = end;
		}
		Received received = new Received(Framing.lengthField().offset(1).width(1).adjust(-1).build(), bytes, pieces);
		assertThat(received.texts()).containsExactlyElementsOf(frames);
		assertThat(received.failure != null).isEqualTo(start + 2 <= bytes.length && bytes[start + 1] == 0);
	}

	@Provide
	Arbitrary<String> text() {
		return Arbitraries.strings().withChars('a', 'b', 'c').ofMaxLength(40);
	}

	@Provide
	Arbitrary<String> lines() {
		return Arbitraries.strings().withChars('a', '\r', '\n').ofMaxLength(40);
	}

	@Provide
	Arbitrary<int[]> numbers() {
		return Arbitraries.integers().between(0, 6).array(int[].class).ofMaxSize(40);
	}

	/** What a decoder makes of bytes that arrive in pieces. */
	private static final class Received {

		private final List<byte[]> frames = new ArrayList<>();

		private final List<Byte> replies = new ArrayList<>();

		private final Map<DropReason, Integer> dropped = new EnumMap<>(DropReason.class);

		private FramingException failure;

		private int rest;

		Received(Framing framing, byte[] bytes, int... pieces) {
			this(framing, MAX, bytes, pieces);
		}

		Received(Framing framing, int max, byte[] bytes, int... pieces) {
			FrameDecoder decoder = framing.decoder(max);
			FrameInput in = new FrameInput();
			byte[] kept = {};
			int received = 0;
			try {
				for (int i = 0; i <= pieces.length; i++) {
					int size = (i < pieces.length) ? Math.min(pieces[i], bytes.length - received)
							: bytes.length - received;
					int offset = i % 4;
					// After the limit stands what a decoder would fall for.
					byte[] array = new byte[offset + kept.length + size + 4];
					Arrays.fill(array, (byte) "\n;b\r".charAt(i % 4));
					System.arraycopy(kept, 0, array, offset, kept.length);
					System.arraycopy(bytes, received, array, offset + kept.length, size);
					received += size;
					in.reset(array, offset, offset + kept.length + size);
					while (FrameInputs.next(decoder, in)) {
						add(in);
					}
					kept = Arrays.copyOfRange(array, in.position(), in.limit());
					reply(in);
				}
				in.reset(kept, 0, kept.length);
				count(in);
				if (kept.length > 0 && decoder.last(in)) {
					add(in);
				}
				else {
					this.rest = kept.length;
				}
			}
			catch (FramingException ex) {
				assertThat(ex).hasMessageMatching("\\p{ASCII}{10,200}");
				this.failure = ex;
				reply(in);
				count(in);
			}
		}

		private void add(FrameInput in) {
			byte[] frame = FrameInputs.frame(in);
			assertThat(frame).hasSizeLessThanOrEqualTo(MAX);
			this.frames.add(frame);
		}

		private void count(FrameInput in) {
			Map<DropReason, Integer> counted = in.takeDropped();
			if (counted != null) {
				this.dropped.putAll(counted);
			}
		}

		private void reply(FrameInput in) {
			byte[] bytes = in.takeReplies();
			if (bytes != null) {
				for (byte value : bytes) {
					this.replies.add(value);
				}
			}
		}

		Stream<String> texts() {
			return this.frames.stream().map((frame) -> new String(frame, StandardCharsets.ISO_8859_1));
		}

	}

}
