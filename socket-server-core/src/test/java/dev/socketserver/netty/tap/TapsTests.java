package dev.socketserver.netty.tap;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;

import dev.socketserver.BindPolicy;
import dev.socketserver.CloseReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.TapMask;
import dev.socketserver.address.Cidr;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.state.SessionState;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.FramingPreset;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.operator.SocketTap;
import dev.socketserver.operator.TapRequest;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.transcript.Transcript;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/** Taps of sessions on real sockets. */
class TapsTests {

	private static final Duration LONG = Duration.ofSeconds(50);

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture((spec) -> spec.taps(4, 0, () -> this.masks));

	private final List<TapMask> masks = new ArrayList<>();

	private SocketTap tap(SocketServer server, long bytes) {
		return this.fixture.servers.taps()
			.start(new TapRequest(null, server.name(), null, null, null, false, LONG, bytes, "a test"));
	}

	private static byte[] bytes(SocketTap tap, Transcript.Kind kind) {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		tap.transcript()
			.entries()
			.stream()
			.filter((entry) -> entry.kind() == kind)
			.forEach((entry) -> all.writeBytes(entry.payload()));
		return all.toByteArray();
	}

	private static List<String> lines(SocketTap tap, Transcript.Kind kind) {
		return tap.transcript()
			.entries()
			.stream()
			.filter((entry) -> entry.kind() == kind)
			.map((entry) -> new String(entry.payload(), UTF_8))
			.toList();
	}

	/**
	 * Its loop reads before it runs tasks: what follows the answer may be read first.
	 */
	@Test
	void hasBegunWhenItIsAnswered() throws Exception {
		SocketServer server = this.fixture.lines((text) -> text, UnaryOperator.identity());
		try (Peer peer = new Peer(server)) {
			peer.send("before\n");
			assertThat(peer.line()).isEqualTo("before");
			// It waits for a second at most, after which it is answered as well.
			int attempts = 1;
			while (!waitsForTheLoop(server)) {
				assertThat(attempts++).isLessThan(5);
			}
		}
	}

	private boolean waitsForTheLoop(SocketServer server) throws Exception {
		Thread starter = Thread.currentThread();
		CountDownLatch busy = new CountDownLatch(1);
		AtomicBoolean answered = new AtomicBoolean();
		CompletableFuture<Boolean> waited = new CompletableFuture<>();
		((Session) ServerFixture.session(server)).state().connection().execute(() -> {
			busy.countDown();
			while (starter.getState() != Thread.State.TIMED_WAITING && !answered.get()) {
				Thread.onSpinWait();
			}
			waited.complete(!answered.get());
		});
		busy.await();
		SocketTap tap = tap(server, 1_000);
		answered.set(true);
		this.fixture.servers.taps().remove(tap.id(), "a test");
		return waited.get();
	}

	@Every.Way
	void keepsTheVeryBytesHoweverTheyPass(Way way) throws Exception {
		String longText = "long \u00e4 ".repeat(30_000);
		SocketServer server = this.fixture.lines(
				(text) -> text.equals("long") ? longText : text.equals("many") ? List.of("1", "2", "3") : text,
				way.spec());
		SocketTap tap = tap(server, 10_000_000);
		try (Peer peer = new Peer(server)) {
			peer.send("one\ntwo\nthr").send("ee\nmany\n");
			ByteArrayOutputStream got = new ByteArrayOutputStream();
			got.writeBytes(peer.bytes("one\ntwo\nthree\n1\n2\n3\n".length()));
			peer.send("long\n");
			got.writeBytes(peer.bytes((longText + "\n").getBytes(UTF_8).length));
			ServerFixture.session(server).send("from another thread");
			got.writeBytes(peer.bytes("from another thread\n".length()));
			peer.endOutput();
			peer.rest();

			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
			assertThat(new String(bytes(tap, Transcript.Kind.RECEIVED), UTF_8))
				.isEqualTo("one\ntwo\nthree\nmany\nlong\n");
			assertThat(bytes(tap, Transcript.Kind.SENT)).isEqualTo(got.toByteArray());
			assertThat(tap.transcript().toString()).endsWith("! PEER_CLOSED\n");
			assertThat(tap.dropped()).isZero();
			assertThat(tap.bytes()).isEqualTo(24 + got.size());
		}
	}

	@Every.Way
	void keepsFramesWhereThereIsAMask(Way way) throws Exception {
		this.masks.add((server, received, frame) -> frame);
		SocketServer server = this.fixture.lines((text) -> text.equals("many") ? List.of("1", "22", "333") : text,
				way.spec());
		SocketTap tap = tap(server, 1_000_000);
		try (Peer peer = new Peer(server)) {
			peer.send("one\ntwo\nthr").send("ee\nmany\nno end");
			peer.bytes("one\ntwo\nthree\n1\n22\n333\n".length());
			ServerFixture.session(server).send("news");
			peer.bytes(5);
			peer.reset();
			this.fixture.nextClosed();

			await().untilAsserted(() -> assertThat(lines(tap, Transcript.Kind.SENT)).containsExactly("one\n", "two\n",
					"three\n", "1\n", "22\n", "333\n", "news\n"));
			assertThat(lines(tap, Transcript.Kind.RECEIVED)).containsExactly("one\n", "two\n", "three\n", "many\n");
			assertThat(tap.dropped()).isEqualTo("no end".length());
		}
	}

	@Test
	void masksSeeTheBytesOfTheStream() throws Exception {
		List<String> seen = new ArrayList<>();
		this.masks.add((server, received, frame) -> {
			seen.add(server + " " + received + " " + HexFormat.of().formatHex(frame));
			Arrays.fill(frame, (byte) '*');
			return frame;
		});
		SocketServer server = this.fixture.start(
				ServerHandler.function("slip", PayloadConverter.bytes(), (payload) -> payload),
				(spec) -> spec.framing(FramingPreset.SLIP.framing()));
		SocketTap tap = tap(server, 1_000);
		byte[] frame = HexFormat.of().parseHex("c061dbdc62c0");
		try (Peer peer = new Peer(server)) {
			peer.send(frame);
			assertThat(peer.bytes(frame.length - 1)).isEqualTo(Arrays.copyOfRange(frame, 1, frame.length));

			await().until(() -> bytes(tap, Transcript.Kind.SENT).length == frame.length - 1);
			assertThat(seen).containsExactly("test true 61dbdc62c0", "test false 61dbdc62c0");
			assertThat(bytes(tap, Transcript.Kind.SENT)).containsOnly('*');
			assertThat(bytes(tap, Transcript.Kind.RECEIVED)).containsOnly('*');
		}
	}

	@Test
	void aSessionThatIsTappedInTheMiddleOfAFrameIsMaskedFromItsStart() throws Exception {
		this.masks.add((server, received, frame) -> frame);
		SocketServer server = this.fixture.lines((text) -> text, UnaryOperator.identity());
		try (Peer peer = new Peer(server)) {
			peer.send("whole\nbegun ");
			peer.line();
			SocketSession session = ServerFixture.session(server);
			await().until(() -> session.info().bytesReceived() == 12);
			SocketTap tap = tap(server, 1_000);
			await().until(() -> ((Session) session).state().tapped() != null);
			peer.send("and ended\n");
			peer.line();

			await().until(() -> !lines(tap, Transcript.Kind.SENT).isEmpty());
			assertThat(lines(tap, Transcript.Kind.RECEIVED)).containsExactly("begun and ended\n");
		}
	}

	@Test
	void aMaskThatHangsHoldsUpNoSession() throws Exception {
		CountDownLatch released = new CountDownLatch(1);
		this.masks.add((server, received, frame) -> {
			Patience.hold(released);
			return frame;
		});
		SocketServer server = this.fixture.lines((text) -> text, UnaryOperator.identity());
		SocketTap tap = tap(server, 100);
		try (Peer peer = new Peer(server)) {
			for (int i = 0; i < 1_000; i++) {
				assertThat(peer.ask("x")).isEqualTo("x");
			}
			assertThat(tap.bytes()).isZero();
			assertThat(tap.dropped()).isEqualTo(4_000 - 100);
			released.countDown();
			await().until(() -> tap.bytes() == 100);
		}
	}

	@Test
	void dropsWhatIsBeyondItsBytes() throws Exception {
		SocketServer server = this.fixture.streams((in, out, session) -> in.transferTo(out), UnaryOperator.identity());
		SocketTap tap = tap(server, 10_000);
		try (Peer peer = new Peer(server)) {
			byte[] block = new byte[100_000];
			Arrays.fill(block, (byte) 'x');
			for (int i = 0; i < 20; i++) {
				peer.send(block);
				peer.bytes(block.length);
			}
			assertThat(tap.bytes()).isEqualTo(10_000);
			assertThat(tap.state()).isEqualTo(SocketTap.State.ENDED);
			await().until(() -> tap.dropped() == 2 * 20 * block.length - 10_000);
		}
	}

	@Test
	void aTapThatHasEndedLeavesNothingInTheSession() throws Exception {
		SocketServer server = this.fixture.lines((text) -> text, UnaryOperator.identity());
		try (Peer peer = new Peer(server)) {
			peer.ask("x");
			SessionState session = ((Session) ServerFixture.session(server)).state();
			assertThat(session.tapped()).isNull();
			SocketTap first = tap(server, 100);
			SocketTap second = this.fixture.servers.taps()
				.start(new TapRequest(session.id(), null, null, null, Cidr.of("127.0.0.0/8"), false,
						Duration.ofMillis(300), 100, "a test"));
			await().until(() -> session.tapped() != null);
			await().until(() -> second.state() == SocketTap.State.ENDED);
			assertThat(this.fixture.servers.taps().remove(first.id(), "a test")).isTrue();
			await().until(() -> session.tapped() == null);
			peer.ask("y");
			assertThat(second.bytes()).isZero();
		}
	}

	@Test
	void servesUpToTheLimit() {
		SocketServer server = this.fixture.lines((text) -> text, UnaryOperator.identity());
		for (int i = 0; i < 4; i++) {
			tap(server, 100);
		}
		assertThatIllegalStateException().isThrownBy(() -> tap(server, 100)).withMessageContaining("socket.tap.limit");
	}

	@Test
	void severalTapsOfASessionDoNotDisturbEachOther() throws Exception {
		SocketServer server = this.fixture.lines((text) -> text, UnaryOperator.identity());
		SocketTap small = tap(server, 3);
		SocketTap large = tap(server, 1_000);
		try (Peer peer = new Peer(server)) {
			peer.ask("hello");
			peer.ask("world");
			await().until(() -> large.bytes() == 24);
			assertThat(small.transcript().toString()).isEqualTo("> \"hel\"\n");
			assertThat(large.transcript().toString())
				.isEqualTo("> \"hello\\n\"\n< \"HELLO\\n\"\n> \"world\\n\"\n< \"WORLD\\n\"\n".toLowerCase());
		}
	}

	@Test
	void aSessionBoundWhileItIsTappedJoinsOnce() throws Exception {
		SocketServer server = this.fixture.lines((text) -> text, UnaryOperator.identity());
		SocketTap tap = this.fixture.servers.taps()
			.start(new TapRequest(null, server.name(), null, new TapRequest.Identity("device", "7"), null, false, LONG,
					1_000, "a test"));
		try (Peer peer = new Peer(server)) {
			peer.ask("before");
			SocketSession session = ServerFixture.session(server);
			session.bind("device", "7", BindPolicy.REPLACE);
			session.bind("device", "7", BindPolicy.REPLACE);
			await().until(() -> ((Session) session).state().tapped() != null);
			peer.ask("after");
			await().until(() -> tap.bytes() == 12);
			assertThat(tap.sessions()).isOne();
		}
	}

	@Test
	void anIdentityMayHaveColons() throws Exception {
		SocketServer server = this.fixture.lines((text) -> text, UnaryOperator.identity());
		try (Peer peer = new Peer(server)) {
			peer.ask("before");
			ServerFixture.session(server).bind("urn:meter", "7");
			SocketTap tap = this.fixture.servers.taps()
				.start(new TapRequest(null, null, null, new TapRequest.Identity("urn", "meter:7"), null, false, LONG,
						1_000, "a test"));
			assertThat(tap.sessions()).isOne();
		}
	}

	@Test
	void aSessionThatIsBoundOnItsLoopIsAbortedRightly() throws Exception {
		this.masks.add((server, received, frame) -> frame);
		SocketServer server = this.fixture.start(new ServerHandler.Messages("binding", PayloadConverter.text(UTF_8),
				false, (spec) -> (payload, session) -> {
					if (payload.equals("bind")) {
						session.bind("device", "7");
					}
					return payload;
				}), (spec) -> spec.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP)));
		SocketTap tap = this.fixture.servers.taps()
			.start(new TapRequest(null, null, null, new TapRequest.Identity("device", "7"), null, false, LONG, 1_000,
					"a test"));
		try (Peer peer = new Peer(server)) {
			peer.send("before\nbind\nbehind\nbeg");
			peer.bytes("before\nbind\nbehind\n".length());
			await().until(() -> ((Session) ServerFixture.session(server)).state().tapped() != null);
			peer.send("un\nlast\n");
			peer.bytes("begun\nlast\n".length());
			await().until(() -> lines(tap, Transcript.Kind.SENT).contains("last\n"));
			assertThat(lines(tap, Transcript.Kind.RECEIVED)).endsWith("begun\n", "last\n");
			assertThat(tap.dropped()).isZero();
		}
	}

	@Test
	void hasTheAddressesOfTheProxy() throws Exception {
		SocketServer server = this.fixture.lines((text) -> text, (spec) -> spec
			.proxyProtocol((p) -> p.mode(ProxyMode.REQUIRED).trusted(List.of(Cidr.of("127.0.0.0/8")))));
		SocketTap tap = tap(server, 1_000);
		try (Peer peer = new Peer(server)) {
			peer.send("PROXY TCP4 192.0.2.7 198.51.100.9 1234 5678\r\nhello\n");
			peer.line();
			await().until(() -> tap.bytes() == 12);
			assertThat(HexFormat.of().formatHex(tap.pcap())).contains("c0000207c6336409" + "04d2162e")
				.doesNotContain(HexFormat.of().formatHex("PROXY".getBytes(StandardCharsets.US_ASCII)));
		}
	}

}
