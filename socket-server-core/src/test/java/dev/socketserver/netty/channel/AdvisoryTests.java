package dev.socketserver.netty.channel;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import dev.socketserver.CloseReason;
import dev.socketserver.ConnectionHandler;
import dev.socketserver.SessionInfo;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Versions;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.HalfClosedHandler;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.spec.SocketTransport;
import io.netty.util.Version;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Known weaknesses of what we stand on, as far as a server could have them. Those of
 * frame decoders, compression and deserialization it cannot: {@code ArchitectureTests}.
 */
class AdvisoryTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

	/** CVE-2026-75595 and -75596, of TLS, are in all before 4.2.17. */
	@Test
	void nettyIsNewEnoughAndOfOneVersion() {
		assertThat(Version.identify().values()).extracting(Version::artifactVersion)
			.isNotEmpty()
			.allSatisfy((version) -> assertThat(Versions.isAtLeast(version, 4, 2, 17)).as(version).isTrue());
		assertThat(Version.identify().values().stream().map(Version::artifactVersion).distinct()).hasSize(1);
	}

	/**
	 * CVE-2026-42577: a reset of a connection that the peer had half closed left the
	 * channel after, and its event loop went round and round.
	 */
	@Every.Transport
	void resetOfAHalfClosedConnectionEndsItsSession(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.connections(new HalfClosedHandler(1), (spec) -> spec.transport(transport));
		try (Peer peer = new Peer(server)) {
			peer.send("x").endOutput();
			SocketSession session = ServerFixture.session(server);
			Awaitility.await().until(() -> session.info().bytesReceived() == 1);
			assertLoopsRest();
			assertThat(session.info().closed()).isNull();

			peer.reset();

			// The kernel reports it at once, or when something is sent.
			Awaitility.await().until(() -> {
				session.send("anybody there?");
				return session.info().closed() != null;
			});
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_RESET);
			assertThat(server.sessions()).isEmpty();
			assertLoopsRest();
		}
	}

	/**
	 * Of the same kind, without a round: Netty is notified by epoll and does nothing, so
	 * that a session that has nothing to send would stay for ever.
	 */
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	@EnabledIf("io.netty.channel.epoll.Epoll#isAvailable")
	void resetOfAHalfClosedConnectionIsNoticedWhereNothingIsSent(boolean busy) throws Exception {
		CountDownLatch handling = new CountDownLatch(busy ? 1 : 0);
		CountDownLatch ended = new CountDownLatch(1);
		SocketServer server = this.fixture.connections(new ConnectionHandler<Void>() {

			@Override
			public Void received(Void state, ByteBuffer data, SocketSession session) throws Exception {
				handling.await();
				data.position(data.limit());
				return state;
			}

			@Override
			public Void inputEnded(Void state, SocketSession session) {
				ended.countDown();
				return state;
			}

		}, (spec) -> spec.transport(SocketTransport.EPOLL));
		try (Peer peer = new Peer(server)) {
			peer.send("x").endOutput();
			assertThat(busy || ended.await(Patience.seconds(), TimeUnit.SECONDS)).isTrue();
			assertLoopsRest();

			peer.reset();

			assertLoopsRest();
			handling.countDown();
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_RESET);
			assertLoopsRest();
		}
	}

	/** The other way round: the session must not end before all of that was handled. */
	@Test
	@EnabledIf("io.netty.channel.epoll.Epoll#isAvailable")
	void resetOfAHalfClosedConnectionTakesNothingOfWhatWaits() throws Exception {
		Semaphore resetWasSeen = new Semaphore(0);
		AtomicInteger handled = new AtomicInteger();
		SocketServer server = this.fixture.lines((line) -> {
			resetWasSeen.acquireUninterruptibly();
			handled.incrementAndGet();
			return null;
		}, (spec) -> spec.transport(SocketTransport.EPOLL).inbound((i) -> i.capacity(10)));
		try (Peer peer = new Peer(server)) {
			peer.send("line\n".repeat(1000)).endOutput();
			SocketSession session = ServerFixture.session(server);
			Awaitility.await().until(() -> session.info().bytesReceived() == 5000);

			peer.reset();

			assertLoopsRest();
			resetWasSeen.release(1000);
			assertThat(this.fixture.nextClosed().reason()).isIn(CloseReason.PEER_CLOSED, CloseReason.PEER_RESET);
			assertThat(handled).hasValue(1000);
		}
		finally {
			resetWasSeen.release(1000);
		}
	}

	/** Nobody waits for what a handler will never take. */
	@Test
	@EnabledIf("io.netty.channel.epoll.Epoll#isAvailable")
	void resetOfAHalfClosedConnectionIsNoticedAfterAHandlerThatTakesNothing() throws Exception {
		CountDownLatch ended = new CountDownLatch(1);
		SocketServer server = this.fixture.connections(new ConnectionHandler<Void>() {

			@Override
			public Void received(Void state, ByteBuffer data, SocketSession session) {
				return state;
			}

			@Override
			public Void inputEnded(Void state, SocketSession session) {
				ended.countDown();
				return state;
			}

		}, (spec) -> spec.transport(SocketTransport.EPOLL).readBuffer(4));
		try (Peer peer = new Peer(server)) {
			peer.send("1234");
			SocketSession session = ServerFixture.session(server);
			Awaitility.await().until(() -> session.info().state() == SessionInfo.State.STALLED);
			peer.send("5678").endOutput();
			Patience.await(ended);
			assertThat(session.info().pendingInbound()).isPositive();
			assertLoopsRest();

			peer.reset();

			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_RESET);
		}
	}

	/** A loop that goes round and round takes all of a core, also of a busy one. */
	private void assertLoopsRest() {
		AtomicLong last = new AtomicLong(loopNanos());
		Awaitility.await()
			.pollDelay(Duration.ofMillis(300))
			.pollInterval(Duration.ofMillis(300))
			.atMost(Patience.limit())
			.until(() -> {
				long now = loopNanos();
				return now - last.getAndSet(now) < TimeUnit.MILLISECONDS.toNanos(30);
			});
	}

	private long loopNanos() {
		return Arrays.stream(this.threads.getThreadInfo(this.threads.getAllThreadIds()))
			.filter((info) -> info != null && info.getThreadName().matches("socket-server-(epoll|nio|io_uring)-.*"))
			.mapToLong(ThreadInfo::getThreadId)
			.map(this.threads::getThreadCpuTime)
			.filter((nanos) -> nanos > 0)
			.sum();
	}

}
