package dev.socketserver.netty.settings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStatistics;
import dev.socketserver.SocketServer;
import dev.socketserver.address.Cidr;
import dev.socketserver.engine.server.ManagedServer;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.spec.DrainPlan;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.gate.Rate;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Settings that are changed at random while 50 sessions are busy, and others come and go:
 * no session is cut, no reply is lost, and all is counted.
 */
class ChangesUnderLoadTests {

	private static final int PEERS = 50;

	private static final int CHANGES = Rounds.of("changes.rounds", 60, 2_000);

	/** None of these concerns a peer that behaves. */
	private static final List<UnaryOperator<ServerSpec.Builder>> ALL = List.of(
			(spec) -> spec.limits((l) -> l.sessions(1)), (spec) -> spec.limits((l) -> l.sessions(10_000)),
			(spec) -> spec.limits((l) -> l.sessionsPerAddress(1)),
			(spec) -> spec.limits((l) -> l.sessionsPerAddress(0)),
			(spec) -> spec.limits((l) -> l.deny(List.of(Cidr.of("127.0.0.0/8")))),
			(spec) -> spec.limits((l) -> l.deny(List.of())), (spec) -> spec.limits((l) -> l.acceptRate(1)),
			(spec) -> spec.limits((l) -> l.acceptRate(0)), (spec) -> spec.limits((l) -> l.alarm(1)),
			(spec) -> spec.limits((l) -> l.frame(100)), (spec) -> spec.limits((l) -> l.pending(1)),
			(spec) -> spec.timeouts((t) -> t.idle(Duration.ofMinutes(5)).firstFrame(Duration.ofMinutes(5))),
			(spec) -> spec.timeouts((t) -> t.idle(null).firstFrame(null).frame(null).write(null)),
			(spec) -> spec.timeouts((t) -> t.frame(Duration.ofMinutes(5)).write(Duration.ofMinutes(5))),
			(spec) -> spec.timeouts((t) -> t.session(Duration.ofHours(1)).handler(Duration.ofMinutes(5))),
			(spec) -> spec.inbound((in) -> in.capacity(1)), (spec) -> spec.inbound((in) -> in.capacity(1_000)),
			(spec) -> spec.outbound((out) -> out.capacity(100).bytes(100_000)),
			(spec) -> spec.outbound((out) -> out.capacity(1_000).bytes(1_000_000)),
			(spec) -> spec.rate((rate) -> rate.messages(Rate.messages("100000/s"))),
			(spec) -> spec.rate((rate) -> rate.messages(null)),
			(spec) -> spec
				.login((login) -> login.timeout(Duration.ofMinutes(5)).messages(Integer.MAX_VALUE).sessions(10_000)),
			(spec) -> spec.ban((ban) -> ban.offences(1)), (spec) -> spec.ban((ban) -> ban.offences(0)),
			(spec) -> spec.farewell("bye"), (spec) -> spec.drainTimeout(Duration.ofSeconds(5)),
			(spec) -> spec.drain(DrainPlan.NONE), (spec) -> spec.options((options) -> options.tcpNoDelay(false)),
			(spec) -> spec.options((options) -> options.keepAlive(false)),
			(spec) -> spec.charset(StandardCharsets.ISO_8859_1), (spec) -> spec.readBuffer(100),
			(spec) -> spec.args(List.of("x")), (spec) -> spec.requestsPerSession(1));

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	private final AtomicBoolean over = new AtomicBoolean();

	@Every.SoakTransport
	void cutNoSessionAndLoseNoReply(SocketTransport transport) throws Exception {
		long seed = System.nanoTime();
		ChangingServer changing = ChangingServer.upper(this.fixture, (spec) -> spec.transport(transport));
		SocketServer server = changing.server();
		ExecutorService peers = Executors.newCachedThreadPool();
		try {
			CountDownLatch connected = new CountDownLatch(PEERS);
			List<Future<Integer>> replies = new ArrayList<>();
			for (int i = 0; i < PEERS; i++) {
				replies.add(peers.submit(() -> talk(server, connected)));
			}
			connected.await();
			Future<?> others = peers.submit(() -> comeAndGo(server));
			Random random = new Random(seed);
			for (int i = 0; i < CHANGES; i++) {
				changing.change(ALL.get(random.nextInt(ALL.size())));
			}
			this.over.set(true);
			int sum = 0;
			for (Future<Integer> each : replies) {
				sum += Patience.await(each);
			}
			Patience.await(others);
			assertThat(sum).as("seed %s", seed).isPositive();
		}
		finally {
			peers.shutdownNow();
		}
		isEven(server, seed);
	}

	/** Asks again and again, and returns how many replies there were. */
	private int talk(SocketServer server, CountDownLatch connected) throws IOException {
		try (Peer peer = new Peer(server)) {
			int replies = 0;
			while (!this.over.get() || replies == 0) {
				assertThat(peer.ask("a" + replies)).isEqualTo("A" + replies);
				if (replies++ == 0) {
					connected.countDown();
				}
			}
			return replies;
		}
	}

	/** Others may be refused, or have one reply only. */
	private void comeAndGo(SocketServer server) {
		while (!this.over.get()) {
			try (Peer peer = new Peer(server, "127.0.0.9")) {
				peer.timeout(Duration.ofMillis(500));
				peer.ask("b");
				peer.ask("c");
			}
			catch (IOException ex) {
				// Refused, or at its end.
			}
		}
	}

	private void isEven(SocketServer server, long seed) {
		ServerStatistics counted = server.statistics();
		Patience.within(() -> assertThat(server.sessions()).isEmpty());
		Patience.within(() -> assertThat(((ManagedServer) server).admission()).isNotNull()
			.matches((admission) -> admission.isIdle(), "no place is taken"));
		// One that has waited to be accepted may still come, and go.
		Patience.within(() -> {
			assertThat(counted.opened()).as("seed %s", seed)
				.isEqualTo(counted.closed().values().stream().mapToLong((each) -> each).sum());
			long refused = counted.rejected().values().stream().mapToLong((each) -> each).sum();
			assertThat(counted.accepted()).as("seed %s", seed)
				.isEqualTo(counted.opened() + refused + counted.abandoned());
		});
		assertThat(counted.closed().keySet()).as("seed %s", seed)
			.isSubsetOf(CloseReason.PEER_CLOSED, CloseReason.PEER_RESET, CloseReason.REQUESTS_DONE);
	}

}
