package dev.socketserver.netty;

import java.io.IOException;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SessionSpec.ExecutionMode;
import dev.socketserver.SocketServer;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.spec.SocketTransport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What senders are told when the connection breaks under what they send. Rounds go by a
 * seed, which a failure names: {@code -Dbroken.seed=… -Dbroken.rounds=1} runs the round
 * again.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class BrokenOutputTests {

	private static final int ROUNDS = Rounds.of("broken.rounds", 30, 1_000);

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

	/**
	 * What fails gives its room back. If that let the writer go on, the loop would fail
	 * what comes next as fast as it is written, and never hear that the connection is
	 * gone.
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
		}, (spec) -> way.spec().apply(spec).outboundBytes(OUTBOUND_BYTES));

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
			assertThat(thrown.poll(30, TimeUnit.SECONDS)).as(as).isInstanceOf(SessionClosedException.class);
			// What waited when it broke, and what was with the socket.
			assertThat(server.statistics().outboundFailedBytes() - failedBefore).as(as)
				.isLessThanOrEqualTo(2 * OUTBOUND_BYTES);
		}
	}

}
