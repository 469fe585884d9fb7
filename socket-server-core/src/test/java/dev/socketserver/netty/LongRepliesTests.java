package dev.socketserver.netty;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingPreset;
import dev.socketserver.framing.LengthFieldBuilder.LengthEncoding;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.SocketTransport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Long text, most of which is ASCII, so that its length in bytes is known or assumed
 * before it is encoded: each byte arrives, in every framing that treats it in another
 * way.
 */
@Tag("virtual-threads")
class LongRepliesTests {

	/** More than are encoded in the usual way at first. */
	private static final int MESSAGES = Rounds.of("long.messages", 1_200, 100_000);

	/** As many as the peer has asked for and not received. */
	private static final int IN_FLIGHT = 30;

	private static final int MOST = 3_000;

	private static final Framing NETSTRING = Framing.lengthField()
		.encoding(LengthEncoding.DECIMAL)
		.terminator(":")
		.after(new byte[] { ',' })
		.build();

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture(1);

	static Stream<Arguments> ways() {
		List<Case> cases = List.of(new Case(Framing.line(), (text) -> text + "\n"),
				new Case(Framing.delimiter(";"), (text) -> text + ";"),
				new Case(FramingPreset.MLLP.framing(), (text) -> "\u000B" + text + "\u001C\r"),
				new Case(NETSTRING, (text) -> text.getBytes(UTF_8).length + ":" + text + ","));
		return ServerFixture.everyTransport()
			.flatMap((transport) -> ServerFixture.modes()
				.flatMap((mode) -> cases.stream().map((tried) -> Arguments.of(transport, mode, tried))));
	}

	/** The reply to a message: mostly ASCII, or with other characters somewhere. */
	private static String reply(int number) {
		Random random = new Random(number);
		char[] text = new char[100 + random.nextInt(MOST)];
		Arrays.fill(text, (char) ('a' + number % 26));
		if (number % 40 == 0) {
			for (int i = random.nextInt(20); i >= 0; i--) {
				text[random.nextInt(text.length)] = "\u00e9\u20ac\0".charAt(random.nextInt(3));
			}
		}
		return number + " " + new String(text);
	}

	@ParameterizedTest
	@MethodSource("ways")
	void arriveAsTheyAre(SocketTransport transport, ExecutionMode mode, Case tried) throws Exception {
		AtomicInteger next = new AtomicInteger();
		AtomicInteger sent = new AtomicInteger();
		AtomicInteger failed = new AtomicInteger();
		SocketServer server = this.fixture.start(ServerFixture.messages("long", (line, session) -> {
			int number = next.getAndIncrement();
			if (number % 7 == 0) {
				session.send(reply(number), (failure) -> ((failure != null) ? failed : sent).incrementAndGet());
				return null;
			}
			return reply(number);
		}), (spec) -> spec.transport(transport).execution((e) -> e.mode(mode)).framing(tried.framing));

		try (Peer peer = new Peer(server)) {
			for (int number = 0; number < MESSAGES; number += IN_FLIGHT) {
				peer.send(tried.frame.apply("x").repeat(IN_FLIGHT));
				ByteArrayOutputStream expected = new ByteArrayOutputStream();
				for (int i = number; i < number + IN_FLIGHT; i++) {
					expected.writeBytes(tried.frame.apply(reply(i)).getBytes(UTF_8));
				}
				assertThat(peer.bytes(expected.size())).as("from %s on", number).isEqualTo(expected.toByteArray());
			}
		}
		Awaitility.await().until(() -> sent.get() == (next.get() + 6) / 7);
		assertThat(failed).hasValue(0);
	}

	private record Case(Framing framing, Function<String, String> frame) {

		@Override
		public String toString() {
			return this.framing.type();
		}

	}

}
