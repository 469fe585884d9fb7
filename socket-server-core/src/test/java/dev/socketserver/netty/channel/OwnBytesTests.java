package dev.socketserver.netty.channel;

import java.io.IOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.SocketTransport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every peer receives what was sent to it, in order, and nothing else: also where
 * connections come and go so quickly that descriptors are used again at once, and where
 * the kernel takes part of a write only. Rounds go by a seed, which a failure names:
 * {@code -Down-bytes.seed=… -Down-bytes.rounds=1} runs the round again.
 */
@Tag("virtual-threads")
class OwnBytesTests {

	private static final int ROUNDS = Rounds.of("own-bytes.rounds", 60, 2_000);

	private static final long SEED = Long.getLong("own-bytes.seed", 20_261_127L);

	private static final int PEERS = 4;

	private static final int MANY = 100;

	private static final int MANY_LINES = 40;

	private static final int BLOCK = 1024 * 1024;

	private static final int BLOCKS = 100;

	/** Between the beginnings of two blocks, which are not the same anywhere. */
	private static final int STEP = 4_099;

	private static final byte[] BYTES = randomBytes(BLOCK + BLOCKS * STEP);

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture(1);

	static Stream<Way> plainWays() {
		return ServerFixture.everyTransport()
			.flatMap((transport) -> ServerFixture.modes().map((mode) -> new Way(transport, mode, false)));
	}

	@ParameterizedTest
	@MethodSource("plainWays")
	void descriptorsThatAreUsedAgainBringNobodyBytesOfAnother(Way way) throws Exception {
		SocketServer server = this.fixture.calls(OwnBytesTests::answer, roomy(way.spec()));
		ExecutorService peers = Executors.newFixedThreadPool(PEERS);
		try {
			List<Future<?>> all = new ArrayList<>();
			for (int i = 0; i < PEERS; i++) {
				String name = "peer-" + i;
				all.add(peers.submit(() -> {
					for (int round = 0; round < ROUNDS; round++) {
						connection(server, name + "-" + round, new Random(SEED + round + name.hashCode()));
					}
					return null;
				}));
			}
			for (Future<?> one : all) {
				one.get();
			}
		}
		finally {
			peers.shutdownNow();
		}
		Awaitility.await().atMost(Patience.limit()).until(() -> server.sessions().findFirst().isEmpty());
	}

	/** Connects, reads part of the answer, and goes in one way or another. */
	private static void connection(SocketServer server, String name, Random random) throws IOException {
		String as = name + ", -Down-bytes.seed=" + SEED;
		int lines = 1 + random.nextInt((random.nextInt(4) == 0) ? 300 : 20);
		End end = End.values()[random.nextInt(End.values().length)];
		byte[] expected = answer(name, lines);
		try (Peer peer = (random.nextInt(3) == 0) ? new Peer(server, 4096) : new Peer(server)) {
			peer.send(name + " " + lines + " " + end + "\n");
			boolean all = random.nextBoolean();
			byte[] part = peer.bytes(all ? expected.length : random.nextInt(expected.length));
			assertThat(part).as(as).isEqualTo(Arrays.copyOf(expected, part.length));
			if (end != End.ABORT && all) {
				assertThat(part).as(as).hasSameSizeAs(expected);
			}
			if (end == End.CLOSE && all) {
				assertThat(peer.rest()).as(as).isEmpty();
			}
			if (random.nextInt(3) == 0) {
				peer.reset();
			}
		}
		catch (SocketException ex) {
			assertThat(end).as(as).isEqualTo(End.ABORT);
		}
	}

	/** Sends so many lines, and then perhaps ends the session. */
	private static void answer(String line, SocketSession session) {
		String[] words = line.split(" ");
		for (int i = 0; i < Integer.parseInt(words[1]); i++) {
			CompletableFuture<?> unused = session.send(line(words[0], i));
		}
		switch (End.valueOf(words[2])) {
			case CLOSE -> session.close();
			case ABORT -> session.abort();
			case SHUTDOWN -> session.shutdownOutput();
			case NONE -> {
			}
		}
	}

	private static byte[] answer(String name, int lines) {
		StringBuilder answer = new StringBuilder();
		for (int i = 0; i < lines; i++) {
			answer.append(line(name, i)).append('\n');
		}
		return answer.toString().getBytes(UTF_8);
	}

	private static String line(String name, int number) {
		return name + " " + number + " " + "x".repeat(number * 37 % 3_000);
	}

	/** More than the memory of a loop has room for leaves in one turn. */
	@Every.Transport
	void manyAreSentMuchAtOnce(SocketTransport transport) throws Exception {
		List<SocketSession> sessions = new ArrayList<>();
		SocketServer server = this.fixture.calls((line, session) -> {
			sessions.add(session);
			for (int i = 0; sessions.size() == MANY && i < MANY_LINES; i++) {
				String text = line("all", i * i);
				sessions.forEach((other) -> {
					CompletableFuture<?> unused = other.send(text);
				});
			}
		}, roomy((builder) -> builder.transport(transport).execution((e) -> e.mode(ExecutionMode.EVENT_LOOP))));
		List<Peer> peers = new ArrayList<>();
		try {
			for (int i = 0; i < MANY; i++) {
				peers.add(new Peer(server).send("one more\n"));
			}
			for (Peer peer : peers) {
				for (int i = 0; i < MANY_LINES; i++) {
					assertThat(peer.line()).isEqualTo(line("all", i * i));
				}
			}
		}
		finally {
			Opened.closeAll(peers);
		}
	}

	/**
	 * A send is reported before the end of its session: also where the connection is
	 * closed in the turn of the loop in which it was offered to the kernel.
	 */
	@ParameterizedTest
	@MethodSource("plainWays")
	void sendsAreReportedBeforeTheEndOfTheSession(Way way) throws Exception {
		BlockingQueue<String> seen = new LinkedBlockingQueue<>();
		AtomicReference<Executor> loop = new AtomicReference<>();
		this.fixture.customizers.add((pipeline, spec) -> loop.set(pipeline.channel().eventLoop()));
		SocketServer server = this.fixture.calls((line, session) -> {
			CompletableFuture<?> unused = session.closed().thenRun(() -> seen.add("closed"));
			loop.get().execute(() -> {
				session.send("reply", (failure) -> seen.add("sent"));
				loop.get().execute(session::abort);
			});
		}, roomy(way.spec()));
		for (int round = 0; round < ROUNDS; round++) {
			try (Peer peer = new Peer(server)) {
				peer.send("ask\n");
				assertThat(Patience.next(seen)).isEqualTo("sent");
				assertThat(Patience.next(seen)).isEqualTo("closed");
			}
		}
	}

	@Every.Transport
	void muchArrivesThroughSmallBuffers(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.streams((in, out, session) -> {
			for (int number = 0; number < BLOCKS; number++) {
				out.write(block(number));
			}
		}, (spec) -> roomy((builder) -> builder.transport(transport)).apply(spec)
			.options(SocketOptions.DEFAULT.sendBuffer(16 * 1024)));
		Random random = new Random(SEED);
		try (Peer peer = new Peer(server, 16 * 1024)) {
			for (int number = 0; number < BLOCKS; number++) {
				byte[] expected = block(number);
				int read = 0;
				while (read < BLOCK) {
					byte[] part = peer.bytes(1 + random.nextInt(BLOCK - read));
					assertThat(Arrays.equals(part, 0, part.length, expected, read, read + part.length))
						.as("block " + number + " from " + read + ", seed " + SEED)
						.isTrue();
					assertThat(part).isNotEmpty();
					read += part.length;
				}
			}
			assertThat(peer.rest()).isEmpty();
		}
	}

	/** Random bytes, other ones for each number. */
	private static byte[] block(int number) {
		// To make each anew would be most of what the test computes.
		return Arrays.copyOfRange(BYTES, number * STEP, number * STEP + BLOCK);
	}

	private static byte[] randomBytes(int length) {
		byte[] bytes = new byte[length];
		new SplittableRandom(SEED).nextBytes(bytes);
		return bytes;
	}

	private static UnaryOperator<ServerSpec.Builder> roomy(UnaryOperator<ServerSpec.Builder> spec) {
		return (builder) -> spec.apply(builder).outbound((o) -> o.capacity(10_000).bytes(16 * 1024 * 1024));
	}

	/** How a session ends after what it has sent. */
	private enum End {

		CLOSE, ABORT, SHUTDOWN, NONE

	}

}
