package dev.socketserver.netty.framing;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import dev.socketserver.ServerHandler;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.framing.DropReason;
import dev.socketserver.framing.Escape;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingBuilder.OnBad;
import dev.socketserver.framing.FramingPreset;
import dev.socketserver.framing.LineEnding;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.framing.builder.SwitchBuilder;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.payload.PayloadConverter;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * For each key of a framing: a hundred times the same bytes in one segment and one byte
 * at a time give the same calls, and the same is counted.
 */
class SegmentsTests {

	private static final int TIMES = 100;

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	private final List<String> calls = new CopyOnWriteArrayList<>();

	static Stream<Arguments> keys() {
		Escape backslash = Escape.mark('\\', 0);
		return Stream.of(
				key("after", Framings.startEnd().start("(").end(")").after(2).build(), "(ab))(", Map.of(), "ab)("),
				key("after, delimiter", Framings.delimiter().delimiters(";", "\r\n").after(1).build(), "ab;;c\r\n;",
						Map.of(), "ab;", "c;"),
				key("after, escape", Framings.startEnd().start("(").end(")").escape(backslash).after(1).build(),
						"(a\\)b)\\", Map.of(), "a)b\\"),
				key("restart", Framings.startEnd().start("(").end(")").restart(true).build(), "(lost(a)",
						Map.of(DropReason.RESTART, 1L), "a"),
				key("mask", Framings.lengthField().offset(1).width(1).mask("hex:0f").build(), "x\u0082ab", Map.of(),
						"x\u0082ab"),
				key("sync", Framings.lengthField().offset(2).width(1).sync("##").build(), "#x##\2ab",
						Map.of(DropReason.SYNC, 1L), "##\2ab"),
				key("sync, fixed", Framings.fixed().size(4).sync("##").build(), "..##ab", Map.of(DropReason.SYNC, 1L),
						"##ab"),
				key("length-header", Framings.headerBlock().lengthHeader("Content-Length", "l").build(),
						"A\r\nl: 2\r\n\r\nab", Map.of(), "A\r\nl: 2\r\n\r\nab"),
				key("any bytes, drop",
						Framings.switching()
							.when("hex:..23", Framing.fixed(3))
							.when("(", Framing.startEnd("(", ")"))
							.otherwise(SwitchBuilder.DROP)
							.build(),
						"a#b.,(c)", Map.of(DropReason.SWITCH, 2L), "a#b", "c"),
				key("counted", Framings.counted().word(1).when("set").build(), "set 4 x\r\na\r\nb\r\nget 4\r\n",
						Map.of(), "set 4 x\r\na\r\nb", "get 4"),
				key("counted, after", Framings.counted().ending(LineEnding.LF).after(";").build(), "2\n;;;", Map.of(),
						"2\n;;"),
				key("embedded", Framings.line().rejectEmbedded(true).build(), "a\r\nb\n", Map.of(), "a", "b"),
				key("on-bad, line", Framings.line().onBad(OnBad.SKIP).build(), "a\n" + "x".repeat(25) + "\n",
						Map.of(DropReason.BAD, 1L), "a"),
				key("on-bad, delimiter", Framings.delimiter().delimiters("::").onBad(OnBad.SKIP).build(),
						"x".repeat(25) + ":y::a::", Map.of(DropReason.BAD, 1L), "a"),
				key("on-bad, start-end", Framings.startEnd().start("(").end(")").onBad(OnBad.SKIP).build(),
						"(" + "x".repeat(25) + "(a)", Map.of(DropReason.BAD, 1L), "a"),
				key("on-bad, sync", Framings.lengthField().offset(1).width(1).sync("#").onBad(OnBad.SKIP).build(),
						"#\u00ff#\1a", Map.of(DropReason.BAD, 1L), "#\1a"),
				key("checked",
						Framings.checked(Framing.line())
							.check(1, (bytes, from, to) -> new byte[] { (byte) ('0' + to - from) })
							.reply("?")
							.build(),
						"ab2\nab3\n", Map.of(DropReason.BAD, 1L), "ab"),
				key("stx-etx", FramingPreset.STX_ETX.framing(), "\2ab\3\3", Map.of(), "ab\3"),
				key("m-bus", FramingPreset.M_BUS.framing(), "\u00e5\u0010\u0040\1\u0041\u0016", Map.of(), "\u00e5",
						"\u0010\u0040\1\u0041\u0016"));
	}

	private static Arguments key(String name, Framing framing, String bytes, Map<DropReason, Long> dropped,
			String... payloads) {
		return arguments(Named.of(name, framing), bytes, dropped, List.of(payloads));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("keys")
	void oneSegmentAndSingleBytesGiveTheSameCalls(Framing framing, String bytes, Map<DropReason, Long> dropped,
			List<String> payloads) throws Exception {
		SocketServer server = this.fixture.start(calls(),
				(spec) -> spec.framing(framing).limits((limits) -> limits.frame(24)));
		List<String> expected = Collections.nCopies(TIMES, payloads).stream().flatMap(List::stream).toList();
		byte[] all = bytes.repeat(TIMES).getBytes(StandardCharsets.ISO_8859_1);

		try (Peer peer = new Peer(server)) {
			peer.send(all);
			awaitCalls(expected);
			awaitDropped(server, times(dropped, TIMES));
		}
		try (Peer peer = new Peer(server)) {
			for (byte each : all) {
				peer.send(new byte[] { each });
			}
			awaitCalls(expected);
			awaitDropped(server, times(dropped, 2 * TIMES));
		}
	}

	private ServerHandler calls() {
		SessionHandler handler = (payload, session) -> {
			this.calls.add(new String((byte[]) payload, StandardCharsets.ISO_8859_1));
			return null;
		};
		return new ServerHandler.Messages("calls", PayloadConverter.bytes(), false, (spec) -> handler);
	}

	private void awaitCalls(List<String> expected) {
		Awaitility.await().until(() -> this.calls.size() >= expected.size());
		assertThat(this.calls).isEqualTo(expected);
		this.calls.clear();
	}

	/** The last of all bytes may be dropped, when all calls have been made. */
	private static void awaitDropped(SocketServer server, Map<DropReason, Long> expected) {
		Awaitility.await().untilAsserted(() -> assertThat(server.statistics().framesDropped()).isEqualTo(expected));
	}

	private static Map<DropReason, Long> times(Map<DropReason, Long> once, int times) {
		Map<DropReason, Long> all = new EnumMap<>(DropReason.class);
		once.forEach((reason, count) -> all.put(reason, count * times));
		return all;
	}

}
