package dev.socketserver.netty;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.OutboundOverflow;
import dev.socketserver.spec.SocketTransport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Replies of a handler, and what it and other threads send meanwhile: what has happened
 * before something else leaves before it, whatever the lane runs on.
 */
@Tag("virtual-threads")
class ReplyOrderTests {

	private static final int MESSAGES = Rounds.of("reply.messages", 1_000, 100_000);

	private static final int SENDERS = 3;

	/** So that it is not gathered with others, but sent from where it is. */
	private static final String LONG = "l".repeat(700);

	/** Has more bytes than characters, which turns out when it is about to leave. */
	private static final String LONGER = "\u00e9".repeat(700);

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture(1);

	private final ExecutorService others = Executors.newFixedThreadPool(SENDERS);

	static Stream<Arguments> ways() {
		return ServerFixture.everyTransport()
			.flatMap((transport) -> ServerFixture.modes().map((mode) -> Arguments.of(transport, mode)));
	}

	@AfterEach
	void close() {
		this.others.shutdownNow();
	}

	private SocketServer start(SessionHandler handler, UnaryOperator<ServerSpec.Builder> spec) {
		return this.fixture.start(ServerFixture.messages("order", handler), spec);
	}

	@ParameterizedTest
	@MethodSource("ways")
	void whatOneWaitsForLeavesFirst(SocketTransport transport, ExecutionMode mode) throws Exception {
		AtomicInteger next = new AtomicInteger();
		Random random = new Random(1);
		SocketServer server = start((line, session) -> switch (random.nextInt(8)) {
			case 0 -> {
				this.others.submit(() -> session.trySend(numbered(next, random))).get();
				yield numbered(next, random);
			}
			case 1 -> {
				this.others.submit(() -> session.send(numbered(next, random))).get();
				yield null;
			}
			case 2 -> {
				session.send(numbered(next, random));
				yield numbered(next, random);
			}
			case 3 -> List.of(numbered(next, random), numbered(next, random));
			default -> numbered(next, random);
		}, (spec) -> spec.transport(transport)
			.execution((e) -> e.mode(mode))
			// The others stay unread, and none may be refused for lack of room.
			.outbound((o) -> o.capacity(1_000_000).bytes(1 << 30)));

		try (Peer peer = new Peer(server)) {
			int read = 0;
			Random lines = new Random(2);
			for (int asked = 0; asked < MESSAGES;) {
				int count = 1 + lines.nextInt(40);
				peer.send("x\n".repeat(count));
				asked += count;
				// Each line is answered by one at least, so that there is always one.
				for (; read < asked; read++) {
					assertThat(peer.line()).startsWith(read + " ");
				}
			}
		}
	}

	private static String numbered(AtomicInteger next, Random random) {
		// So many long ones that not all of them are encoded in the usual way.
		int which = random.nextInt(60);
		return next.getAndIncrement() + " " + ((which == 0) ? LONGER : (which < 30) ? LONG : "short");
	}

	@ParameterizedTest
	@MethodSource("ways")
	void nothingIsLostBetweenRepliesAndSendsAtTheSameTime(SocketTransport transport, ExecutionMode mode)
			throws Exception {
		AtomicBoolean over = new AtomicBoolean();
		int[] replies = new int[1];
		AtomicInteger began = new AtomicInteger();
		SocketServer server = start((line, session) -> {
			if (began.getAndIncrement() == 0) {
				for (int i = 0; i < SENDERS; i++) {
					int sender = i;
					this.others.execute(() -> sendOn(session, sender, over));
				}
			}
			return SENDERS + " " + replies[0]++;
		}, (spec) -> spec.transport(transport)
			.execution((e) -> e.mode(mode))
			.outbound((o) -> o.overflow(OutboundOverflow.BLOCK).capacity(20).bytes(2_000)));

		try (Peer peer = new Peer(server)) {
			List<Integer> next = new ArrayList<>(List.of(0, 0, 0, 0));
			Random lines = new Random(3);
			// On until all of them have begun to send.
			for (int asked = 0; asked < MESSAGES || next.contains(0);) {
				int count = 1 + lines.nextInt(40);
				peer.send("x\n".repeat(count));
				asked += count;
				while (next.get(SENDERS) < asked) {
					String[] line = peer.line().split(" ");
					int source = Integer.parseInt(line[0]);
					assertThat(Integer.parseInt(line[1])).as("from %s", source).isEqualTo(next.get(source));
					next.set(source, next.get(source) + 1);
				}
			}
			assertThat(next.subList(0, SENDERS)).allSatisfy((sent) -> assertThat(sent).isPositive());
		}
		finally {
			over.set(true);
		}
	}

	private static void sendOn(SocketSession session, int sender, AtomicBoolean over) {
		for (int number = 0; !over.get(); number++) {
			session.send(sender + " " + number);
		}
	}

}
