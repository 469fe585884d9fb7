package dev.socketserver.framing;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Real bytes of the protocols that people serve, decoded and encoded by descriptions
 * alone. Blanks in the bytes are for the reader.
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
		return FramingBuilder.switching()
			.when("\\0", startUp)
			.otherwise(Framing.lengthField().offset(1).width(4).adjust(-4).build())
			.build();
	}

	private static Framing amqp() {
		return FramingBuilder.switching()
			.when("AMQP", Framing.fixed(8))
			.otherwise(Framing.lengthField().offset(3).width(4).adjust(1).terminator("hex:ce").build())
			.build();
	}

	private static Framing gt06() {
		return FramingBuilder.switching()
			.when("hex:7878", Framing.lengthField().offset(2).width(1).adjust(2).terminator("\\r\\n").build())
			.when("hex:7979", Framing.lengthField().offset(2).width(2).adjust(2).terminator("\\r\\n").build())
			.build();
	}

	private static Framing ppp() {
		return FramingBuilder.startEnd()
			.start("hex:7e")
			.end("hex:7e")
			.resync(false)
			.escape(Escape.mark(0x7d, 0x20))
			.build();
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

	/** The framing, what is on the wire, and the payloads. */
	static Stream<Arguments> protocols() {
		List<Arguments> all = new ArrayList<>();
		// Read holding registers, and the answer: MODBUS Messaging on TCP/IP, 3.1.3.
		add(all, "Modbus/TCP", FramingPreset.MODBUS.framing(),
				"1501 0000 0006 ff 03 0004 0001  1501 0000 0005 ff 03 02 0005", "150100000006ff0300040001",
				"150100000005ff03020005");
		// enquire_link and bind_transmitter_resp.
		add(all, "SMPP", FramingPreset.SMPP.framing(),
				"00000010 00000015 00000000 00000001  00000011 80000002 00000000 00000002 00",
				"000000150000000000000001", "80000002000000000000000200");
		add(all, "SMPP, whole", inclusive(0, 4).strip(0).onSend(OnSend.PATCH).build(),
				"00000010 00000015 00000000 00000001", "00000010000000150000000000000001");
		add(all, "DNS", FramingPreset.DNS.framing(),
				"001c aaaa 0100 0001 0000 0000 0000 07 6578616d706c65 02 6e6f 00 0001 0001",
				"aaaa01000001000000000000" + "076578616d706c65026e6f0000010001");
		// Network management, 0800, with bitmap and trace number.
		String echo = FrameInputs.hexOf("0800") + "8220000000000000" + "0400000000000000";
		add(all, "ISO 8583, 2 bytes", FramingPreset.ISO8583.framing(), "0014" + echo, echo);
		add(all, "ISO 8583, 2 bytes inclusive", inclusive(0, 2).build(), "0016" + echo, echo);
		add(all, "ISO 8583, 4 bytes", Framing.lengthField().build(), "00000014" + echo, echo);
		add(all, "ISO 8583, 4 bytes inclusive", inclusive(0, 4).build(), "00000018" + echo, echo);
		add(all, "ISO 8583, decimal", digits(LengthEncoding.DECIMAL, 0), FrameInputs.hexOf("0020") + echo, echo);
		add(all, "ISO 8583, decimal inclusive", digits(LengthEncoding.DECIMAL, -4), FrameInputs.hexOf("0024") + echo,
				echo);
		add(all, "ISO 8583, hexadecimal", digits(LengthEncoding.HEX, 0), FrameInputs.hexOf("0014") + echo, echo);
		add(all, "ISO 8583, hexadecimal inclusive", digits(LengthEncoding.HEX, -4), FrameInputs.hexOf("0018") + echo,
				echo);
		add(all, "ISO 8583, BCD", ISO_BCD, "0020" + echo, echo);
		add(all, "ISO 8583, BCD inclusive",
				Framing.lengthField().encoding(LengthEncoding.BCD).width(2).adjust(-2).build(), "0022" + echo, echo);
		// COM_PING and the OK packet that answers it.
		add(all, "MySQL",
				Framing.lengthField()
					.width(3)
					.byteOrder(ByteOrder.LITTLE_ENDIAN)
					.adjust(1)
					.strip(0)
					.onSend(OnSend.PATCH)
					.build(),
				"010000 00 0e  070000 01 00 00 00 0200 0000", "010000000e", "07000001000000" + "02000000");
		// SSLRequest, a start-up message, a query, ReadyForQuery.
		add(all, "PostgreSQL", postgres(),
				"00000008 04d2162f  00000012 00030000 75736572 00 616c6500 00  51 0000000d 53454c45435420 31 00  5a 00000005 49",
				"0000000804d2162f", "000000120003000075736572" + "00616c650000", "510000000d53454c4543542031" + "00",
				"5a0000000549");
		// Protocol header, tune-ok, heartbeat.
		add(all, "AMQP", amqp(),
				"414d5150 00 00 09 01  01 0000 0000000c 000a001f 0000 00020000 003c ce  08 0000 00000000 ce",
				"414d515000000901", "0100000000000c000a001f000000020000003c", "08000000000000");
		// Connection request of S7: RFC 1006 around COTP.
		add(all, "TPKT", inclusive(2, 2).build(), "0300 0016 11e00000000100c0010ac1020100c2020102",
				"0300001611e00000000100c0010ac1020100c2020102");
		// STARTDT act, general interrogation.
		add(all, "IEC 104", Framing.lengthField().offset(1).width(1).build(),
				"68 04 07000000  68 0e 00000000 64010600 01000000 0014", "680407000000",
				"680e0000000064010600010000000014");
		// A-RELEASE-RQ.
		add(all, "DICOM", Framing.lengthField().offset(2).width(4).build(), "05 00 00000004 00000000",
				"05000000000400000000");
		// Device-Watchdog-Request with Origin-Host.
		add(all, "Diameter", inclusive(1, 3).build(),
				"01 000024 80 000118 00000000 00000001 00000002  00000108 40 00000e 612e6578616d 0000",
				"0100002480000118000000000000000100000002" + "000001084000000e612e6578616d0000");
		// KEEPALIVE.
		add(all, "BGP", inclusive(16, 2).build(), "ffffffffffffffffffffffffffffffff 0013 04",
				"ffffffffffffffffffffffffffffffff001304");
		// Hello.
		add(all, "OPC UA",
				Framing.lengthField().offset(4).width(4).byteOrder(ByteOrder.LITTLE_ENDIAN).adjust(-8).build(),
				"48454c46 20000000 00000000 00000100 00000100 00000000 00000000 00000000",
				"48454c4620000000000000000000010000000100000000000000000000000000");
		// RegisterSession: a 24-byte header whose length counts what is behind it.
		add(all, "EtherNet/IP",
				Framing.lengthField().offset(2).width(2).byteOrder(ByteOrder.LITTLE_ENDIAN).adjust(20).build(),
				"6500 0400 00000000 00000000 0000000000000000 00000000 0100 0000",
				"65000400000000000000000000000000000000000000000001000000");
		// "ZBXD", flags 1, length and 4 reserved bytes.
		add(all, "Zabbix",
				Framing.lengthField().offset(5).width(4).byteOrder(ByteOrder.LITTLE_ENDIAN).adjust(4).build(),
				"5a425844 01 0a000000 00000000 6167656e742e70696e67", "5a425844010a000000000000006167656e742e70696e67");
		// CONNECT, PINGREQ, DISCONNECT.
		add(all, "MQTT", Framing.lengthField().offset(1).encoding(LengthEncoding.VARINT).build(),
				"10 0d 0004 4d515454 04 02 003c 0001 61  c0 00  e0 00", "100d00044d5154540402003c000161", "c000",
				"e000");
		String long300 = "0a a902 ".replace(" ", "") + "61".repeat(297);
		add(all, "Protocol Buffers", FramingPreset.PROTOBUF.framing(), "03 089601  ac02 " + long300, "089601", long300);
		add(all, "MLLP", FramingPreset.MLLP.framing(), "0b" + FrameInputs.hexOf("MSH|^~\\&|A\r") + "1c0d",
				FrameInputs.hexOf("MSH|^~\\&|A\r"));
		// Terminal heartbeat, with a check sum that is 0x7e.
		add(all, "JT/T 808", FramingPreset.JT808.framing(), "7e 0002 0000 013812345678 000a 7d02 7e  7e 30 7d01 02 7e",
				"00020000013812345678000a7e", "307d02");
		add(all, "SLIP", FramingPreset.SLIP.framing(), "45 dbdc db dd 00 c0", "45c0db00");
		// An LCP Configure-Request between flags: RFC 1662.
		add(all, "PPP", ppp(), "7e ff 7d5d 7d5e c021 7e", "ff7d7ec021");
		add(all, "syslog, counted", FramingPreset.SYSLOG.framing(), FrameInputs.hexOf("11 <34>1 - a\nb6 <34>1 "),
				FrameInputs.hexOf("<34>1 - a\nb"), FrameInputs.hexOf("<34>1 "));
		String fix = FrameInputs
			.hexOf("8=FIX.4.2\u00019=49\u000135=5\u000134=1\u000149=ARCA\u000152=20150916-04:14:05.306\u0001"
					+ "56=TW\u000110=157\u0001");
		add(all, "FIX", FramingPreset.FIX.framing(), fix + fix, fix, fix);
		add(all, "NMEA", FramingBuilder.startEnd().start("$").end("\\r\\n").build(),
				FrameInputs.hexOf("$GPGLL,4916.45,N,12311.12,W,225444,A,*1D\r\n"),
				FrameInputs.hexOf("GPGLL,4916.45,N,12311.12,W,225444,A,*1D"));
		add(all, "NMEA, lines", Framing.line(LineEnding.CRLF),
				FrameInputs.hexOf("!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C\r\n"),
				FrameInputs.hexOf("!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C"));
		add(all, "GELF", Framing.delimiter("\\0"), FrameInputs.hexOf("{\"version\":\"1.1\"}") + "00",
				FrameInputs.hexOf("{\"version\":\"1.1\"}"));
		// Login in the short form, and an information packet in the long one.
		add(all, "GT06", gt06(), "7878 0d 01 0123456789012345 0001 8cdd 0d0a  7979 0008 94 00 0102 0003 a1b2 0d0a",
				"78780d01012345678901234500018cdd", "797900089400010200" + "03a1b2");
		add(all, "TK103", Framing.startEnd("(", ")"), FrameInputs.hexOf("(013612345678BP00HSO)"),
				FrameInputs.hexOf("013612345678BP00HSO"));
		String report = FrameInputs.hexOf("$$A25,867965026206446,AAA*0F\r\n");
		add(all, "Meitrack", meitrack(), report + report, report, report);
		// A purchase over 12.34.
		add(all, "ECR", ecr(), "02 0012 303030303030303031323334 03 4a", "020012303030303030303031323334034a");
		String block = FrameInputs.hexOf("Content-Length: 17\r\n\r\n{\"jsonrpc\":\"2.0\"}");
		add(all, "header lines", Framing.headerBlock(), block + block, block, block);
		return all.stream();
	}

	private static void add(List<Arguments> all, String name, Framing framing, String wire, String... payloads) {
		all.add(arguments(Named.of(name, framing), wire.replace(" ", ""), List.of(payloads)));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("protocols")
	void realBytesAreDecodedAndEncoded(Framing framing, String wire, List<String> payloads) throws FramingException {
		assertThat(FrameInputs.decodeHexAtEverySplit(framing, wire)).isEqualTo(payloads);
		assertThat(FrameInputs.encodeHex(framing, payloads.toArray(new String[0]))).isEqualTo(wire);
		for (String payload : payloads) {
			FramingSamples.check(framing, FrameInputs.hex(FrameInputs.encodeHex(framing, payload)), 1000);
		}
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
	}

	@ParameterizedTest
	@EnumSource
	void presetsGoByTheirWord(FramingPreset preset) {
		assertThat(preset.framing().type()).isEqualTo(preset.word()).isLowerCase();
		assertThat(FramingPreset.of(preset.word())).isSameAs(preset);
		assertThat(FramingPreset.of(preset.name())).isNull();
	}

}
