package dev.socketserver.netty.tap;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.TapMask;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.state.SessionState;
import dev.socketserver.engine.tap.TapSink;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.operator.SocketTap;
import dev.socketserver.operator.TapRequest;
import dev.socketserver.transcript.Transcript;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Taps where much is received at once, or sent. */
class HostileTapsTests {

	private static final int MANY = 100;

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture((spec) -> spec.taps(MANY, 0, () -> this.masks));

	private final List<TapMask> masks = new ArrayList<>();

	private SocketServer lines(TapMask... masks) {
		return lines(UnaryOperator.identity(), masks);
	}

	private SocketServer lines(UnaryOperator<ServerSpec.Builder> spec, TapMask... masks) {
		this.masks.addAll(List.of(masks));
		return this.fixture.lines((text) -> text, spec);
	}

	private SocketTap tap(SocketServer server, long bytes) {
		return this.fixture.servers.taps()
			.start(new TapRequest(null, server.name(), null, null, null, false, Duration.ofSeconds(50), bytes,
					"a test"));
	}

	/**
	 * Waits until the loop of a session has begun the taps that it was given: who starts
	 * one waits no longer than a second for that.
	 */
	private static void awaitTaps(Session session) throws Exception {
		CompletableFuture<Boolean> begun = new CompletableFuture<>();
		session.state().connection().executeLater(() -> begun.complete(true));
		Patience.await(begun);
	}

	@Test
	void aSessionThatHasEndedMeanwhileTellsItsTapSo() throws Exception {
		SocketServer server = lines();
		Session session;
		try (Peer peer = new Peer(server)) {
			peer.ask("x");
			session = (Session) ServerFixture.session(server);
		}
		this.fixture.nextClosed();
		CompletableFuture<CloseReason> closeReason = new CompletableFuture<>();

		session.tap(new TapSink() {

			@Override
			public boolean framed() {
				return false;
			}

			@Override
			public void add(boolean received, byte[] array, int offset, int length) {
			}

			@Override
			public void unframed(byte[] array, int offset, int length) {
			}

			@Override
			public void dropped(long length) {
			}

			@Override
			public void closed(CloseReason reason) {
				closeReason.complete(reason);
			}

		}, () -> {
		});

		assertThat(Patience.await(closeReason)).isEqualTo(CloseReason.PEER_CLOSED);
	}

	@Test
	void eachSessionThatEndsWhileTapsBeginHasAnEndInItsTaps() throws Exception {
		SocketServer server = lines();
		List<SocketTap> taps = new ArrayList<>();
		for (int i = 0; i < MANY; i++) {
			try (Peer peer = new Peer(server)) {
				peer.ask("x");
			}
			taps.add(tap(server, 100_000));
		}
		await().until(() -> this.fixture.closed.size() == MANY);
		await().untilAsserted(() -> assertThat(taps).allSatisfy((tap) -> assertThat(
				tap.transcript().entries().stream().filter((entry) -> entry.kind() == Transcript.Kind.CLOSED))
			.hasSize(tap.sessions())));
	}

	@Test
	void aHundredTapsOfASessionKeepTheSameAndLeaveNothing() throws Exception {
		SocketServer server = lines((name, received, frame) -> frame);
		try (Peer peer = new Peer(server)) {
			peer.ask("before");
			Session tapped = (Session) ServerFixture.session(server);
			SessionState session = tapped.state();
			List<SocketTap> taps = new ArrayList<>();
			for (int i = 0; i < MANY; i++) {
				taps.add(tap(server, 1_000));
			}
			awaitTaps(tapped);
			assertThat(peer.ask("hello")).isEqualTo("hello");
			await().untilAsserted(() -> assertThat(taps).extracting((tap) -> tap.transcript().toString())
				.containsOnly("> \"hello\\n\"\n< \"hello\\n\"\n"));

			taps.forEach((tap) -> this.fixture.servers.taps().remove(tap.id(), "a test"));

			assertThat(peer.ask("after")).isEqualTo("after");
			assertThat(session.tapped()).isNull();
			assertThat(taps).allSatisfy((tap) -> assertThat(tap.transcript().entries()).isEmpty());
		}
	}

	@Test
	void aTapThatEndsWhileFramesAreDecodedLeavesTheOthersTheirs() throws Exception {
		List<SocketTap> taps = new CopyOnWriteArrayList<>();
		SocketServer server = lines((spec) -> spec.framing(new Framing() {

			private final Framing lines = Framing.line();

			@Override
			public String type() {
				return "ending";
			}

			@Override
			public FrameDecoder decoder(int maxFrameBytes) {
				FrameDecoder decoder = this.lines.decoder(maxFrameBytes);
				return (input) -> {
					boolean found = decoder.next(input);
					if (found && input.frameEnd() - input.frameStart() == "end".length()) {
						HostileTapsTests.this.fixture.servers.taps().remove(taps.get(0).id(), "a test");
					}
					return found;
				};
			}

			@Override
			public void encode(byte[] payload, FrameOutput out) {
				this.lines.encode(payload, out);
			}

		}), (name, received, frame) -> frame);
		try (Peer peer = new Peer(server)) {
			peer.ask("before");
			taps.add(tap(server, 1_000));
			taps.add(tap(server, 1_000));
			awaitTaps((Session) ServerFixture.session(server));
			String batch = "one line\nend\nline three\nline four\n";
			peer.send(batch).bytes(batch.length());
			assertThat(peer.ask("after")).isEqualTo("after");

			await().untilAsserted(() -> assertThat(taps.get(1).transcript().entries())
				.filteredOn((entry) -> entry.kind() == Transcript.Kind.RECEIVED)
				.extracting((entry) -> new String(entry.payload(), StandardCharsets.UTF_8))
				.containsExactly("one line\n", "end\n", "line three\n", "line four\n", "after\n"));
			assertThat(taps.get(1).dropped()).isZero();
		}
	}

	@Test
	void aStreamThatIsMaskedIsNotGathered() throws Exception {
		this.masks.add((name, received, frame) -> frame);
		SocketServer server = this.fixture.streams((in, out, session) -> in.transferTo(out), UnaryOperator.identity());
		SocketTap tap = tap(server, 100_000);
		byte[] block = new byte[100_000];
		Arrays.fill(block, (byte) 'x');
		try (Peer peer = new Peer(server)) {
			for (int i = 0; i < 20; i++) {
				peer.send(block);
				peer.bytes(block.length);
			}
			// All of it was kept or counted by now: nothing waits to become a frame.
			await().untilAsserted(() -> assertThat(tap.bytes() + tap.dropped()).isEqualTo(2L * 20 * block.length));
		}
	}

	@Test
	void aFrameThatIsLongerThanATapIsLeftOutAsAWhole() throws Exception {
		SocketServer server = lines((name, received, frame) -> {
			throw new StackOverflowError(new String(frame, StandardCharsets.US_ASCII));
		});
		SocketTap tap = tap(server, 1_000_000);
		try (Peer peer = new Peer(server)) {
			String text = "x".repeat(50_000);
			assertThat(peer.ask(text)).isEqualTo(text);
			await().until(() -> tap.dropped() == 2 * 50_001);
			assertThat(tap.bytes()).isZero();
			assertThat(tap.transcript().entries()).isEmpty();
		}
	}

}
