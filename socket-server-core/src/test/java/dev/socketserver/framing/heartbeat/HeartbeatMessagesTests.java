package dev.socketserver.framing.heartbeat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.function.UnaryOperator;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.Ready;
import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingPreset;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.Heartbeat;
import dev.socketserver.spec.InvalidSpecException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What heartbeats of a protocol's own are sent, and answered with. */
class HeartbeatMessagesTests {

	private static HeartbeatMessages messages(UnaryOperator<Heartbeat> values) {
		return new HeartbeatMessages(values.apply(Heartbeat.of(Duration.ofSeconds(1))), StandardCharsets.UTF_8);
	}

	private static String answer(String with, String copy, String received) {
		byte[] bytes = ByteValues.parse(received);
		byte[] answer = messages((h) -> h.message("ping").answer("hex:c0", with, copy)).answer(bytes, 0, bytes.length);
		return (answer != null) ? HexFormat.of().formatHex(answer) : null;
	}

	@ParameterizedTest
	@CsvSource({ "hex:d0000000, 1:2, hex:c00102, d0010200", "hex:d0000000, 1:2>2, hex:c00102, d0000102",
			"hex:d0000000, -2:2, hex:c0090102, d0000102", "hex:d0000000, -2:2>1, hex:c0090102, d0010200",
			"hex:d0000000, 1:1>-3, hex:c007, d0070000", "hex:d0000000, 0:4, hex:c0010203, c0010203",
			// What is not there is not copied.
			"hex:d0aabb, 1:2, hex:c001, d0aabb", "hex:d0aabb, -3:2, hex:c001, d0aabb" })
	void anAnswerCopiesBytesOfWhatItAnswers(String with, String copy, String received, String expected) {
		assertThat(answer(with, copy, received)).isEqualTo(expected);
	}

	@Test
	void anAnswerMayAlwaysBeTheSame() {
		assertThat(answer("hex:d0", null, "hex:c00102")).isEqualTo("d0");
		assertThat(answer("hex:d0", null, "hex:c1")).isNull();
		assertThat(answer("hex:d0", null, "hex:")).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "hex:150000, 1:2, 150001", "hex:15ffff, 1:2, 150000", "hex:1500ff, 1:2, 150100",
			"hex:15ff15, 1:1, 150015", "hex:1500ff, -1:1, 150000", "PING 0008, 5:4, 50494e472030303039",
			"PING 9999, 5:4, 50494e472030303030", "PING 0099, -4:4, 50494e472030313030" })
	void aNumberRisesInDigitsOrBytesAndWraps(String message, String placeholder, String second) {
		HeartbeatMessages messages = messages((h) -> h.message(message).placeholder(placeholder));
		byte[] first = messages.first();
		assertThat(first).isEqualTo(ByteValues.parse(message));
		assertThat(HexFormat.of().formatHex(messages.after(first))).isEqualTo(second);
		// Another connection begins anew.
		assertThat(messages.first()).isEqualTo(ByteValues.parse(message));
	}

	@ParameterizedTest
	@CsvSource({ "hex:152f, 1:1, 15fe", "hex:152fff, 1:2, 1530ce", "PING 08, 5:2, 50494e47203135" })
	void aNumberStaysWhatItIsInTheFirstMessage(String message, String placeholder, String later) {
		HeartbeatMessages messages = messages((h) -> h.message(message).placeholder(placeholder));
		byte[] next = messages.first();
		for (int i = 0; i < 207; i++) {
			next = messages.after(next);
		}
		assertThat(HexFormat.of().formatHex(next)).isEqualTo(later);
	}

	@Test
	void aNumberEndsNoFrame() {
		UnaryOperator<Heartbeat> period = (h) -> h.period(Duration.ofSeconds(1));
		refused("heartbeat.placeholder", "ends a frame", Framing.line(),
				(h) -> period.apply(h).message("PING\\x00").placeholder("4:1"));
		Framing delimited = Framings.delimiter().delimiters("#1#").build();
		refused("heartbeat.placeholder", "ends a frame", delimited,
				(h) -> period.apply(h).message("PING #2#").placeholder("6:1"));
		assertThat(messages((h) -> h.message("PING 0#").placeholder("5:1")).problem(delimited)).isNull();
		assertThat(messages((h) -> h.message("PING 0").placeholder("5:1")).problem(Framing.line())).isNull();
		assertThat(messages((h) -> h.message("PING\\x00").placeholder("4:1")).problem(Framing.lengthField().build()))
			.isNull();
	}

	@Test
	void textsAreInTheCharsetOfTheServer() {
		HeartbeatMessages messages = new HeartbeatMessages(Heartbeat.of(Duration.ofSeconds(1)).message("hé\\x01"),
				StandardCharsets.ISO_8859_1);
		assertThat(HexFormat.of().formatHex(messages.first())).isEqualTo("68e901");
	}

	private static void refused(String component, String rule, Framing framing, UnaryOperator<Heartbeat> values) {
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> ServerSpec.builder("it")
				.handler(ServerHandler.function("it", PayloadConverter.bytes(), (frame) -> frame))
				.framing(framing)
				.heartbeat(values)
				.build())
			.satisfies((ex) -> {
				assertThat(ex.component()).isEqualTo(component);
				assertThat(ex.rule()).contains(rule);
			});
	}

	private static void refused(String component, String rule, UnaryOperator<Heartbeat> values) {
		refused(component, rule, Framing.lengthField().build(),
				(h) -> values.apply(h.period(Duration.ofSeconds(1)).message("ping")));
	}

	@Test
	void digitsAloneMayBeANumberOfAnotherFile() {
		refused("heartbeat.message", "hex:30383030", (h) -> h.message("0800"));
		refused("heartbeat.reply", "hex:30383130", (h) -> h.reply("0810"));
		refused("heartbeat.answer[0].to", "hex:30383030", (h) -> h.answer("0800", "0810"));
		refused("heartbeat.answer[0].with", "hex:30383130", (h) -> h.answer("hex:30383030", "0810"));
	}

	@Test
	void aPrefixBelongsToOneAnswer() {
		refused("heartbeat.answer[1].to", "heartbeat.answer[0].to", (h) -> h.answer("ab", "x").answer("abc", "y"));
		refused("heartbeat.answer[1].to", "heartbeat.answer[0].to", (h) -> h.answer("abc", "x").answer("ab", "y"));
		refused("heartbeat.answer[1].to", "heartbeat.answer[0].to", (h) -> h.answer("ab", "x").answer("ab", "y"));
		refused("heartbeat.answer[0].to", "heartbeat.reply", (h) -> h.reply("pong").answer("po", "x"));
	}

	@Test
	void placesAreWithinTheirMessages() {
		refused("heartbeat.placeholder", "4 bytes", (h) -> h.placeholder("3:2"));
		refused("heartbeat.placeholder", "4 bytes", (h) -> h.placeholder("-5:2"));
		refused("heartbeat.placeholder", "8:4", (h) -> h.placeholder("2"));
		refused("heartbeat.placeholder", "8:4", (h) -> h.placeholder("0:0"));
		refused("heartbeat.placeholder", "8:4", (h) -> h.placeholder("0:2>1"));
		refused("heartbeat.answer[0].copy", "3 bytes", (h) -> h.answer("x", "abc", "2:2"));
		refused("heartbeat.answer[0].copy", "3 bytes", (h) -> h.answer("x", "abc", "0:2>2"));
		refused("heartbeat.answer[0].copy", "8:4>0", (h) -> h.answer("x", "abc", "one"));
	}

	@Test
	void bytesAreNeverMissingOrWrong() {
		refused("heartbeat.message", "digits", (h) -> h.message("hex:0"));
		refused("heartbeat.message", "empty", (h) -> h.message("hex:"));
		refused("heartbeat.reply", "empty", (h) -> h.reply(""));
		refused("heartbeat.answer[0].to", "empty", (h) -> h.answer("", "a"));
		refused("heartbeat.replyTimeout", "millisecond", (h) -> h.reply("a").replyTimeout(Duration.ZERO));
	}

	@Test
	void aFramingHasToCarryTheMessages() {
		UnaryOperator<Heartbeat> period = (h) -> h.period(Duration.ofSeconds(1));
		refused("heartbeat.message", "one frame", Framing.line(), (h) -> period.apply(h).message("a\\nb"));
		refused("heartbeat.message", "framing 'fixed'", Framing.fixed(3), (h) -> period.apply(h).message("ping"));
		refused("heartbeat.message", "boundaries", Framing.raw(), (h) -> period.apply(h).message("ping"));
		refused("heartbeat.period", "heartbeat.message", Framing.line(), period);
		refused("heartbeat.answer[0].with", "one frame", Framing.line(), (h) -> h.answer("a", "b\\n"));
		refused("heartbeat.message", "", Framings.startEnd().start("hex:02").end("hex:03").build(),
				(h) -> period.apply(h).message("hex:0103"));
	}

	@Test
	void answersNeedNoPeriod() {
		Heartbeat heartbeat = Heartbeat.NONE.answer("ping", "pong");
		assertThat(heartbeat.period()).isNull();
		assertThat(heartbeat.emptyFrames()).isFalse();
		assertThat(new HeartbeatMessages(heartbeat, StandardCharsets.UTF_8).problem(Framing.line())).isNull();
	}

	@Test
	void anEmptyMessageCarriesAChecksumWhereTheFramingCan() {
		HeartbeatMessages empty = messages((h) -> h);
		assertThat(empty.problem(Framings.checked(Framing.lengthField().width(2).build()).type("crc16-modbus").build()))
			.isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "UTF-8", "IBM037", "UTF-16BE" })
	void presetsOfTheFourProtocolsCarryTheirs(String charset) {
		Charset texts = Charset.forName(charset);
		assertThat(new HeartbeatMessages(Heartbeat.of(Duration.ofSeconds(1)).message("hex:000000150000000000000001"),
				texts)
			.problem(FramingPreset.SMPP.framing())).isNull();
		assertThat(new HeartbeatMessages(Heartbeat.NONE.answer("hex:30383030", "hex:30383130"), texts)
			.problem(FramingPreset.ISO8583.framing())).isNull();
	}

	@Test
	void aSignOnNeedsAnAnswer() {
		ClientSpec.Builder client = ClientSpec.builder("it")
			.port(1)
			.framing(Framing.line())
			.pool((pool) -> pool.ready(Ready.HEARTBEAT));
		assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(client::build)
			.withMessageContainingAll("ready", "heartbeat.reply");
		assertThat(client.heartbeat((h) -> h.message("ping").reply("pong")).build().pool().ready())
			.isEqualTo(Ready.HEARTBEAT);
	}

}
