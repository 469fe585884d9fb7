package dev.socketserver.netty.connect;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.Received;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClient.ConnectionState;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.ServerFixture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Connections that take the place of others, while a client goes on sending and asking.
 */
@Tag("virtual-threads")
class ClientRotationTests {

	/** How long to ask while connections are rotated; much longer on request. */
	private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("rotation.seconds", 2));

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	@Test
	void newConnectionTakesThePlaceOfTheOldOneAndNoOneNotices() throws Exception {
		SocketServer server = this.fixture.echo();
		SocketClient client = this.fixture.start(server, (spec) -> spec);
		assertThat(client.ask("one", Patience.limit())).succeedsWithin(Patience.limit()).isEqualTo("one");
		SocketSession old = client.session().orElseThrow();
		assertThat(client.connections()).containsExactly(old);

		assertThat(client.rotate()).succeedsWithin(Patience.limit());
		assertThat(old.info().closed().reason()).isEqualTo(CloseReason.ROTATED);
		assertThat(old.info().closed().detail()).isEqualTo("OPERATOR");
		SocketSession next = client.session().orElseThrow();
		assertThat(next.id()).isEqualTo("it-2");
		assertThat(client.connections()).containsExactly(next);
		assertThat(client.ask("two", Patience.limit())).succeedsWithin(Patience.limit()).isEqualTo("two");
		assertThat(client.state()).isEqualTo(ClientState.CONNECTED);
		this.fixture.awaitEvents("connected");
		assertThat(client.receive(Duration.ZERO)).isInstanceOf(Received.Connected.class);
		assertThat(client.receive(Duration.ZERO)).isNull();
		assertThat(client.statistics().closed()).containsEntry(CloseReason.ROTATED, 1L);
		assertThat(this.fixture.servers.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
		assertThat(this.fixture.servers.closed).isEmpty();
	}

	/** The application receives of the new one before the old one ends. */
	@Test
	void noneOfManyRotationsLooksLikeALostConnection() {
		SocketServer server = this.fixture.echo();
		SocketClient client = this.fixture.start(server, (spec) -> spec);
		ClientFixture.await(client, ClientState.CONNECTED);
		for (int i = 0; i < 500; i++) {
			assertThat(client.rotate()).succeedsWithin(Patience.limit());
		}
		assertThat(client.receive(Duration.ZERO)).isInstanceOf(Received.Connected.class);
		assertThat(client.receive(Duration.ZERO)).isNull();
	}

	@Test
	void oldConnectionStaysUntilItsRequestsAreAnswered() {
		CompletableFuture<String> late = new CompletableFuture<>();
		SocketServer server = this.fixture.servers.lines((line) -> line.equals("slow") ? late : line, (spec) -> spec);
		SocketClient client = this.fixture.start(server, (spec) -> spec);
		CompletableFuture<Object> slow = client.ask("slow", Patience.limit());
		Awaitility.await().until(() -> client.statistics().messagesSent() == 1);
		SocketSession old = client.session().orElseThrow();

		CompletableFuture<Void> rotated = client.rotate();
		Awaitility.await().until(() -> client.connections(ConnectionState.DRAINING) == 1);
		assertThat(client.ask("fast", Patience.limit())).succeedsWithin(Patience.limit());
		assertThat(client.connections(ConnectionState.READY)).isEqualTo(1);
		assertThat(client.session().orElseThrow()).isNotSameAs(old);
		assertThat(rotated).isNotDone();
		assertThat(old.info().closed()).isNull();
		assertThat(client.statistics().pendingReplies()).isEqualTo(1);

		late.complete("at last");
		assertThat(slow).succeedsWithin(Patience.limit()).isEqualTo("at last");
		assertThat(rotated).succeedsWithin(Patience.limit());
		Awaitility.await().until(() -> client.connections(ConnectionState.DRAINING) == 0);
	}

	/** The new one is ready first: without one the old one goes on. */
	@Test
	void oldConnectionStaysWhileThereIsNoNewOne() throws IOException {
		try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			SocketClient client = this.fixture.start(listening.getLocalPort(), (spec) -> spec);
			try (Socket peer = listening.accept()) {
				ClientFixture.await(client, ClientState.CONNECTED);
				close(listening);
				SocketSession old = client.session().orElseThrow();
				CompletableFuture<Void> rotated = client.rotate();
				Awaitility.await().until(() -> client.statistics().attempts() > 3);
				assertThat(rotated).isNotDone();
				assertThat(client.state()).isEqualTo(ClientState.CONNECTED);
				assertThat(client.connections()).containsExactly(old);
				assertThat(client.send("payload")).succeedsWithin(Patience.limit());
				assertThat(peer.getInputStream().readNBytes(8)).asString(StandardCharsets.UTF_8).isEqualTo("payload\n");

				close(peer);
				assertThat(rotated).succeedsWithin(Patience.limit());
			}
		}
	}

	@Test
	void payloadsKeepTheirOrderWhileTheirConnectionIsReplaced() {
		Map<String, List<Integer>> seen = new ConcurrentHashMap<>();
		SocketServer server = this.fixture.servers.start(ServerFixture.messages((payload, session) -> {
			seen.computeIfAbsent(session.id(), (id) -> new CopyOnWriteArrayList<>())
				.add(Integer.valueOf((String) payload));
			return null;
		}), (spec) -> spec);
		SocketClient client = this.fixture.start(server, (spec) -> spec);
		ClientFixture.await(client, ClientState.CONNECTED);
		List<Integer> expected = new ArrayList<>();
		CompletableFuture<Void> rotated = CompletableFuture.completedFuture(null);
		for (int i = 0; i < 5_000; i++) {
			expected.add(i);
			client.send(String.valueOf(i));
			if (rotated.isDone() && i % 100 == 0) {
				rotated = client.rotate();
			}
		}
		Awaitility.await().atMost(Patience.limit()).until(() -> received(seen).count() == expected.size());
		assertThat(received(seen)).containsExactlyInAnyOrderElementsOf(expected);
		assertThat(seen.values()).as("by each connection").allSatisfy((each) -> assertThat(each).isSorted());
		assertThat(client.statistics().repeated()).isZero();
		Awaitility.await()
			.atMost(Patience.limit())
			.until(() -> client.statistics().closed().containsKey(CloseReason.ROTATED));
	}

	private static Stream<Integer> received(Map<String, List<Integer>> seen) {
		return seen.values().stream().flatMap(List::stream);
	}

	@Test
	void connectionsGetOldAndAreReplaced() {
		SocketServer server = this.fixture.echo();
		long begun = System.nanoTime();
		SocketClient client = this.fixture.start(server,
				(spec) -> spec.pool((pool) -> pool.maxAge(Duration.ofMillis(100))));
		ClientFixture.await(client, ClientState.CONNECTED);
		SocketSession first = client.session().orElseThrow();
		Awaitility.await().atMost(Patience.limit()).until(() -> first.info().closed() != null);
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(89));
		assertThat(first.info().closed().detail()).isEqualTo("AGE");
		Awaitility.await().atMost(Patience.limit()).until(() -> rotated(client) >= 3);
		this.fixture.awaitEvents("connected");
	}

	/** Every two seconds for long, if that is asked for. */
	@Test
	void noRequestFailsWhileConnectionsAreReplaced() throws Exception {
		SocketServer server = this.fixture.echo();
		SocketClient client = this.fixture.start(server, (spec) -> spec);
		AtomicInteger answered = new AtomicInteger();
		AtomicReference<Throwable> failed = new AtomicReference<>();
		long end = System.nanoTime() + TIME.toNanos();
		long rotateEach = Math.min(TIME.toNanos() / 10, Duration.ofSeconds(2).toNanos());
		long rotateAt = System.nanoTime();
		int asked = 0;
		List<CompletableFuture<Void>> rotations = new ArrayList<>();
		// Where the machine stands still, until so many are made.
		while (System.nanoTime() < end || rotations.size() < 9 || rotated(client) < 8) {
			String request = "request " + asked++;
			client.ask(request, Patience.limit()).whenComplete((reply, failure) -> {
				if (failure != null || !request.equals(reply)) {
					failed.set((failure != null) ? failure : new AssertionError(request + ": " + reply));
				}
				answered.incrementAndGet();
			});
			if (System.nanoTime() >= rotateAt) {
				rotateAt = System.nanoTime() + rotateEach;
				rotations.add(client.rotate());
			}
			LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
		}
		int all = asked;
		Awaitility.await().atMost(Patience.limit()).until(() -> answered.get() == all);
		assertThat(failed.get()).isNull();
		assertThat(rotations).allSatisfy((rotation) -> assertThat(rotation).succeedsWithin(Patience.limit()));
	}

	private static long rotated(SocketClient client) {
		return client.statistics().closed().getOrDefault(CloseReason.ROTATED, 0L);
	}

	@Test
	void stopEndsConnectionsThatAreReplacedToo() {
		CompletableFuture<String> late = new CompletableFuture<>();
		SocketServer server = this.fixture.servers.lines((line) -> line.equals("slow") ? late : line, (spec) -> spec);
		SocketClient client = this.fixture.start(server, (spec) -> spec.drainTimeout(Patience.limit()));
		CompletableFuture<Object> slow = client.ask("slow", Patience.limit());
		Awaitility.await().until(() -> client.statistics().messagesSent() == 1);
		CompletableFuture<Void> rotated = client.rotate();
		Awaitility.await().until(() -> client.connections(ConnectionState.DRAINING) == 1);
		CompletableFuture<Void> stopped = client.stop();
		assertThat(stopped).isNotDone();
		late.complete("at last");
		assertThat(slow).succeedsWithin(Patience.limit()).isEqualTo("at last");
		assertThat(stopped).succeedsWithin(Patience.limit());
		assertThat(rotated).succeedsWithin(Patience.limit());
		assertThat(client.rotate()).isDone();
	}

	private static void close(Closeable open) throws IOException {
		open.close();
	}

}
