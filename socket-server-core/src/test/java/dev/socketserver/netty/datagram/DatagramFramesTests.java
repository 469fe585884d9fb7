package dev.socketserver.netty.datagram;

import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import dev.socketserver.DatagramDrop;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.network.DatagramPeer;
import dev.socketserver.framing.CollectedOutput;
import dev.socketserver.framing.DropReason;
import dev.socketserver.framing.FrameChecksum;
import dev.socketserver.framing.FrameException;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingBuilder.OnBad;
import dev.socketserver.framing.FramingPreset;
import dev.socketserver.framing.LengthFieldBuilder.ZeroLength;
import dev.socketserver.framing.LineEnding;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.framing.builder.SwitchBuilder;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.TestHandler;
import dev.socketserver.spec.InboundOverflow;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.socketserver.netty.datagram.Datagrams.awaitDropped;
import static dev.socketserver.netty.datagram.Datagrams.dropped;
import static dev.socketserver.netty.datagram.Datagrams.peer;
import static dev.socketserver.netty.datagram.Datagrams.udp;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The frames of one datagram. */
class DatagramFramesTests {

	private static final String SENTENCES = "$GPGSV,3,1\r\n".repeat(300);

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final LogLines log = new LogLines(DatagramConnection.class);

	private final List<String> seen = new CopyOnWriteArrayList<>();

	private final CountDownLatch called = new CountDownLatch(1);

	private final CountDownLatch held = new CountDownLatch(1);

	static Stream<Named<Framing>> linesOfAllKinds() {
		return Stream.of(Named.of("line", Framing.line()), Named.of("crlf", Framing.line("crlf")),
				Named.of("strict", Framings.line().ending(LineEnding.CRLF).strict(true).build()),
				Named.of("lone CR", Framings.line().loneCarriageReturn(true).build()),
				Named.of("escaped", Framings.line().rejectEmbedded(true).skip("\\n").build()),
				Named.of("on-bad", Framings.line().onBad(OnBad.SKIP).build()), Named.of("switch",
						Framings.switching().when("hex:02", Framing.fixed(4)).otherwise(Framing.line()).build()));
	}

	@ParameterizedTest
	@MethodSource("linesOfAllKinds")
	void theEndOfADatagramEndsALine(Framing framing) throws Exception {
		SocketServer server = this.fixture.lines((line) -> "" + line.length(), udp((spec) -> spec.framing(framing)));
		try (DatagramPeer peer = peer(server)) {
			for (int i = 0; i < 2; i++) {
				peer.send("$GPRMC,1");
				assertThat(peer.receive().strip()).isEqualTo("8");
				peer.send("$GPRMC,1\r\n$GPGGA,22");
				assertThat(List.of(peer.receive().strip(), peer.receive().strip())).containsExactly("8", "9");
				peer.send("$GPRMC,333\r\n");
				assertThat(peer.receive().strip()).isEqualTo("10");
			}
		}
		assertThat(server.statistics().datagrams().dropped()).isEmpty();
	}

	private SocketServer holding(InboundOverflow overflow, int bytes) {
		return this.fixture.calls((line, session) -> {
			this.seen.add(line);
			if (line.equals("hold")) {
				this.called.countDown();
				Patience.hold(this.held);
			}
		}, udp((spec) -> spec.framing(Framing.line())
			.inbound((inbound) -> inbound.capacity(64).bytes(bytes).overflow(overflow))));
	}

	private void hold(DatagramPeer peer) throws Exception {
		peer.send("hold");
		Patience.await(this.called);
	}

	@Test
	void framesOfOneDatagramAreAdmittedTogether() throws Exception {
		SocketServer server = holding(InboundOverflow.DROP_NEWEST, 1_000_000);
		try (DatagramPeer peer = peer(server)) {
			hold(peer);
			for (int i = 0; i < 63; i++) {
				peer.send("one");
			}
			peer.send(SENTENCES);
			peer.send(SENTENCES);
			awaitDropped(server, DatagramDrop.OVERFLOW, 300);
			this.held.countDown();
			await().until(() -> this.seen.size() == 1 + 63 + 300);
			assertThat(dropped(server, DatagramDrop.OVERFLOW)).isEqualTo(300);
			peer.send(SENTENCES);
			await().until(() -> this.seen.size() == 1 + 63 + 600);
		}
	}

	@Test
	void whatHasWaitedLongestMakesRoomForADatagram() throws Exception {
		SocketServer server = holding(InboundOverflow.DROP_OLDEST, 1_000_000);
		try (DatagramPeer peer = peer(server)) {
			hold(peer);
			peer.send(SENTENCES).send("last\n" + SENTENCES);
			// It makes room for one frame, and the others come with that.
			awaitDropped(server, DatagramDrop.OVERFLOW, 300 - 63);
			this.held.countDown();
			await().until(() -> this.seen.size() == 1 + 63 + 1 + 300);
			assertThat(this.seen.get(64)).isEqualTo("last");
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "DROP_NEWEST", "DROP_OLDEST" })
	void theirBytesCountOneByOne(InboundOverflow overflow) throws Exception {
		SocketServer server = holding(overflow, 1_000);
		try (DatagramPeer peer = peer(server)) {
			hold(peer);
			peer.send("x".repeat(10) + "\n" + SENTENCES);
			awaitDropped(server, DatagramDrop.OVERFLOW, 201);
			this.held.countDown();
			await().until(() -> this.seen.size() == 1 + 100);
		}
	}

	@Test
	void theFirstThatAreNoFramesAreLogged() throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase,
				udp((spec) -> spec.framing(Framing.startEnd("$", "\\r\\n"))));
		try (DatagramPeer peer = peer(server)) {
			for (int i = 0; i < 20; i++) {
				peer.send("$GPRMC," + i);
			}
			awaitDropped(server, DatagramDrop.UNFRAMED, 20);
			assertThat(this.log.messages(Level.WARN)).hasSize(10)
				.first()
				.asString()
				.matches("'test': session test-1 of 127\\.0\\.0\\.1:\\d+: a datagram, or its rest, was no whole frame");
		}
	}

	/** Else two sides that echo would answer each other without end. */
	@Test
	void anAnswerIsKnownAsOneBehindADatagramThatWasNoFrame() throws Exception {
		SocketServer server = Datagrams.echo(this.fixture,
				(spec) -> spec.framing(Framing.lengthField().width(1).zero(ZeroLength.ECHO).build()));
		try (DatagramPeer peer = peer(server)) {
			assertThat(peer.ask("\1a")).isEqualTo("\1a");
			peer.send("\7");
			awaitDropped(server, DatagramDrop.UNFRAMED, 1);
			server.sessions().findFirst().orElseThrow().send(new byte[0]);
			assertThat(peer.receive()).isEqualTo("\0");
			peer.send("\0");
			assertThat(peer.ask("\1b")).isEqualTo("\1b");
		}
	}

	static Stream<Named<Framing>> framingsThatDrop() {
		return Stream.of(Named.of("start-end", Framing.startEnd("(", ")")),
				Named.of("sync", Framings.fixed().size(4).sync("##").build()),
				Named.of("checksum",
						Framings.checked(Framing.line()).type("sum8").onBad(FrameChecksum.OnBad.SKIP).build()),
				Named.of("switch",
						Framings.switching().when("#", Framing.fixed(4)).otherwise(SwitchBuilder.DROP).build()));
	}

	@ParameterizedTest
	@MethodSource("framingsThatDrop")
	void aDatagramOfWhichTheFramingLeavesNothingIsDropped(Framing framing) throws Exception {
		SocketServer server = this.fixture.lines((line) -> line, udp((spec) -> spec.framing(framing)));
		try (DatagramPeer peer = peer(server)) {
			peer.send("xyz!\n").send("abc!\n");
			awaitDropped(server, DatagramDrop.UNFRAMED, 2);
		}
	}

	@ParameterizedTest
	@MethodSource("framingsThatDrop")
	void aRestThatTheFramingDropsIsCounted(Framing framing) throws Exception {
		SocketServer server = this.fixture.lines((line) -> line, udp((spec) -> spec.framing(framing)));
		CollectedOutput out = new CollectedOutput();
		framing.encode("##ab".getBytes(UTF_8), out);
		String frame = new String(out.toByteArray(), UTF_8);
		try (DatagramPeer peer = peer(server)) {
			for (int i = 1; i <= 2; i++) {
				assertThat(peer.ask(frame + "xyz!\n")).isEqualTo(frame);
				awaitDropped(server, DatagramDrop.UNFRAMED, i);
			}
			assertThat(peer.ask("xyz!\n" + frame)).as("in front").isEqualTo(frame);
		}
		assertThat(dropped(server, DatagramDrop.UNFRAMED)).isEqualTo(2);
		assertThat(server.statistics().datagrams().received()).isEqualTo(3);
	}

	@Test
	void whatTheFramingSkipsIsNotDropped() throws Exception {
		SocketServer server = this.fixture.lines((line) -> line,
				udp((spec) -> spec.framing(Framings.startEnd().start("(").end(")").skip("\\n").build())));
		try (DatagramPeer peer = peer(server)) {
			peer.send("\n");
			assertThat(peer.ask("xyz(a)\n")).isEqualTo("(a)");
		}
		assertThat(server.statistics().datagrams().dropped()).isEmpty();
	}

	/** Skips bad frames; the handler sees frames, and the reasons of bad ones. */
	private SocketServer skipping(Seen seen, UnaryOperator<ServerSpec.Builder> more) {
		SessionHandler handler = TestHandler.of((frame, session) -> {
			seen.accept((String) frame);
			return null;
		}).failed((failure, session) -> {
			seen.accept(((FrameException) failure).reason().name());
			return null;
		});
		Framing framing = Framings.lengthField().offset(2).width(2).sync("##").onBad(OnBad.SKIP).build();
		return this.fixture.start(ServerFixture.messages(handler).answeringBadFrames(),
				udp((spec) -> more.apply(spec.framing(framing))));
	}

	@Test
	void framesBehindABadOneAreHandled() throws Exception {
		BlockingQueue<String> handled = new LinkedBlockingQueue<>();
		SocketServer server = skipping(handled::add, (spec) -> spec.limits((limits) -> limits.frame(20)));
		String bad = "##\177\177";
		try (DatagramPeer peer = peer(server)) {
			peer.send("##\0\1a" + bad + "##\0\1b");
			for (String each : List.of("##\0\1a", "FRAME_TOO_LARGE", "##\0\1b")) {
				assertThat(Patience.next(handled)).isEqualTo(each);
			}
			assertThat(server.statistics().datagrams().dropped()).isEmpty();
			peer.send("##\0\1a" + bad);
			awaitDropped(server, DatagramDrop.TOO_LARGE, 1);
			peer.send(bad);
			awaitDropped(server, DatagramDrop.TOO_LARGE, 2);
			peer.send("##\0\1c");
			for (String each : List.of("##\0\1a", "FRAME_TOO_LARGE", "FRAME_TOO_LARGE", "##\0\1c")) {
				assertThat(Patience.next(handled)).isEqualTo(each);
			}
		}
		assertThat(server.statistics().framesDropped()).isEqualTo(Map.of(DropReason.BAD, 3L));
		assertThat(server.statistics().datagrams().dropped()).isEqualTo(Map.of(DatagramDrop.TOO_LARGE, 2L));
	}

	/** As many as fit into a datagram would each keep a stack trace. */
	@Test
	void badFramesOfOneDatagramAreAdmittedOneByOne() throws Exception {
		BlockingQueue<String> handled = new LinkedBlockingQueue<>();
		SocketServer server = skipping((seen) -> {
			handled.add(seen);
			if (seen.startsWith("##")) {
				this.called.countDown();
				Patience.await(this.held);
			}
		}, (spec) -> spec.limits((limits) -> limits.frame(30_000)).inbound((inbound) -> inbound.capacity(4)));
		try (DatagramPeer peer = peer(server)) {
			peer.send("##\0\1a");
			Patience.await(this.called);
			peer.send("##\177\177".repeat(100));
			awaitDropped(server, DatagramDrop.TOO_LARGE, 1);
			this.held.countDown();
			await().until(() -> this.fixture.firstOpened().info().pendingInbound() == 0);
			peer.send("##\0\1b");
			await().until(() -> handled.contains("##\0\1b"));
		}
		assertThat(handled).hasSizeBetween(3, 6).startsWith("##\0\1a", "FRAME_TOO_LARGE").endsWith("##\0\1b");
	}

	@Test
	void nothingIsKnownOfTheDatagramBefore() throws Exception {
		SocketServer server = this.fixture.lines((line) -> line,
				udp((spec) -> spec.framing(FramingPreset.SYSLOG.framing())));
		try (DatagramPeer peer = peer(server)) {
			peer.send("\r");
			assertThat(peer.ask("\n<13>a\n")).isEqualTo("5 <13>a");
		}
	}

	/** What a handler does with what it sees. */
	@FunctionalInterface
	private interface Seen {

		void accept(String seen) throws Exception;

	}

}
