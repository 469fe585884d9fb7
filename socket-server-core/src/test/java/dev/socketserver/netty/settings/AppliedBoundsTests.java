package dev.socketserver.netty.settings;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

import dev.socketserver.OutboundFullException;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.OutboundOverflow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * How much may wait for handlers and peers of sessions that are open.
 */
class AppliedBoundsTests {

	private static final String MEGABYTE = "x".repeat(1_000_000);

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@Test
	void roomForMoreAdmitsWhoWaitsForThePeer() throws Exception {
		ChangingServer changing = server((spec) -> spec.timeouts((t) -> t.write(null))
			.outbound((out) -> out.bytes(5_000_000).overflow(OutboundOverflow.BLOCK)));
		try (Peer peer = new Peer(changing.server(), 4096)) {
			SocketSession session = opened(changing, peer);
			AtomicInteger admitted = new AtomicInteger();
			CompletableFuture<?> sender = CompletableFuture.runAsync(() -> {
				for (int i = 0; i < 20; i++) {
					session.send(MEGABYTE);
					admitted.incrementAndGet();
				}
			});
			Patience.still(admitted::get);
			assertThat(admitted).hasValueLessThan(20);
			changing.change((spec) -> spec.outbound((out) -> out.bytes(50_000_000)));
			Patience.await(sender);
			assertThat(admitted).hasValue(20);
		}
	}

	@Test
	void lessRoomHoldsForWhatComesNext() throws Exception {
		ChangingServer changing = server((spec) -> spec.timeouts((t) -> t.write(null))
			.outbound((out) -> out.bytes(50_000_000).overflow(OutboundOverflow.FAIL)));
		try (Peer peer = new Peer(changing.server(), 4096)) {
			SocketSession session = opened(changing, peer);
			for (int i = 0; i < 10; i++) {
				session.send(MEGABYTE);
			}
			changing.change((spec) -> spec.outbound((out) -> out.bytes(1_000_000)));
			assertThat(session.send("y")).failsWithin(Patience.limit())
				.withThrowableThat()
				.withCauseInstanceOf(OutboundFullException.class)
				.withMessageContaining("outbound.bytes");
			assertThat(session.closed()).isNotDone();
			changing.change((spec) -> spec.outbound((out) -> out.bytes(50_000_000)));
			CompletableFuture<?> sent = session.send("z");
			assertThat(peer.bytes(10_000_003 + 9)).endsWith('\n', 'z', '\n');
			assertThat(sent).succeedsWithin(Patience.limit());
		}
	}

	@Test
	void roomForMoreIsReadInto() throws Exception {
		CountDownLatch goesOn = new CountDownLatch(1);
		ChangingServer changing = new ChangingServer(this.fixture,
				ServerHandler.function("slow", PayloadConverter.text(UTF_8), (line) -> {
					Patience.hold(goesOn);
					return line;
				}), (spec) -> spec.inbound((in) -> in.capacity(4)));
		try (Peer peer = new Peer(changing.server())) {
			peer.send("a\n".repeat(50));
			Patience.within(() -> assertThat(changing.server().statistics().messagesReceived()).isEqualTo(4));
			changing.change((spec) -> spec.inbound((in) -> in.capacity(6)));
			Patience.within(() -> assertThat(changing.server().statistics().messagesReceived()).isEqualTo(6));
			changing.change((spec) -> spec.inbound((in) -> in.capacity(2)));
			changing.change((spec) -> spec.inbound((in) -> in.capacity(10)));
			Patience.within(() -> assertThat(changing.server().statistics().messagesReceived()).isEqualTo(10));
			goesOn.countDown();
			for (int i = 0; i < 50; i++) {
				assertThat(peer.line()).isEqualTo("a");
			}
		}
	}

	private ChangingServer server(UnaryOperator<ServerSpec.Builder> first) {
		return ChangingServer.upper(this.fixture, first);
	}

	private static SocketSession opened(ChangingServer changing, Peer peer) throws Exception {
		assertThat(peer.ask("a")).isEqualTo("A");
		return ServerFixture.session(changing.server());
	}

}
