package dev.socketserver.netty.accept;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.CloseStatus;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.process.Descriptors;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.spec.OnFull;
import dev.socketserver.spec.SocketTransport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Limits that leave connections in the backlog.
 */
class AcceptLimitTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@Every.Transport
	void servesOneConnectionAfterTheOther(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase,
				(spec) -> spec.transport(transport).limits((l) -> l.sessions(1).onFull(OnFull.WAIT)));
		List<Peer> peers = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			peers.add(new Peer(server).send("line " + i + "\n"));
		}
		for (int i = 0; i < 5; i++) {
			try (Peer peer = peers.get(i)) {
				assertThat(peer.line()).isEqualTo("LINE " + i);
				assertThat(server.statistics().opened()).isEqualTo(i + 1L);
				assertThat(server.statistics().active()).isEqualTo(1);
			}
		}
		Awaitility.await().until(() -> server.statistics().active() == 0);
		assertThat(server.statistics().accepted()).isEqualTo(5);
		assertThat(server.statistics().rejected()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource(OnFull.class)
	void whoeverIsNotifiedOfTheEndOfASessionFindsItsPlaceFree(OnFull onFull) throws Exception {
		CompletableFuture<SocketSession> closed = new CompletableFuture<>();
		CountDownLatch served = new CountDownLatch(1);
		this.fixture.listeners.add(new SocketServerListener() {

			@Override
			public void closed(SocketSession session, CloseStatus status) {
				closed.complete(session);
				Patience.hold(served);
			}

		});
		SocketServer server = this.fixture.lines(String::toUpperCase,
				(spec) -> spec.limits((l) -> l.sessions(1).sessionsPerAddress(1).onFull(onFull)));
		try {
			try (Peer peer = new Peer(server)) {
				assertThat(peer.ask("first")).isEqualTo("FIRST");
			}
			Patience.await(closed);
			assertThat(server.statistics().active()).isZero();
			assertThat(server.listeners().get(0).sessions()).isZero();
			try (Peer peer = new Peer(server)) {
				assertThat(peer.ask("second")).isEqualTo("SECOND");
			}
		}
		finally {
			served.countDown();
		}
		assertThat(server.statistics().rejected()).isEmpty();
	}

	@Every.Transport
	void neverHasMoreSessionsThanTheLimitAndServesEveryConnection(SocketTransport transport) throws Exception {
		AtomicInteger active = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		SocketServer server = this.fixture.streams((in, out, session) -> {
			most.accumulateAndGet(active.incrementAndGet(), Math::max);
			in.transferTo(out);
			active.decrementAndGet();
		}, (spec) -> spec.transport(transport).limits((l) -> l.sessions(3).onFull(OnFull.WAIT)));
		int clients = 8;
		int rounds = 25;
		List<CompletableFuture<Void>> done = new ArrayList<>();
		for (int i = 0; i < clients; i++) {
			CompletableFuture<Void> client = new CompletableFuture<>();
			done.add(client);
			Thread thread = new Thread(() -> {
				try {
					for (int round = 0; round < rounds; round++) {
						try (Peer peer = new Peer(server)) {
							assertThat(peer.send("x").endOutput().rest()).isEqualTo("x");
						}
					}
					client.complete(null);
				}
				catch (IOException | AssertionError ex) {
					client.completeExceptionally(ex);
				}
			});
			thread.setDaemon(true);
			thread.start();
		}
		assertThat(done).allSatisfy((client) -> assertThat(client).succeedsWithin(Patience.limit()));
		assertThat(most.get()).isBetween(1, 3);
		assertThat(server.statistics().rejected()).isEmpty();
		Awaitility.await().until(() -> server.statistics().active() == 0);
		assertThat(server.statistics().opened()).isEqualTo(clients * rounds);
	}

	@Every.Transport
	void stopDoesNotLeaveThoseHangingWhoWait(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase,
				(spec) -> spec.transport(transport).limits((l) -> l.sessions(1).onFull(OnFull.WAIT)));
		List<Peer> peers = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			peers.add(new Peer(server));
		}
		assertThat(peers.get(0).ask("first")).isEqualTo("FIRST");
		assertThat(server.stop()).isTrue();
		for (int i = 1; i < peers.size(); i++) {
			assertThat(peers.get(i).sawReset()).isTrue();
			peers.get(i).close();
		}
		peers.get(0).close();
		assertThat(server.statistics().accepted()).isEqualTo(1);
	}

	/** The kernel could accept them all before we have looked at the first. */
	@Every.Transport
	void thoseWhoWaitDoNotTakeDescriptors(SocketTransport transport) throws Exception {
		assumeTrue(Descriptors.open() > 0);
		SocketServer server = this.fixture.lines(String::toUpperCase,
				(spec) -> spec.transport(transport).limits((l) -> l.sessions(1).onFull(OnFull.WAIT)));
		server.pause();
		List<Peer> peers = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			peers.add(new Peer(server));
		}
		int before = Descriptors.open();

		server.resume();

		try {
			assertThat(peers.get(0).ask("x")).isEqualTo("X");
			assertThat(Descriptors.open() - before).isLessThan(50);
		}
		finally {
			Opened.closeAll(peers);
		}
	}

	@Every.Transport
	void connectionsBeyondTheRateWaitAndAreServedLater(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase,
				(spec) -> spec.transport(transport).limits((l) -> l.acceptRate(20)));
		long start = System.nanoTime();
		List<Peer> peers = new ArrayList<>();
		for (int i = 0; i < 32; i++) {
			peers.add(new Peer(server).send("x\n"));
		}
		for (Peer peer : peers) {
			assertThat(peer.line()).isEqualTo("X");
			peer.close();
		}
		// Two at once, and then one each 50 ms.
		assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(1_490));
		assertThat(server.statistics().rejected()).isEmpty();
	}

}
