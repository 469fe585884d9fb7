package dev.socketserver.netty;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerStatistics;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.SocketTransport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What senders are notified of when the connection breaks under what they send. Rounds go
 * by a seed, which a failure names: {@code -Dbroken.seed=… -Dbroken.rounds=1} runs the
 * round again.
 */
@Tag("virtual-threads")
class BrokenOutputTests {

	private static final int ROUNDS = Rounds.of("broken.rounds", 12, 1_000);

	private static final long SEED = Long.getLong("broken.seed", 20_261_125L);

	private static final int OUTBOUND_BYTES = 256 * 1024;

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture(1);

	static Stream<Way> blockingWaysOfEveryTransport() {
		return Stream.concat(ServerFixture.blockingWays(),
				ServerFixture.everyTransport()
					.filter((transport) -> transport == SocketTransport.IO_URING)
					.map((transport) -> new Way(transport, ExecutionMode.POOL, false)));
	}

	static Stream<Way> waysOfEveryTransport() {
		return Stream.concat(ServerFixture.ways(),
				ServerFixture.everyTransport()
					.filter((transport) -> transport == SocketTransport.IO_URING)
					.flatMap((transport) -> ServerFixture.modes().map((mode) -> new Way(transport, mode, false))));
	}

	/**
	 * What fails gives its room back. If that let the writer go on, the loop would fail
	 * what is received next as fast as it is written, and never see that the connection
	 * is gone.
	 */
	@ParameterizedTest
	@MethodSource("blockingWaysOfEveryTransport")
	void writerThatKeepsWritingIsStoppedByTheFirstFailure(Way way) throws Exception {
		BlockingQueue<Throwable> thrown = new LinkedBlockingQueue<>();
		byte[] block = new byte[64 * 1024];
		SocketServer server = this.fixture.streams((in, out, session) -> {
			try {
				for (int i = 0; i < 1024; i++) {
					out.write(block);
				}
			}
			catch (IOException ex) {
				thrown.add(ex);
				throw ex;
			}
		}, (spec) -> way.spec().apply(spec).outbound((o) -> o.bytes(OUTBOUND_BYTES)));

		for (int round = 0; round < ROUNDS; round++) {
			long seed = SEED + round;
			Random random = new Random(seed);
			String as = "round " + round + ", -Dbroken.seed=" + seed + " -Dbroken.rounds=1";
			long failedBefore = server.statistics().outboundFailedBytes();
			Peer peer = new Peer(server);
			if (random.nextInt(3) == 0) {
				peer.bytes(random.nextInt(256 * 1024));
			}
			else if (way.transport() == SocketTransport.IO_URING) {
				// What is gone before its address is asked for becomes no session.
				peer.bytes(1);
			}
			peer.reset();

			assertThat(this.fixture.nextClosed().reason()).as(as).isEqualTo(CloseReason.PEER_RESET);
			assertThat(Patience.next(thrown)).as(as).isInstanceOf(SessionClosedException.class);
			// What waited when it broke, and what was with the socket.
			assertThat(server.statistics().outboundFailedBytes() - failedBefore).as(as)
				.isLessThanOrEqualTo(2 * OUTBOUND_BYTES);
		}
	}

	/**
	 * Sends that wait leave together. When the connection breaks in the midst of them,
	 * the peer has some; none of these may be reported as failed.
	 */
	@ParameterizedTest
	@MethodSource("waysOfEveryTransport")
	void sendIsReportedAsFailedOnlyIfThePeerCannotHaveIt(Way way) throws Exception {
		SocketServer server = this.fixture.lines((line) -> null,
				(spec) -> way.spec()
					.apply(spec)
					.outbound((o) -> o.capacity(10_000).bytes(16 * 1024 * 1024))
					.options(SocketOptions.DEFAULT.sendBuffer(8 * 1024)));
		ServerStatistics counted = server.statistics();

		for (int round = 0; round < ROUNDS; round++) {
			long seed = SEED + round;
			Random random = new Random(seed);
			String as = "round " + round + ", -Dbroken.seed=" + seed + " -Dbroken.rounds=1";
			byte[] payload = new byte[1 + random.nextInt((random.nextInt(4) == 0) ? 30_000 : 2_000)];
			int toRead = random.nextInt(400_000);
			long sentBefore = counted.messagesSent();
			long bytesBefore = counted.bytesSent();
			long failedBefore = counted.outboundFailed();
			List<CompletableFuture<?>> sends = new ArrayList<>();
			Peer peer = new Peer(server, 4096);
			SocketSession session = ServerFixture.session(server);
			for (int i = 0; i < 500; i++) {
				sends.add(session.send(payload));
			}
			int received = peer.bytes(Math.min(toRead, 500 * (payload.length + 1))).length / (payload.length + 1);
			peer.reset();
			this.fixture.nextClosed();

			List<Boolean> left = new ArrayList<>();
			for (CompletableFuture<?> send : sends) {
				left.add(Patience.await(send.handle((nothing, failure) -> failure == null)));
			}
			int reported = Collections.frequency(left, true);
			assertThat(left.subList(0, reported)).as(as).doesNotContain(false);
			assertThat(reported).as(as).isGreaterThanOrEqualTo(received);
			assertThat(counted.messagesSent() - sentBefore).as(as).isEqualTo(reported);
			assertThat(counted.outboundFailed() - failedBefore).as(as).isEqualTo(sends.size() - reported);
			assertThat(counted.bytesSent() - bytesBefore).as(as).isEqualTo((long) reported * (payload.length + 1));
		}
	}

}
