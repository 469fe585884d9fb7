package dev.socketserver.netty;

import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.fixtures.network.DatagramPeer;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.Protocol;
import io.netty.channel.epoll.Epoll;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Servers that are stopped by code that runs on their own threads, or blocks them.
 */
@Tag("virtual-threads")
@SuppressWarnings("serial")
class StopFromCodeTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	/** Starts a server whose handler runs on the event loop. */
	private SocketServer onEventLoop(NettySocketServers servers, SessionHandler handler) {
		SocketServer server = servers.register(ServerSpec.builder("a")
			.port(Ports.free())
			.handler(handler(handler))
			.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP))
			.build());
		server.start();
		return server;
	}

	private ServerHandler handler(SessionHandler handler) {
		return ServerFixture.messages("hostile", handler);
	}

	@ParameterizedTest
	@CsvSource({ "TCP, stop", "TCP, drain", "UDP, stop", "UDP, drain" })
	void listenersAreNotifiedOfTheStopBehindTheEndOfTheLastSession(Protocol protocol, String end) throws Exception {
		List<String> events = new CopyOnWriteArrayList<>();
		CountDownLatch closing = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		this.fixture.listeners.add(new SocketServerListener() {

			@Override
			public void closed(SocketSession session, CloseStatus status) {
				closing.countDown();
				Patience.hold(goOn);
				events.add("closed");
			}

			@Override
			public void stopped(SocketServer server) {
				events.add("stopped");
			}

		});
		SocketServer server = this.fixture.lines(String::toUpperCase,
				(spec) -> (protocol == Protocol.UDP) ? spec.udp((udp) -> udp) : spec);
		CompletableFuture<?> stopped;
		try {
			if (protocol == Protocol.UDP) {
				try (DatagramPeer peer = new DatagramPeer(server.localAddress())) {
					assertThat(peer.ask("x")).isEqualTo("X");
				}
				server.sessions().forEach(SocketSession::close);
			}
			else {
				try (Peer peer = new Peer(server)) {
					assertThat(peer.ask("x")).isEqualTo("X");
				}
			}
			Patience.await(closing);
			stopped = server.stopped();
			if (end.equals("drain")) {
				server.drain(Duration.ofHours(1));
			}
			else {
				ServerOperations.of(server).beginStop(Duration.ofHours(1));
			}
			assertThat(server.state()).isEqualTo(ServerState.DRAINING);
		}
		finally {
			goOn.countDown();
		}
		Patience.await(stopped);
		assertThat(events).containsExactly("closed", "stopped");
	}

	@Every.Way
	void stopFromTheEndOfASessionReturnsAtOnce(Way way) throws Exception {
		CompletableFuture<Boolean> returned = new CompletableFuture<>();
		AtomicReference<SocketServer> server = new AtomicReference<>();
		server.set(this.fixture.start(handler(TestHandler.of((payload, session) -> payload).opened((session) -> {
			session.closed().whenComplete((status, failure) -> {
				// Far longer than the test waits.
				returned.complete(server.get().stop(Duration.ofSeconds(60)));
			});
		})), way.spec()));
		try (Peer peer = new Peer(server.get())) {
			peer.ask("x");
		}
		assertThat(Patience.await(returned)).isTrue();
		Patience.await(server.get().stopped());
	}

	@Every.Way
	void stopFromAListenerOfClosedReturnsAtOnce(Way way) throws Exception {
		CompletableFuture<Boolean> returned = new CompletableFuture<>();
		AtomicReference<SocketServer> server = new AtomicReference<>();
		try (NettySocketServers servers = new NettySocketServers(List.of(new SocketServerListener() {
			@Override
			public void closed(SocketSession session, CloseStatus status) {
				returned.complete(server.get().stop(Duration.ofSeconds(60)));
			}
		}))) {
			server.set(servers.register(
					way.spec().apply(ServerSpec.builder("a").handler(handler((payload, session) -> payload))).build()));
			server.get().start();
			try (Peer peer = new Peer(server.get())) {
				peer.ask("x");
			}
			assertThat(Patience.await(returned)).isTrue();
			Patience.await(server.get().stopped());
		}
	}

	@Test
	void stopFromAListenerOfStartedLeavesAStoppedServer() {
		try (NettySocketServers servers = new NettySocketServers(List.of(new SocketServerListener() {
			@Override
			public void started(SocketServer server) {
				server.stop(Duration.ofSeconds(5));
			}
		}))) {
			SocketServer server = servers
				.register(ServerSpec.builder("a").handler(handler((payload, session) -> payload)).build());
			for (int i = 0; i < 20; i++) {
				server.start();
				// It is reported after the start, so it cannot have been waited for.
				server.stopped().join();
				assertThat(server.state()).isEqualTo(ServerState.STOPPED);
			}
		}
	}

	/** Whether the sessions go on, or a stop ends them beside those of the next run. */
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void listenerOfAStopMayWaitForKeptSessions(boolean again) throws Exception {
		CountDownLatch notified = new CountDownLatch(1);
		CompletableFuture<@Nullable Object> ended = new CompletableFuture<>();
		int stops = again ? 2 : 1;
		this.fixture.listeners.add(new SocketServerListener() {

			private int count;

			@Override
			public void stopped(SocketServer server) {
				if (++this.count == stops) {
					CompletableFuture<?> end = server.stopped();
					notified.countDown();
					ended.complete(end.join());
				}
			}

		});
		SocketServer server = this.fixture.lines(String::toUpperCase, (spec) -> spec);
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("x")).isEqualTo("X");
			CompletableFuture<Boolean> closed = CompletableFuture.supplyAsync(server::closeListener);
			if (again) {
				assertThat(Patience.await(closed)).isTrue();
				server.start();
				server.restart(Duration.ofSeconds(60));
			}
			Patience.await(notified);
		}
		Patience.await(ended);
	}

	@Test
	void oldRunOfARemovedServerLeavesItsSuccessorAlone() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		SocketServer old = this.fixture.lines((line) -> {
			Patience.hold(release);
			return line;
		}, (spec) -> spec.execution((e) -> e.mode(ExecutionMode.POOL)));
		try (Peer stuck = new Peer(old)) {
			stuck.send("x\n");
			Awaitility.await().until(() -> old.statistics().messagesReceived() == 1);
			ServerOperations.of(old).beginStop(Duration.ofMillis(700));
			this.fixture.servers.remove("test");
			SocketServer successor = this.fixture.lines((line) -> line, (spec) -> spec);
			try (Peer peer = new Peer(successor)) {
				assertThat(peer.ask("x")).isEqualTo("x");
				Patience.await(old.stopped());
				assertThat(peer.ask("y")).isEqualTo("y");
			}
		}
		finally {
			release.countDown();
		}
	}

	@Test
	void closingTheEngineFromAnEventLoopDoesNotDeadlock() throws Exception {
		NettySocketServers servers = new NettySocketServers(List::of, 1);
		CompletableFuture<Boolean> done = new CompletableFuture<>();
		SocketServer server = onEventLoop(servers, (payload, session) -> {
			servers.close();
			done.complete(true);
			return null;
		});
		try (Peer peer = new Peer(server)) {
			peer.send("x\n");
			Patience.await(done);
			Patience.await(server.stopped());
		}
	}

	/** Its loop is the one that the other server needs in order to stop. */
	@Test
	void stopOfAnotherServerFromAnEventLoopReturnsAtOnce() throws Exception {
		try (NettySocketServers servers = new NettySocketServers(List::of, 1)) {
			SocketServer other = servers
				.register(ServerSpec.builder("b").handler(handler((payload, session) -> payload)).build());
			other.start();
			SocketServer server = onEventLoop(servers, (payload, session) ->
			// Far longer than the test waits.
			String.valueOf(other.stop(Duration.ofSeconds(60))));
			try (Peer ofOther = new Peer(other); Peer peer = new Peer(server)) {
				assertThat(ofOther.ask("x")).isEqualTo("x");

				assertThat(peer.ask("stop")).isEqualTo("true");

				assertThat(ofOther.rest()).isEmpty();
				Patience.await(other.stopped());
			}
		}
	}

	@Test
	void blockedEventLoopDoesNotKeepTheEngineFromClosing() throws Exception {
		NettySocketServers servers = new NettySocketServers(List::of, 1);
		CountDownLatch release = new CountDownLatch(1);
		SocketServer server = onEventLoop(servers, (payload, session) -> {
			release.await();
			return null;
		});
		try (Peer peer = new Peer(server)) {
			peer.send("x\n");
			Awaitility.await().until(() -> server.statistics().messagesReceived() == 1);
			ServerOperations.of(server).beginStop(Duration.ZERO);
			Patience.await(server.stopped());
		}
		finally {
			release.countDown();
			servers.close();
		}
	}

	@Test
	void portRefusesThoughItsEventLoopIsBlocked() throws Exception {
		assumeTrue(Epoll.isAvailable(), "sockets can be shut down by any thread");
		NettySocketServers servers = new NettySocketServers(List::of, 1);
		CountDownLatch release = new CountDownLatch(1);
		SocketServer server = onEventLoop(servers, (payload, session) -> {
			release.await();
			return null;
		});
		InetSocketAddress address = server.localAddress();
		try (Peer peer = new Peer(server); Socket late = new Socket()) {
			peer.send("x\n");
			Awaitility.await().until(() -> server.statistics().messagesReceived() == 1);
			ServerOperations.of(server).beginStop(Duration.ZERO);
			assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> late.connect(address));
		}
		finally {
			release.countDown();
			servers.close();
		}
	}

	@Test
	void dependentsOfSendsThatBlockDoNotKeepServersFromStopping() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		SocketServer server = this.fixture.start(handler((payload, session) -> {
			session.send("hello").thenRun(() -> {
				Patience.hold(release);
			});
			return null;
		}), (spec) -> spec);
		List<Peer> peers = new ArrayList<>();
		try {
			for (int i = 0; i < 8; i++) {
				Peer peer = new Peer(server);
				peers.add(peer);
				assertThat(peer.ask("x")).isEqualTo("hello");
			}
			ServerOperations.of(server).beginStop(Duration.ofSeconds(1));
			Patience.await(server.stopped());
		}
		finally {
			release.countDown();
			Opened.closeAll(peers);
		}
	}

	@Every.DefaultTransport
	void portRefusesWhenStopReturns(SocketTransport transport) throws Exception {
		int port = Ports.free();
		SocketServer server = this.fixture.lines((line) -> line, (spec) -> spec.transport(transport).port(port));
		int rounds = Rounds.of("refuse.rounds", 40, 1_000);
		for (int round = 0; round < rounds; round++) {
			InetSocketAddress address = server.localAddress();
			assertThat(server.stop()).isTrue();
			try (Socket socket = new Socket()) {
				assertThatExceptionOfType(ConnectException.class).as("round %s", round)
					.isThrownBy(() -> socket.connect(address));
			}
			assertThat(server.state()).isEqualTo(ServerState.STOPPED);
			server.start();
		}
	}

}
