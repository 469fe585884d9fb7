package dev.socketserver.netty;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.SocketTransport;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What passes through the buffers of a loop arrives as it was sent, however little of it
 * the system takes at once and whatever the sessions of the loop do to each other.
 */
@Tag("virtual-threads")
class OutputOrderTests {

	private static final int FRAMES = 60;

	private static final int PEERS = 16;

	/** So many that some leave as text, where the JVM has a way. */
	private static final int TEXTS_EACH = 700;

	private static final int SECONDS = Rounds.of("order.seconds", 1, 60);

	private static final String BLOCK = "b".repeat(3_000);

	private static final String LONG = "l".repeat(90_000);

	private static final Set<String> TEXTS = Set.of("reply", "hint", BLOCK, LONG);

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture(1);

	private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

	private final AtomicInteger sent = new AtomicInteger();

	private final AtomicInteger completions = new AtomicInteger();

	/** What each session has been sent. On the one loop. */
	private final Map<SocketSession, AtomicInteger> numbers = new ConcurrentHashMap<>();

	private SocketServer start(SessionHandler handler, UnaryOperator<ServerSpec.Builder> spec, int sendBuffer) {
		SocketOptions options = SocketOptions.DEFAULT.sendBuffer(sendBuffer);
		return this.fixture.start(ServerFixture.messages("order", handler),
				(builder) -> spec.apply(builder)
					.options(options)
					.outbound((o) -> o.bytes(64 * 1024 * 1024).capacity(100_000)));
	}

	@Tag("long")
	@Every.Way
	void textsOfAnyLengthAndAlphabetReachASlowReaderWhole(Way way) throws Exception {
		SocketServer server = this.fixture.lines(
				(seed) -> new Random(Long.parseLong(seed)).ints(TEXTS_EACH).mapToObj(OutputOrderTests::text).toList(),
				way.spec());

		long bytes = 0;
		try (Peer peer = new Peer(server, 16 * 1024)) {
			for (int seed = 0; seed < 4; seed++) {
				peer.send(seed + "\n");
				for (int number : new Random(seed).ints(TEXTS_EACH).toArray()) {
					byte[] expected = (text(number) + "\n").getBytes(UTF_8);
					bytes += expected.length;
					// Not all of it in the message.
					assertThat(Arrays.equals(peer.bytes(expected.length), expected))
						.as("text %s of %s bytes", number, expected.length)
						.isTrue();
				}
			}
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
		assertThat(server.statistics().bytesSent()).isEqualTo(bytes);
	}

	/** Mostly long, mostly ASCII. */
	private static String text(int number) {
		Random random = new Random(number);
		int length = switch (random.nextInt(8)) {
			case 0 -> random.nextInt(512);
			case 1 -> random.nextInt(40_000);
			default -> random.nextInt(4_000);
		};
		StringBuilder text = new StringBuilder(length);
		int others = (random.nextInt(50) == 0) ? 20 : 0;
		while (text.length() < length) {
			text.append((random.nextInt(100) < others) ? '\u20AC' : (char) ('a' + random.nextInt(26)));
		}
		return text.toString();
	}

	@Every.Way
	void framesOfAnyLengthReachASlowReaderWhole(Way way) throws Exception {
		SocketServer server = start((line, session) -> {
			Random random = new Random(FRAMES);
			for (int i = 0; i < FRAMES; i++) {
				session.send(frame(i, random));
			}
			return null;
		}, way.spec(), 8 * 1024);

		try (Peer peer = new Peer(server, 16 * 1024)) {
			peer.send("go\n");
			Random random = new Random(FRAMES);
			for (int i = 0; i < FRAMES; i++) {
				String expected = frame(i, random) + "\n";
				String frame = new String(peer.bytes(expected.length()), UTF_8);
				// Not all of it in the message.
				assertThat(frame.equals(expected)).as("frame %s of %s bytes", i, expected.length()).isTrue();
			}
		}
	}

	/** Short ones, such that just do not fit into a buffer, and such of several. */
	private static String frame(int number, Random random) {
		int length = switch (random.nextInt(6)) {
			case 0, 1, 2 -> random.nextInt(300);
			case 3 -> 64 * 1024 - 5 + random.nextInt(10);
			case 4 -> random.nextInt(300_000);
			default -> (random.nextInt(4) == 0) ? 1024 * 1024 + random.nextInt(1024 * 1024) : 0;
		};
		StringBuilder frame = new StringBuilder(length + 3).append(number).append(':');
		for (int i = 0; i < length; i++) {
			frame.append((char) ('0' + (number + i + i / 77) % 64));
		}
		return frame.toString();
	}

	@Every.Transport
	void sessionsOfALoopMayDoAnythingToEachOther(SocketTransport transport) throws Exception {
		Random random = new Random(7);
		SocketServer server = start((line, session) -> anything(session, random),
				(spec) -> spec.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP)).transport(transport), 16 * 1024);
		List<Thread> peers = new ArrayList<>();
		for (int i = 0; i < PEERS; i++) {
			int id = i;
			Thread peer = new Thread(() -> converse(server, id));
			peer.start();
			peers.add(peer);
		}
		for (Thread peer : peers) {
			peer.join();
		}
		server.stop(Duration.ofSeconds(5));
		Patience.await(server.stopped());

		assertThat(this.wrong).isEmpty();
		// Those of a session that was over may follow it.
		Awaitility.await().until(() -> this.completions.get() == this.sent.get());
		assertThat(server.statistics().active()).isZero();
	}

	private @Nullable Object anything(SocketSession session, Random random) {
		List<SocketSession> all = this.fixture.servers.iterator().next().sessions().toList();
		SocketSession other = all.isEmpty() ? session : all.get(random.nextInt(all.size()));
		switch (random.nextInt(400)) {
			case 0 -> session.close();
			case 1 -> session.abort();
			case 2 -> other.close();
			case 3 -> other.abort();
			case 4 -> throw new IllegalStateException("as the test says");
			case 5 -> throw new StackOverflowError("as the test says");
			case 6 -> session.shutdownOutput();
			case 7, 8, 9 -> other.pauseReads();
			case 10, 11, 12, 13, 14, 15 -> all.forEach(SocketSession::resumeReads);
			case 16, 17 -> send(other, LONG);
			case 18, 19, 20 -> all.forEach((each) -> send(each, BLOCK));
			default -> {
				send(session, "reply");
				send(other, "hint");
			}
		}
		return null;
	}

	private void send(SocketSession to, String text) {
		int number = this.numbers.computeIfAbsent(to, (session) -> new AtomicInteger()).getAndIncrement();
		this.sent.incrementAndGet();
		to.send(number + " " + text, (failure) -> this.completions.incrementAndGet());
	}

	/** Every line must bear the next number, until the connection ends in some way. */
	private void converse(SocketServer server, int id) {
		Random random = new Random(id);
		long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
		while (goesOn(until)) {
			try (Peer peer = new Peer(server, (id % 2 == 0) ? 16 * 1024 : 0)) {
				peer.timeout(Duration.ofMillis(300));
				int next = 0;
				while (goesOn(until)) {
					peer.send("x\n".repeat(1 + random.nextInt(20)));
					for (int lines = random.nextInt(40); lines > 0; lines--) {
						String line = peer.line();
						if (!TEXTS.contains(line.substring(line.indexOf(' ') + 1)) || !line.startsWith(next + " ")) {
							this.wrong.add(line.substring(0, Math.min(20, line.length())) + " instead of " + next);
						}
						next++;
					}
					if (random.nextInt(300) == 0) {
						peer.reset();
					}
				}
			}
			catch (IOException ex) {
				// It was closed, by whomever, or is paused.
			}
		}
	}

	/** On a busy machine the time may be over before anything was sent. */
	private boolean goesOn(long until) {
		return System.nanoTime() < until || this.sent.get() <= 100;
	}

	@Every.Transport
	void memoryOfLoopsGoesWithThem(SocketTransport transport) throws Exception {
		long before = UnpooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
		for (int i = 0; i < 20; i++) {
			try (NettySocketServers servers = new NettySocketServers(List::of, 2)) {
				SocketServer server = servers.register(ServerSpec.builder("short")
					.transport(transport)
					.handler(ServerHandler.function("echo", PayloadConverter.text(UTF_8), (line) -> line))
					.build());
				server.start();
				try (Peer one = new Peer(server); Peer other = new Peer(server)) {
					assertThat(one.ask("x") + other.ask("y")).isEqualTo("xy");
				}
			}
		}
		Awaitility.await()
			.untilAsserted(() -> assertThat(UnpooledByteBufAllocator.DEFAULT.metric().usedDirectMemory())
				.isLessThanOrEqualTo(before));
	}

}
