package dev.socketserver.netty;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;

import dev.socketserver.CloseReason;
import dev.socketserver.DatagramDrop;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.network.DatagramPeer;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.OnFull;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Servers that serve one session and stop.
 */
@Tag("virtual-threads")
class OneShotTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	/** Although its place is free before the listening socket is closed. */
	@Every.Way
	void oneShotServesNobodyWhoHasWaitedForItsEnd(Way way) throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase,
				(spec) -> way.spec().apply(spec).oneShot(true).limits((l) -> l.onFull(OnFull.WAIT)));
		for (int round = 1; round <= 10; round++) {
			CompletableFuture<?> stopped = server.stopped();
			try (Socket waiting = new Socket()) {
				try (Peer peer = new Peer(server)) {
					assertThat(peer.ask("a")).isEqualTo("A");
					waiting.connect(server.localAddress());
				}
				Patience.await(stopped);
			}
			assertThat(this.fixture.opened).hasSize(round);
			assertThat(server.statistics().rejected()).isEmpty();
			server.start();
		}
	}

	@Every.Way
	void callerOfAOneShotGetsTheExceptionOfItsHandler(Way way) throws Exception {
		IllegalStateException failure = new IllegalStateException("as the test says");
		SocketServer server = this.fixture.lines((line) -> {
			throw failure;
		}, (spec) -> way.spec().apply(spec).oneShot(true));
		CompletableFuture<?> stopped = server.stopped();
		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("x\n").rest()).isEmpty();
		}
		assertThatThrownBy(() -> Patience.await(stopped)).isInstanceOf(ExecutionException.class)
			.cause()
			.isSameAs(failure);
		assertThat(server.state()).isEqualTo(ServerState.STOPPED);
		assertThat(server.stop()).isFalse();
	}

	/** Though it would take the place of a stranger elsewhere. */
	@Test
	void anotherPeerOfUdpDoesNotEndTheSession() throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase,
				(spec) -> spec.oneShot(true).port(0).listener("udp", (listener) -> listener.port(0).udp((udp) -> udp)));
		InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(),
				ServerFixture.port(server, "udp"));

		try (DatagramPeer peer = new DatagramPeer(address); DatagramPeer other = new DatagramPeer(address)) {
			assertThat(peer.ask("a")).isEqualTo("A");
			other.send("b");
			Awaitility.await()
				.until(() -> server.statistics().datagrams().dropped().get(DatagramDrop.REJECTED) != null);
			assertThat(server.state()).isEqualTo(ServerState.RUNNING);
			assertThat(server.statistics().closed()).isEmpty();
			assertThat(server.statistics().rejected()).containsOnlyKeys(RejectReason.LIMIT_SESSIONS);
			assertThat(peer.ask("c")).isEqualTo("C");
		}
	}

	@Test
	void whoeverStopsAOneShotDoesNotGetTheExceptionOfItsHandler() throws Exception {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch stopping = new CountDownLatch(1);
		SocketServer server = this.fixture.lines((line) -> {
			entered.countDown();
			Patience.hold(stopping);
			throw new IllegalStateException("as the test says");
		}, (spec) -> spec.oneShot(true));
		try (Peer peer = new Peer(server)) {
			peer.send("x\n");
			// A frame that no call has taken would end with the stop.
			Patience.await(entered);
			CompletableFuture<Boolean> stopped = CompletableFuture.supplyAsync(() -> server.stop(Patience.limit()));
			Awaitility.await().until(() -> server.state() == ServerState.DRAINING);
			stopping.countDown();
			assertThat(Patience.await(stopped)).isTrue();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_ERROR);
	}

	/** Its session is aborted; what the application holds of it keeps nobody waiting. */
	@Test
	void oneShotStopsThoughItsHandlerHoldsTheSession() throws Exception {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch stopped = new CountDownLatch(1);
		SocketServer server = this.fixture.calls((line, session) -> {
			synchronized (session) {
				entered.countDown();
				Patience.hold(stopped);
			}
		}, (spec) -> spec.oneShot(true).execution((execution) -> execution.mode(ExecutionMode.POOL)));
		CompletableFuture<?> end = server.stopped();
		try (Peer peer = new Peer(server)) {
			peer.send("x\n");
			Patience.await(entered);
			// As a JVM does that ends: it does not wait for the handler.
			CompletableFuture.runAsync(() -> server.stop(Duration.ZERO), (task) -> new Thread(task).start());
			Patience.await(end);
			assertThat(server.state()).isEqualTo(ServerState.STOPPED);
		}
		finally {
			stopped.countDown();
		}
	}

	@Every.BlockingWay
	void oneShotOfAStreamStopsWhenItsHandlerReturns(Way way) throws Exception {
		SocketServer server = this.fixture.streams((in, out, session) -> out.write("daytime".getBytes()),
				(spec) -> way.spec().apply(spec).oneShot(true));
		CompletableFuture<?> stopped = server.stopped();
		try (Peer peer = new Peer(server)) {
			assertThat(peer.rest()).isEqualTo("daytime");
		}
		Patience.await(stopped);
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
	}

	@Test
	void callerOfAOneShotWaitsForItsEnd() throws Exception {
		NettySocketServers servers = this.fixture.servers;
		ServerHandler handler = ServerHandler.function("hello", PayloadConverter.text(UTF_8),
				(name) -> "hello " + name);

		SocketServer server = servers.register(ServerSpec.builder("once")
			.handler(handler)
			.oneShot(true)
			.requestsPerSession(1)
			.timeouts((t) -> t.firstFrame(Duration.ofHours(1)))
			.build());
		server.start();
		CompletableFuture<?> stopped = server.stopped();

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("you\n").rest()).isEqualTo("hello you\n");
		}
		Patience.await(stopped);
	}

	@Test
	void oneShotThatIsStoppedBeforeAnybodyCameStopsLikeOthers() throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase, (spec) -> spec.oneShot(true));
		CompletableFuture<?> stopped = server.stopped();
		assertThat(server.stop()).isTrue();
		Patience.await(stopped);
	}

}
