package dev.socketserver.framing;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.socketserver.framing.FramingBuilder.OnBad;
import dev.socketserver.framing.LengthFieldBuilder.LengthEncoding;
import dev.socketserver.framing.LengthFieldBuilder.OnSend;
import dev.socketserver.framing.LengthFieldBuilder.ZeroLength;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.framing.builder.SwitchBuilder;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Real bytes of the protocols that people serve, decoded and encoded by descriptions
 * alone. The bytes are in {@code protocols.txt}, where other tests find them too.
 */
class ProtocolsTests {

	private static final Framing ISO_BCD = Framing.lengthField().encoding(LengthEncoding.BCD).width(2).build();

	/** Header, then a length that counts itself and what is in front of it. */
	private static LengthFieldBuilder inclusive(int offset, int width) {
		return Framing.lengthField().offset(offset).width(width).adjust(-offset - width);
	}

	private static Framing digits(LengthEncoding encoding, int adjust) {
		return Framing.lengthField().encoding(encoding).width(4).adjust(adjust).build();
	}

	private static Framing postgres() {
		Framing startUp = inclusive(0, 4).strip(0).onSend(OnSend.PATCH).build();
		return Framings.switching()
			.when("\\0", startUp)
			.otherwise(Framing.lengthField().offset(1).width(4).adjust(-4).build())
			.build();
	}

	private static Framing amqp() {
		return Framings.switching()
			.when("AMQP", Framing.fixed(8))
			.otherwise(Framing.lengthField().offset(3).width(4).adjust(1).terminator("hex:ce").build())
			.build();
	}

	private static Framing gt06() {
		return Framings.switching()
			.when("hex:7878", Framing.lengthField().offset(2).width(1).adjust(2).terminator("\\r\\n").build())
			.when("hex:7979", Framing.lengthField().offset(2).width(2).adjust(2).terminator("\\r\\n").build())
			.build();
	}

	private static Framing teltonika() {
		return Framings.switching()
			.when("\\0\\0\\0\\0", Framing.lengthField().offset(4).after(4).onSend(OnSend.NONE).build())
			.otherwise(Framing.lengthField().width(2).strip(0).onSend(OnSend.NONE).build())
			.skip("hex:ff")
			.build();
	}

	private static Framing mail() {
		return Framings.switching()
			.when(".\\r\\n", Framing.fixed(3))
			.otherwise(Framing.delimiter("\\r\\n.\\r\\n"))
			.build();
	}

	private static Framing astm() {
		Framing control = Framing.fixed(1);
		return Framings.switching()
			.when("hex:02", Framing.startEnd("hex:02", "\\r\\n"))
			.when("hex:04", control)
			.when("hex:05", control)
			.when("hex:06", control)
			.when("hex:15", control)
			.build();
	}

	private static Framing ppp() {
		return Framings.startEnd().start("hex:7e").end("hex:7e").resync(false).escape(Escape.mark(0x7d, 0x20)).build();
	}

	private static Framing ecr() {
		// STX, two BCD digits a byte of length, the message, ETX and a check byte.
		return Framing.lengthField().offset(1).width(2).encoding(LengthEncoding.BCD).after(2).build();
	}

	private static Framing meitrack() {
		// $$, a letter, the length from the comma to the line end, the comma.
		return Framing.lengthField()
			.offset(3)
			.encoding(LengthEncoding.DECIMAL)
			.terminator(",")
			.adjust(-1)
			.onSend(OnSend.NONE)
			.build();
	}

	private static Framing resp() {
		// Bulk strings say how long they are, everything else is a line.
		return Framings.switching()
			.when("$",
					Framing.lengthField()
						.offset(1)
						.encoding(LengthEncoding.DECIMAL)
						.terminator("\\r\\n")
						.after(ByteValues.parse("\\r\\n"))
						.onSend(OnSend.NONE)
						.build())
			.otherwise(Framing.line(LineEnding.CRLF))
			.build();
	}

	private static Framing modbusClient() {
		SwitchBuilder builder = Framings.switching();
		builder.when("hex:..05", Framing.fixed(8)).when("hex:..06", Framing.fixed(8));
		for (String exception : List.of("hex:..81", "hex:..82", "hex:..83", "hex:..84")) {
			builder.when(exception, Framing.fixed(5));
		}
		return builder.otherwise(Framing.lengthField().offset(2).width(1).after(2).onSend(OnSend.NONE).build()).build();
	}

	private static Framing ldap() {
		SwitchBuilder builder = Framings.switching();
		for (int width = 1; width <= 4; width++) {
			builder.when("hex:308" + width, Framing.lengthField().offset(2).width(width).onSend(OnSend.NONE).build());
		}
		return builder
			.when("hex:30", Framing.lengthField().offset(1).width(1).mask("hex:7f").onSend(OnSend.NONE).build())
			.build();
	}

	private static Framing galileosky() {
		return Framing.lengthField()
			.offset(1)
			.width(2)
			.byteOrder(ByteOrder.LITTLE_ENDIAN)
			.mask("hex:7fff")
			.after(2)
			.onSend(OnSend.NONE)
			.sync("hex:01")
			.build();
	}

	private static Framing h02() {
		return Framings.switching()
			.skip("\\r\\n")
			.when("*", Framing.startEnd("*", "#"))
			.when("$", Framing.fixed(32))
			.otherwise(SwitchBuilder.DROP)
			.build();
	}

	private static Framing ubx() {
		return Framing.lengthField()
			.offset(4)
			.width(2)
			.byteOrder(ByteOrder.LITTLE_ENDIAN)
			.after(2)
			.sync("hex:b562")
			.onBad(OnBad.SKIP)
			.build();
	}

	private static Framing x25(LengthFieldBuilder builder) {
		return Framings.checked(builder.build()).type("crc16-x25").from(2).onBad(FrameChecksum.OnBad.SKIP).build();
	}

	private static Framing modbus(Framing framing) {
		return Framings.checked(framing).type("crc16-modbus").byteOrder(ByteOrder.LITTLE_ENDIAN).build();
	}

	private static Framing verifiedModbusClient() {
		return Framings.switching()
			.when("hex:..06", modbus(Framing.fixed(8)))
			.when("hex:..81", modbus(Framing.fixed(5)))
			.otherwise(modbus(Framing.lengthField().offset(2).width(1).after(2).onSend(OnSend.NONE).build()))
			.build();
	}

	private static Framing verifiedAstm() {
		Framing control = Framing.fixed(1);
		return Framings.switching()
			.when("hex:02",
					Framings.checked(Framing.startEnd("hex:02", "\\r\\n"))
						.type("sum8")
						.form(FrameChecksum.Form.HEX)
						.onBad(FrameChecksum.OnBad.SKIP)
						.reply("hex:15")
						.build())
			.when("hex:04", control)
			.when("hex:05", control)
			.build();
	}

	private static Map<String, Framing> framings() {
		Map<String, Framing> all = new LinkedHashMap<>();
		all.put("Modbus/TCP", FramingPreset.MODBUS.framing());
		all.put("SMPP", FramingPreset.SMPP.framing());
		all.put("SMPP, with its length", inclusive(0, 4).strip(0).onSend(OnSend.PATCH).build());
		all.put("DNS over TCP", FramingPreset.DNS.framing());
		all.put("ISO 8583, 2 bytes", FramingPreset.ISO8583.framing());
		all.put("ISO 8583, 2 bytes, inclusive", inclusive(0, 2).build());
		all.put("ISO 8583, 4 bytes", Framing.lengthField().build());
		all.put("ISO 8583, 4 bytes, inclusive", inclusive(0, 4).build());
		all.put("ISO 8583, decimal", digits(LengthEncoding.DECIMAL, 0));
		all.put("ISO 8583, decimal, inclusive", digits(LengthEncoding.DECIMAL, -4));
		all.put("ISO 8583, hexadecimal", digits(LengthEncoding.HEX, 0));
		all.put("ISO 8583, hexadecimal, inclusive", digits(LengthEncoding.HEX, -4));
		all.put("ISO 8583, BCD", ISO_BCD);
		all.put("ISO 8583, BCD, inclusive",
				Framing.lengthField().encoding(LengthEncoding.BCD).width(2).adjust(-2).build());
		all.put("ISO 8583, keep-alive ignored", Framing.lengthField().width(2).zero(ZeroLength.IGNORE).build());
		all.put("ISO 8583, keep-alive echoed", Framing.lengthField().width(2).zero(ZeroLength.ECHO).build());
		all.put("MySQL",
				Framing.lengthField()
					.width(3)
					.byteOrder(ByteOrder.LITTLE_ENDIAN)
					.adjust(1)
					.strip(0)
					.onSend(OnSend.PATCH)
					.build());
		all.put("PostgreSQL", postgres());
		all.put("AMQP", amqp());
		all.put("TPKT", inclusive(2, 2).build());
		all.put("IEC 104", FramingPreset.IEC104.framing());
		all.put("DICOM", Framing.lengthField().offset(2).width(4).build());
		all.put("Diameter", inclusive(1, 3).build());
		all.put("BGP", inclusive(16, 2).build());
		all.put("OPC UA",
				Framing.lengthField().offset(4).width(4).byteOrder(ByteOrder.LITTLE_ENDIAN).adjust(-8).build());
		all.put("EtherNet/IP",
				Framing.lengthField().offset(2).width(2).byteOrder(ByteOrder.LITTLE_ENDIAN).adjust(20).build());
		all.put("Zabbix",
				Framing.lengthField().offset(5).width(4).byteOrder(ByteOrder.LITTLE_ENDIAN).adjust(4).build());
		all.put("MQTT", Framing.lengthField().offset(1).encoding(LengthEncoding.VARINT).build());
		all.put("Protocol Buffers", FramingPreset.PROTOBUF.framing());
		all.put("MLLP (HL7)", FramingPreset.MLLP.framing());
		all.put("JT/T 808", FramingPreset.JT808.framing());
		all.put("SLIP", FramingPreset.SLIP.framing());
		all.put("PPP", ppp());
		all.put("syslog", FramingPreset.SYSLOG.framing());
		all.put("FIX", FramingPreset.FIX.framing());
		all.put("NMEA 0183", Framings.startEnd().start("$").end("\\r\\n").build());
		all.put("NMEA 0183, any start", Framing.line(LineEnding.CRLF));
		all.put("GELF", Framing.delimiter("\\0"));
		all.put("GPS with two headers (GT06)", gt06());
		all.put("GPS in parentheses (TK103)", Framing.startEnd("(", ")"));
		all.put("GPS with a length in text (Meitrack)", meitrack());
		all.put("GPS behind four zeros (Teltonika)", teltonika());
		all.put("DLMS/COSEM wrapper", Framing.lengthField().offset(6).width(2).build());
		all.put("ASTM E1381 (LIS1)", astm());
		all.put("ECR payment terminal", ecr());
		all.put("Content-Length header lines", Framing.headerBlock());
		all.put("SMTP, behind DATA", mail());
		all.put("STOMP, bodies without NUL", Framings.delimiter().delimiters("\\0").skip("\\r\\n").build());
		all.put("Redis (RESP)", resp());
		all.put("SIA DC-09", Framings.startEnd().start("\\n").end("\\r").restart(true).build());
		all.put("Modbus RTU over TCP, a client", modbusClient());
		all.put("HSMS", Framing.lengthField().build());
		all.put("memcached", FramingPreset.MEMCACHED.framing());
		all.put("NATS", Framings.counted().when("PUB", "HPUB", "MSG", "HMSG").build());
		all.put("beanstalkd", Framings.counted().when("put", "RESERVED", "FOUND", "OK").build());
		all.put("DL/T 645", FramingPreset.DLT645.framing());
		all.put("M-Bus", FramingPreset.M_BUS.framing());
		all.put("ONC-RPC", FramingPreset.ONC_RPC.framing());
		all.put("SIP", FramingPreset.SIP.framing());
		all.put("RELP", FramingPreset.RELP.framing());
		all.put("RTSP",
				Framings.switching()
					.when("$", Framing.lengthField().offset(2).width(2).build())
					.otherwise(Framing.headerBlock())
					.build());
		all.put("NTRIP", Framing.headerBlock());
		all.put("IMAP, without literals", Framings.line().ending(LineEnding.CRLF).strict(true).build());
		all.put("LDAP", ldap());
		all.put("GPS with a flag in the length (Galileosky)", galileosky());
		all.put("GPS in text and binary (H02)", h02());
		all.put("STX, ETX and LRC", FramingPreset.STX_ETX.framing());
		all.put("TN3270E, records",
				Framings.delimiter()
					.delimiters("hex:ffef")
					.escape(Escape.pairs(Escape.pair("hex:ff", "hex:ffff")))
					.build());
		all.put("netstrings",
				Framing.lengthField()
					.encoding(LengthEncoding.DECIMAL)
					.terminator(":")
					.after(ByteValues.parse(","))
					.build());
		all.put("UBX (u-blox)", ubx());
		all.put("NMEA 0183, verified",
				Framings.checked(Framing.startEnd("$", "\\r\\n"))
					.type("xor8")
					.form(FrameChecksum.Form.HEX)
					.to(-3)
					.onBad(FrameChecksum.OnBad.SKIP)
					.build());
		all.put("GPS with two headers (GT06), verified",
				Framings.switching()
					.when("hex:7878", x25(Framing.lengthField().offset(2).width(1).adjust(2).terminator("\\r\\n")))
					.when("hex:7979", x25(Framing.lengthField().offset(2).width(2).adjust(2).terminator("\\r\\n")))
					.build());
		all.put("Modbus RTU over TCP, a client, verified", verifiedModbusClient());
		all.put("DL/T 645, verified", Framings.checked(FramingPreset.DLT645.framing()).type("sum8").build());
		all.put("JT/T 808, verified", Framings.checked(FramingPreset.JT808.framing()).type("xor8").build());
		all.put("FIX, verified", Framings.checked(FramingPreset.FIX.framing()).type("sum8").build());
		all.put("ASTM E1381 (LIS1), verified", verifiedAstm());
		all.put("GPS behind four zeros (Teltonika), verified",
				Framings.switching()
					.when("\\0\\0\\0\\0",
							Framings.checked(Framing.lengthField().offset(4).after(4).onSend(OnSend.NONE).build())
								.type("crc16-arc")
								.from(8)
								.to(-4)
								.build())
					.otherwise(Framing.lengthField().width(2).strip(0).onSend(OnSend.NONE).build())
					.skip("hex:ff")
					.build());
		all.put("STX, ETX and LRC, verified", Framings.checked(FramingPreset.STX_ETX.framing()).type("xor8").build());
		return all;
	}

	static Stream<Arguments> protocols() throws IOException {
		Map<String, Framing> framings = framings();
		List<ProtocolSample> samples = ProtocolSample.all();
		assertThat(samples).extracting(ProtocolSample::name).containsExactlyElementsOf(framings.keySet());
		return samples.stream()
			.map((sample) -> arguments(Named.of(sample.name(), sample), framings.get(sample.name())));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("protocols")
	void realBytesAreDecodedAndEncoded(ProtocolSample sample, Framing framing) throws FramingException {
		List<String> payloads = sample.payloads();
		assertThat(FrameInputs.decodeHexAtEverySplit(framing, sample.received())).isEqualTo(payloads);
		assertThat(FrameInputs.encodeHex(framing, payloads.toArray(new String[0]))).isEqualTo(sample.sent());
		for (String payload : payloads) {
			FramingSamples.check(framing, FrameInputs.hex(FrameInputs.encodeHex(framing, payload)), 1000);
		}
		assertThat(answers(framing, FrameInputs.hex(sample.received()))).isEqualTo(sample.answered());
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("protocols")
	void aHundredTimesInOneSegmentAndByteByByteTheyAreTheSame(ProtocolSample sample, Framing framing) {
		byte[] all = FrameInputs.hex(sample.received().repeat(100));
		int[] single = new int[all.length];
		Arrays.fill(single, 1);

		List<String> expected = new ArrayList<>(
				Collections.nCopies(100, sample.payloads()).stream().flatMap(List::stream).toList());
		expected.add("{}");
		assertThat(FrameInputs.outcome(framing, 1000, all)).isEqualTo(expected);
		assertThat(FrameInputs.outcome(framing, 1000, all, single)).isEqualTo(expected);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("protocols")
	void whatIsCutOffIsNoFrame(ProtocolSample sample, Framing framing) throws FramingException {
		byte[] bytes = FrameInputs.hex(sample.received());
		for (int length = 0; length < bytes.length; length++) {
			FrameInput in = new FrameInput();
			in.reset(bytes.clone(), 0, length);
			FrameDecoder decoder = framing.decoder(1000);
			List<String> found = new ArrayList<>();
			while (decoder.next(in)) {
				found.add(HexFormat.of().formatHex(FrameInputs.frame(in)));
			}
			assertThat(found).as("the first %s bytes", length).isEqualTo(sample.payloads().subList(0, found.size()));
		}
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("protocols")
	void aLongerFrameThanTheLimitIsNotReceived(ProtocolSample sample, Framing framing) {
		int longest = sample.payloads().stream().mapToInt((payload) -> payload.length() / 2).max().orElseThrow();
		byte[] bytes = FrameInputs.hex(sample.received());
		List<String> outcome = FrameInputs.outcome(framing, longest - 1, bytes);

		assertThat(outcome).noneMatch((part) -> part.length() == 2 * longest && sample.payloads().contains(part));
		assertThat(outcome.contains("refused") || outcome.get(outcome.size() - 1).contains("BAD=")).isTrue();
		int[] single = new int[bytes.length];
		Arrays.fill(single, 1);
		assertThat(FrameInputs.outcome(framing, longest - 1, bytes, single)).isEqualTo(outcome);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("damaged")
	void damagedBytesDoWhatTheKeysSay(ProtocolSample sample, Framing framing) {
		byte[] bytes = FrameInputs.hex(sample.damaged());
		for (int cut = 0; cut <= bytes.length; cut++) {
			assertThat(FrameInputs.outcome(framing, 1000, bytes, cut)).as("cut at %s", cut).isEqualTo(sample.outcome());
		}
	}

	static Stream<Arguments> damaged() throws IOException {
		Map<String, Framing> framings = framings();
		return ProtocolSample.all()
			.stream()
			.filter((sample) -> !sample.damaged().isEmpty())
			.map((sample) -> arguments(Named.of(sample.name(), sample), framings.get(sample.name())));
	}

	private static String answers(Framing framing, byte[] bytes) throws FramingException {
		FrameDecoder decoder = framing.decoder(1000);
		FrameInput in = new FrameInput();
		in.reset(bytes, 0, bytes.length);
		boolean found = true;
		while (found) {
			found = decoder.next(in);
		}
		byte[] answers = in.takeReplies();
		return (answers != null) ? HexFormat.of().formatHex(answers) : "";
	}

	@Test
	void bothFormsOfSyslogComeOnOneConnectionAndTheCountedOneIsSent() throws FramingException {
		Framing syslog = FramingPreset.SYSLOG.framing();
		byte[] both = "<34>1 - x\n11 <34>1 - a\nb<35>y\n".getBytes();
		for (int split = 0; split <= both.length; split++) {
			assertThat(FrameInputs.decode(syslog.decoder(100), both, split)).containsExactly("<34>1 - x",
					"<34>1 - a\nb", "<35>y");
		}
		assertThat(FrameInputs.decode(syslog.decoder(100), "<35>last".getBytes())).containsExactly("<35>last");
		assertThat(FrameInputs.encode(syslog, "<35>y", "1 x")).asString().isEqualTo("5 <35>y3 1 x");
		// "0 " would be the beginning of a line, for us and for others.
		assertThatIllegalArgumentException().isThrownBy(() -> FrameInputs.encode(syslog, ""))
			.withMessage("an empty payload cannot be sent: no message of syslog is empty");
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			8 <13>abcd\\n8 <13>abcd                    | <13>abcd, <13>abcd
			8 <13>abcd\\r\\n8 <13>abcd                 | <13>abcd, <13>abcd
			<13>a\\n\\n\\r\\n<13>b\\n                   | <13>a, <13>b
			12 monkeys said hello\\n<13>next\\n        | 12 monkeys said hello, <13>next
			12 \\n<13>next\\n                          | '12 , <13>next'
			05 <13>a\\n                               | 05 <13>a
			12345678901 <13>a\\n                      | 12345678901 <13>a
			0000000005 <13>a\\n                       | 0000000005 <13>a
			5  <13>a\\n                               | 5  <13>a
			1 <2 <1                                  | <, <1
			4                                        | 4
			\\n\\n                                     | ''
			""", delimiter = '|')
	void aCountOfSyslogIsWhatABracketFollows(String received, String payloads) throws FramingException {
		byte[] bytes = received.translateEscapes().getBytes();
		List<String> expected = payloads.isEmpty() ? List.of() : List.of(payloads.split(", ", -1));
		for (int split = 0; split <= bytes.length; split++) {
			assertThat(FrameInputs.decode(FramingPreset.SYSLOG.framing().decoder(100), bytes, split))
				.as("split %s", split)
				.containsExactlyElementsOf(expected);
		}
	}

	@Test
	void aLongCountOfSyslogIsRefusedWithItsFirstBytes() {
		for (String count : List.of("101 <", "9999999999 <")) {
			assertThatExceptionOfType(FrameTooLargeException.class)
				.isThrownBy(() -> FrameInputs.decode(FramingPreset.SYSLOG.framing().decoder(100), count.getBytes()))
				.withMessageContaining("announced");
		}
	}

	@ParameterizedTest
	@EnumSource
	void presetsGoByTheirWord(FramingPreset preset) {
		assertThat(preset.framing().type()).isEqualTo(preset.word()).isLowerCase();
		assertThat(FramingPreset.of(preset.word())).isSameAs(preset);
		assertThat(FramingPreset.of(preset.name())).isNull();
	}

}
