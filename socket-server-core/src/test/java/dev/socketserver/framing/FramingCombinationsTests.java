package dev.socketserver.framing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import dev.socketserver.framing.FramingBuilder.OnBad;
import dev.socketserver.framing.LengthFieldBuilder.LengthEncoding;
import dev.socketserver.framing.LengthFieldBuilder.OnSend;
import dev.socketserver.framing.LengthFieldBuilder.ZeroLength;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.framing.builder.SwitchBuilder;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Every framing with every key that all framings have, set where it is described, on a
 * framing that exists, and on a switch around it: either it is refused, or what is sent
 * is received, in whatever pieces.
 */
class FramingCombinationsTests {

	private static final int ROUNDS = 12;

	/** Bytes that delimit nothing. */
	private static final String PLAIN = "xyz%+_d";

	private static final Map<String, Supplier<FramingBuilder<?>>> DESCRIBED = described();

	private static Map<String, Supplier<FramingBuilder<?>>> described() {
		Map<String, Supplier<FramingBuilder<?>>> all = new LinkedHashMap<>();
		all.put("line", Framings::line);
		all.put("line crlf", () -> Framings.line().ending(LineEnding.CRLF));
		all.put("line strict", () -> Framings.line().ending(LineEnding.CRLF).strict(true));
		all.put("line lone-cr", () -> Framings.line().loneCarriageReturn(true));
		all.put("line embedded", () -> Framings.line().rejectEmbedded(true));
		all.put("line lone-cr embedded", () -> Framings.line().loneCarriageReturn(true).rejectEmbedded(true));
		all.put("delimiter embedded", () -> Framings.delimiter().delimiters(";", "\r\n").rejectEmbedded(true));
		all.put("delimiter keep embedded",
				() -> Framings.delimiter().delimiters(";", "\r\n").keep(true).rejectEmbedded(true));
		all.put("start-end embedded", () -> Framings.startEnd().start("(").end(")").rejectEmbedded(true));
		all.put("delimiter", () -> Framings.delimiter().delimiters(";", "\r\n"));
		all.put("delimiter keep", () -> Framings.delimiter().delimiters(";", "\r\n").keep(true));
		all.put("start-end", () -> Framings.startEnd().start("(").end(")"));
		all.put("start-end long", () -> Framings.startEnd().start("hex:0203").end("hex:0302").resync(false));
		all.put("start-end same", () -> Framings.startEnd().start("hex:7e").end("hex:7e"));
		all.put("start-end shared", () -> Framings.startEnd().start("hex:7e").end("hex:7e").resync(false));
		all.put("start-end restart", () -> Framings.startEnd().start("(").end(")").restart(true));
		all.put("start-end after", () -> Framings.startEnd().start("(").end(")").after(1));
		all.put("delimiter after", () -> Framings.delimiter().delimiters(";", "\r\n").after(1));
		all.put("length-field", Framings::lengthField);
		all.put("length-field 1", () -> Framings.lengthField().width(1).zero(ZeroLength.IGNORE));
		all.put("length-field little", () -> Framings.lengthField().width(2).adjust(-2).terminator("hex:03"));
		all.put("length-field decimal", () -> Framings.lengthField().encoding(LengthEncoding.DECIMAL));
		all.put("length-field varint", () -> Framings.lengthField().encoding(LengthEncoding.VARINT));
		all.put("netstring",
				() -> Framings.lengthField()
					.encoding(LengthEncoding.DECIMAL)
					.terminator(":")
					.after(new byte[] { ',' }));
		all.put("length-field offset", () -> Framings.lengthField().offset(1).width(1));
		all.put("length-field patch", () -> Framings.lengthField().width(1).strip(0).onSend(OnSend.PATCH));
		all.put("length-field none", () -> Framings.lengthField().width(1).strip(0).onSend(OnSend.NONE));
		all.put("fixed sync", () -> Framings.fixed().size(6).sync("#"));
		all.put("length-field sync", () -> Framings.lengthField().offset(1).width(1).mask("hex:7f").sync("#"));
		all.put("fixed", () -> Framings.fixed().size(5));
		all.put("counted", () -> Framings.counted().when("y"));
		all.put("header-block", Framings::headerBlock);
		all.put("switch",
				() -> Framings.switching()
					.when("#", Framing.fixed(6))
					.when("(", Framing.startEnd("(", ")"))
					.otherwise(Framing.line()));
		all.put("switch any",
				() -> Framings.switching()
					.when("hex:23..", Framing.fixed(6))
					.when("hex:28", SwitchBuilder.REFUSE)
					.otherwise(Framing.line()));
		all.put("switch lengths",
				() -> Framings.switching()
					.when("#", Framing.lengthField().offset(1).width(1).build())
					.otherwise(Framing.lengthField().width(1).build()));
		for (FramingPreset preset : FramingPreset.values()) {
			all.put(preset.word(), () -> Framings.extending(preset.framing()));
		}
		return all;
	}

	private static Map<String, Consumer<FramingBuilder<?>>> keys() {
		Map<String, Consumer<FramingBuilder<?>>> all = new LinkedHashMap<>();
		all.put("nothing", (builder) -> {
		});
		all.put("switchable", (builder) -> builder.switchable(true));
		all.put("on-bad", (builder) -> builder.onBad(OnBad.SKIP));
		for (String bytes : List.of("hex:00", "\r\n", "(", "hex:7e", "hex:c0", "#", "0", "1", "8", ";")) {
			all.put("skip " + bytes.strip(), (builder) -> builder.skip(bytes));
		}
		for (Map.Entry<String, Escape> escape : escapes().entrySet()) {
			all.put(escape.getKey(), (builder) -> builder.escape(escape.getValue()));
			all.put(escape.getKey() + ", skip 00", (builder) -> builder.escape(escape.getValue()).skip("hex:00"));
			all.put(escape.getKey() + ", skip %", (builder) -> builder.escape(escape.getValue()).skip("%"));
		}
		return all;
	}

	private static Map<String, Escape> escapes() {
		Map<String, Escape> all = new LinkedHashMap<>();
		all.put("mark", Escape.mark('%', 0));
		all.put("mark and mask", Escape.mark('%', 0x40));
		all.put("pairs", Escape.pairs(Escape.pair("%", "%p"), Escape.pair("d", "%q")));
		for (String end : List.of(";", "\n", ")", "hex:7e", "hex:02", "hex:c0", "#")) {
			all.put("pairs with " + end.strip(), Escape.pairs(Escape.pair("%", "%p"), Escape.pair(end, "%q")));
			byte[] sent = { '%', ByteValues.parse(end)[0] };
			all.put("pairs that send " + end.strip(), Escape.pairs(Escape.pair(new byte[] { '%' }, sent)));
		}
		return all;
	}

	/** Makes a payload that a framing can carry, of bytes that delimit nothing. */
	private static byte[] payload(String framing, byte[] bytes) {
		String text = new String(bytes, StandardCharsets.ISO_8859_1);
		return switch (framing) {
			case "delimiter keep", "delimiter keep embedded" -> (text + ";").getBytes(StandardCharsets.ISO_8859_1);
			case "fixed sync" -> ("#" + text + "xxxxx").substring(0, 6).getBytes(StandardCharsets.ISO_8859_1);
			case "length-field sync" ->
				("#" + (char) (bytes.length | 0x80) + text).getBytes(StandardCharsets.ISO_8859_1);
			case "fixed" -> Arrays.copyOf(bytes, 5);
			case "length-field offset" -> ("y" + (char) bytes.length + text).getBytes(StandardCharsets.ISO_8859_1);
			case "length-field patch", "length-field none" ->
				((char) bytes.length + text).getBytes(StandardCharsets.ISO_8859_1);
			case "counted" -> ((bytes.length % 2 == 0) ? text : "y " + bytes.length + "\r\n" + text)
				.getBytes(StandardCharsets.ISO_8859_1);
			case "header-block" ->
				("Content-Length: " + bytes.length + "\n\n" + text).getBytes(StandardCharsets.ISO_8859_1);
			case "switch", "switch any" ->
				(bytes.length % 2 == 0) ? ("#" + text + "xxxxx").substring(0, 6).getBytes() : bytes;
			case "switch lengths" -> (bytes.length % 2 == 0) ? ("#" + (char) bytes.length + text).getBytes() : bytes;
			case "modbus" -> ("yy\0\0\0" + (char) bytes.length + text).getBytes(StandardCharsets.ISO_8859_1);
			case "iec104" -> ("h" + (char) bytes.length + text).getBytes(StandardCharsets.ISO_8859_1);
			case "dlt645" -> ("hyyyyyyhy" + (char) bytes.length + text + "zz").getBytes(StandardCharsets.ISO_8859_1);
			case "m-bus" -> new byte[] { 0x10, 0x40, bytes[0], 0x41, 0x16 };
			case "onc-rpc" -> ("\0\0\0" + (char) bytes.length + text).getBytes(StandardCharsets.ISO_8859_1);
			case "sip" -> ("l: " + bytes.length + "\n\n" + text).getBytes(StandardCharsets.ISO_8859_1);
			case "fix" -> ("8=F\0019=" + (bytes.length + 1) + "\001" + text + "\00110=000\001")
				.getBytes(StandardCharsets.ISO_8859_1);
			case "relp" -> ("1 c " + text).getBytes(StandardCharsets.ISO_8859_1);
			case "syslog" -> ("<" + text).getBytes(StandardCharsets.ISO_8859_1);
			default -> bytes;
		};
	}

	@Test
	void whatIsBuiltCarriesItsPayloads() {
		Map<String, Integer> built = new TreeMap<>();
		List<String> broken = new ArrayList<>();
		DESCRIBED.forEach((name, description) -> keys().forEach((key, set) -> {
			check(name, key, () -> {
				FramingBuilder<?> builder = description.get();
				set.accept(builder);
				return builder.build();
			}, "described", built, broken);
			check(name, key, () -> {
				FramingBuilder<?> builder = Framings.extending(description.get().build());
				set.accept(builder);
				return builder.build();
			}, "extended", built, broken);
			check(name, key, () -> {
				FramingBuilder<?> builder = Framings.switching()
					.when("hex:ff", Framing.lengthField().build())
					.otherwise(description.get().build());
				set.accept(builder);
				return builder.build();
			}, "otherwise", built, broken);
		}));

		assertThat(broken).isEmpty();
		assertThat(built.keySet()).containsExactly("described", "extended", "otherwise");
		assertThat(built.values()).allMatch((count) -> count > 500);
	}

	private static void check(String name, String key, Supplier<Framing> combination, String where,
			Map<String, Integer> built, List<String> broken) {
		Framing framing;
		try {
			framing = combination.get();
		}
		catch (InvalidFramingException ex) {
			return;
		}
		built.merge(where, 1, Integer::sum);
		String problem = problem(framing, name, key);
		if (problem != null) {
			broken.add(name + " " + where + ", " + key + ": " + problem);
		}
	}

	private static String problem(Framing framing, String name, String key) {
		Random random = new Random(name.hashCode() * 31L + key.hashCode());
		for (int round = 0; round < ROUNDS; round++) {
			List<byte[]> payloads = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				payloads.add(payload(name, random(random, key.contains("skip"))));
			}
			try {
				List<byte[]> received = received(framing, FrameInputs.encode(framing, payloads), random);
				if (!Arrays.deepEquals(received.toArray(), payloads.toArray())) {
					return texts(payloads) + " became " + texts(received);
				}
			}
			catch (FramingException | IllegalArgumentException ex) {
				return texts(payloads) + ": " + ex.getMessage();
			}
		}
		return null;
	}

	private static byte[] random(Random random, boolean skipping) {
		byte[] bytes = new byte[1 + random.nextInt(6)];
		for (int i = 0; i < bytes.length; i++) {
			bytes[i] = (byte) PLAIN.charAt(random.nextInt(PLAIN.length()));
		}
		if (skipping && bytes[0] == '%') {
			// Whether it is escaped or not: a payload must not begin with what is
			// skipped.
			bytes[0] = 'd';
		}
		return bytes;
	}

	private static List<byte[]> received(Framing framing, byte[] wire, Random random) throws FramingException {
		List<byte[]> frames = new ArrayList<>();
		FrameDecoder decoder = framing.decoder(1000);
		FrameInput in = new FrameInput();
		byte[] kept = {};
		int read = 0;
		while (read < wire.length) {
			int size = Math.min(wire.length - read, 1 + random.nextInt(9));
			byte[] array = Arrays.copyOf(kept, kept.length + size);
			System.arraycopy(wire, read, array, kept.length, size);
			read += size;
			in.reset(array, 0, array.length);
			while (decoder.next(in)) {
				frames.add(FrameInputs.frame(in));
			}
			kept = Arrays.copyOfRange(array, in.position(), in.limit());
		}
		return frames;
	}

	private static List<String> texts(List<byte[]> payloads) {
		return payloads.stream().map(ByteValues::format).toList();
	}

	@Test
	void anEscapeIsRefusedWhereAPayloadHasItsLength() {
		UnaryOperator<String> refused = (word) -> "escape is set, but the length is part of the payload, "
				+ "and what is escaped cannot be counted" + word;
		for (Escape escape : List.of(escapes().get("pairs"), escapes().get("mark"))) {
			for (Framing framing : List.of(FramingPreset.MODBUS.framing(), FramingPreset.FIX.framing(),
					Framing.headerBlock(), Framings.switching().when("a", Framing.headerBlock()).build())) {
				refuses(Framings.extending(framing).escape(escape), refused.apply(""));
			}
			refuses(Framings.extending(Framing.lengthField().offset(1).build()).escape(escape),
					refused.apply(": strip it"));
			refuses(Framings.headerBlock().escape(escape), refused.apply(""));
			refuses(Framings.fixed().size(3).escape(escape),
					"escape is set, but a frame has always the same size, and what is escaped has more bytes");
		}
	}

	@Test
	void anEscapeIsRefusedThatSendsWhatDelimits() {
		Escape semicolon = escapes().get("pairs that send ;");
		refuses(Framings.extending(Framing.delimiter(";")).escape(semicolon),
				"escape is 0x25 → hex:253b, but it has 0x3b in it, which delimits frames of 'delimiter': "
						+ "use another, or set escape where that is described");
		refuses(Framings.switching().when("a", Framing.delimiter(";")).escape(semicolon), "which delimits frames");
		refuses(Framings.extending(Framings.delimiter().delimiters(";").keep(true).build())
			.escape(escapes().get("pairs with ;")), "which are part of the payload, would be escaped");
	}

	@Test
	void anEscapeOfAPrefixIsRefused() {
		refuses(Framings.switching()
			.when("#", Framing.line())
			.otherwise(Framing.line())
			.escape(escapes().get("pairs with #")), "escape is set, but the prefix hex:23 of a case would be escaped");
	}

	@Test
	void bytesThatBeginAFrameCannotBeSkipped() {
		refuses(Framings.startEnd().start("(").end(")").skip(" ("),
				"skip is hex:2028, but would take 0x28, with which the framing begins a frame");
		refuses(Framings.extending(FramingPreset.JT808.framing()).skip("hex:7e"), "would take 0x7e");
		refuses(Framings.lengthField().width(2).skip("hex:00"), "would take 0x00");
		refuses(Framings.extending(FramingPreset.FIX.framing()).skip("8"), "would take the first byte of every frame");
		refuses(Framings.switching().when("#", Framing.line()).skip("#"),
				"would take the first byte of the prefix hex:23, so that its case would never be chosen");
		refuses(Framings.line().escape(Escape.mark('%', 0x40)).skip("%"),
				"would take the first byte of an escape at the start of a frame");
		assertThat(Framings.lengthField().width(1).skip("hex:00").build().type()).isEqualTo("length-field");
	}

	private static void refuses(FramingBuilder<?> builder, String message) {
		assertThatExceptionOfType(InvalidFramingException.class).isThrownBy(builder::build)
			.withMessageContaining(message);
	}

}
