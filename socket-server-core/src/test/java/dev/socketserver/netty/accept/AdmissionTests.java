package dev.socketserver.netty.accept;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import dev.socketserver.RejectReason;
import dev.socketserver.SocketServer;
import dev.socketserver.address.Cidr;
import dev.socketserver.engine.server.ManagedServer;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.spec.SocketTransport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Who may connect, and how often. */
class AdmissionTests {

	private static final long CHURN_NANOS = TimeUnit.SECONDS.toNanos(Rounds.SOAK ? 60 : 2);

	private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(60);

	private static final String HEADER = "PROXY TCP4 192.0.2.%s 198.51.100.9 1 2\r\n";

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final LogLines log = new LogLines(SocketServer.class);

	private static long rejected(SocketServer server, RejectReason reason) {
		return server.statistics().rejected().getOrDefault(reason, 0L);
	}

	@Every.Transport
	void onlyAllowedAddressesAndNoDeniedOnesMayConnect(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase,
				(spec) -> spec.transport(transport)
					.limits((l) -> l.allow(List.of(Cidr.of("127.0.1.0/24"), Cidr.of("::1")))
						.deny(List.of(Cidr.of("127.0.1.128/25"), Cidr.of("127.0.2.0/24")))));

		for (String source : List.of("127.0.0.1", "127.0.1.128", "127.0.2.1")) {
			assertThat(Peer.isRefused(server, source)).as(source).isTrue();
		}
		try (Peer peer = new Peer(server, "127.0.1.127")) {
			assertThat(peer.ask("x")).isEqualTo("X");
		}
		ProxyProtocolTests.awaitNothingLeft(server);
		assertThat(server.statistics().rejected()).containsOnly(Map.entry(RejectReason.DENIED, 3L));
	}

	@ParameterizedTest
	@CsvSource({ "127.0.1.128, in limits.deny", "127.0.2.1, not in limits.allow" })
	void theLogReportsWhichListItIs(String source, String which) throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase, (spec) -> spec
			.limits((l) -> l.allow(List.of(Cidr.of("127.0.1.0/24"))).deny(List.of(Cidr.of("127.0.1.128/25")))));

		assertThat(Peer.isRefused(server, source)).isTrue();
		ProxyProtocolTests.awaitNothingLeft(server);
		assertThat(this.log.messages(Level.WARN)).singleElement().asString().endsWith(": DENIED, it is " + which);
	}

	@Every.Transport
	void anAddressHasNoMoreSessionsThanItMay(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase,
				(spec) -> spec.transport(transport).limits((l) -> l.sessionsPerAddress(2)));

		try (Peer one = new Peer(server, "127.0.0.2"); Peer other = new Peer(server, "127.0.0.3")) {
			assertThat(other.ask("x")).isEqualTo("X");
			assertThat(one.ask("x")).isEqualTo("X");
			for (int i = 0; i < 3; i++) {
				try (Peer two = new Peer(server, "127.0.0.2")) {
					assertThat(two.ask("x")).isEqualTo("X");
					assertThat(Peer.isRefused(server, "127.0.0.2")).isTrue();
				}
				Awaitility.await().until(() -> server.statistics().active() == 2);
				Awaitility.await().until(() -> ((ManagedServer) server).admission().sessions().taken() == 2);
			}
		}
		ProxyProtocolTests.awaitNothingLeft(server);
		assertThat(server.statistics().rejected()).containsOnly(Map.entry(RejectReason.LIMIT_ADDRESS, 3L));
	}

	/**
	 * Peers of all kinds, all at once, against all limits: none is exceeded, and when all
	 * have gone nothing is taken.
	 */
	@Tag("long")
	@Every.Transport
	void limitsHoldExactlyAndNothingIsLostInAChurn(SocketTransport transport) throws Exception {
		AtomicInteger inside = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		SocketServer server = this.fixture.streams((in, out, session) -> {
			most.accumulateAndGet(inside.incrementAndGet(), Math::max);
			try {
				in.transferTo(out);
			}
			finally {
				inside.decrementAndGet();
			}
		}, (spec) -> spec.transport(transport)
			.limits((l) -> l.sessions(4).sessionsPerAddress(3).pending(3).deny(List.of(Cidr.of("192.0.2.9"))))
			.proxyProtocol((p) -> p.mode(ProxyMode.OPTIONAL).trusted(List.of(Cidr.of("127.0.0.1")))));
		long seed = Long.getLong("churn.seed", System.nanoTime());
		long end = System.nanoTime() + CHURN_NANOS;
		Thread[] peers = new Thread[8];
		for (int i = 0; i < peers.length; i++) {
			Random random = new Random(seed + i);
			peers[i] = new Thread(() -> {
				for (long over = -1; over < 0
						|| !hasRefused(server) && over < MOST_NANOS; over = System.nanoTime() - end) {
					try (Peer peer = new Peer(server, random.nextInt(3) == 0 ? "127.0.0.5" : "127.0.0.1")) {
						behave(peer, random);
					}
					catch (IOException ex) {
						// Refused, or reset by itself.
					}
				}
			});
			peers[i].start();
		}
		for (Thread peer : peers) {
			peer.join();
		}

		ProxyProtocolTests.awaitNothingLeft(server);
		assertThat(most.get()).as("seed %s", seed).isBetween(1, 4);
		assertThat(inside.get()).isZero();
		assertThat(server.statistics().opened()).isPositive();
		assertThat(rejected(server, RejectReason.LIMIT_SESSIONS)).isPositive();
		assertThat(rejected(server, RejectReason.DENIED)).isPositive();
	}

	/** On a busy machine that takes longer. */
	private static boolean hasRefused(SocketServer server) {
		return rejected(server, RejectReason.LIMIT_SESSIONS) > 0 && rejected(server, RejectReason.DENIED) > 0;
	}

	private static void behave(Peer peer, Random random) throws IOException {
		switch (random.nextInt(7)) {
			case 0 -> peer.reset();
			case 1 -> peer.send("PROXY TC").reset();
			case 2 -> peer.send("PROXY nonsense\r\n").rest();
			case 3 -> peer.send(HEADER.formatted(9)).rest();
			case 4 -> peer.send(HEADER.formatted(random.nextInt(8)) + "x").reset();
			case 5 -> peer.send(HEADER.formatted(random.nextInt(2)) + "x").bytes(1);
			default -> peer.send("PR").endOutput().rest();
		}
	}

}
