package dev.socketserver.netty.datagram;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;

import dev.socketserver.BindPolicy;
import dev.socketserver.DatagramDrop;
import dev.socketserver.DatagramStatistics;
import dev.socketserver.OutboundFullException;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.network.DatagramPeer;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.gate.OnExceeded;
import dev.socketserver.spec.gate.Rate;
import io.netty.channel.epoll.Epoll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.socketserver.netty.datagram.Datagrams.UDP;
import static dev.socketserver.netty.datagram.Datagrams.awaitDropped;
import static dev.socketserver.netty.datagram.Datagrams.dropped;
import static dev.socketserver.netty.datagram.Datagrams.peer;
import static dev.socketserver.netty.datagram.Datagrams.udp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Datagrams that are too many, and those that wait. */
class DatagramFlowTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@Test
	void whatArrivesDuringAPauseIsDropped() throws Exception {
		List<String> seen = new CopyOnWriteArrayList<>();
		SocketServer server = this.fixture.calls((line, session) -> {
			seen.add(line);
			session.send(line);
		}, UDP);
		try (DatagramPeer peer = peer(server)) {
			peer.ask("one");
			SocketSession session = server.sessions().findFirst().orElseThrow();
			session.pauseReads();
			peer.send("two").send("three");
			awaitDropped(server, DatagramDrop.PAUSED, 2);
			session.resumeReads();
			assertThat(peer.ask("four")).isEqualTo("four");
		}
		assertThat(seen).containsExactly("one", "four");
	}

	@Test
	void moreThanMayWaitIsDropped() throws Exception {
		overflow(InboundOverflow.DROP_NEWEST, List.of("hold", "0", "1", "last"));
	}

	@Test
	void orWhatHasWaitedLongest() throws Exception {
		overflow(InboundOverflow.DROP_OLDEST, List.of("hold", "8", "9", "last"));
	}

	private void overflow(InboundOverflow overflow, List<String> expected) throws Exception {
		List<String> seen = new CopyOnWriteArrayList<>();
		CountDownLatch held = new CountDownLatch(1);
		SocketServer server = this.fixture.calls((line, session) -> {
			seen.add(line);
			if (line.equals("hold")) {
				held.await();
			}
			session.send(line);
		}, udp((spec) -> spec.inbound((inbound) -> inbound.capacity(2).overflow(overflow))));
		try (DatagramPeer peer = peer(server)) {
			peer.send("hold");
			await().until(() -> seen.contains("hold"));
			for (int i = 0; i < 10; i++) {
				peer.send("" + i);
			}
			awaitDropped(server, DatagramDrop.OVERFLOW, 8);
			held.countDown();
			await().until(() -> seen.size() == 3);
			peer.send("last");
			await().untilAsserted(() -> assertThat(seen).isEqualTo(expected));
		}
		await().until(() -> server.statistics().messagesHandled() == 4);
		assertThat(server.statistics().datagrams().received()).isEqualTo(4 + 8);
	}

	/** The loop is busy with a handler, and the kernel keeps little. */
	@Test
	void whatTheKernelHasDroppedIsCounted() throws Exception {
		Assumptions.assumeTrue(Epoll.isAvailable(), "only the native transport knows its descriptor");
		CountDownLatch held = new CountDownLatch(1);
		SocketServer server = this.fixture.calls((line, session) -> {
			if (line.equals("hold")) {
				held.await();
			}
		}, udp((spec) -> spec.execution((execution) -> execution.mode(ExecutionMode.EVENT_LOOP))
			.udp((udp) -> udp.sessionTimeout(Duration.ofSeconds(2)))
			.options((options) -> options.receiveBuffer(8 * 1024))));
		int sent = 1_000;
		try (DatagramPeer peer = peer(server)) {
			peer.send("hold");
			await().until(() -> server.statistics().active() == 1);
			for (int i = 0; i < sent; i++) {
				peer.send("more");
			}
			held.countDown();
			await().until(() -> server.statistics().datagrams().received()
					+ dropped(server, DatagramDrop.KERNEL) == sent + 1);
		}
		assertThat(dropped(server, DatagramDrop.KERNEL)).isPositive();
	}

	@Test
	void requestsOfTheServerHaveReplies() throws Exception {
		CompletableFuture<Object> reply = new CompletableFuture<>();
		SessionHandler handler = (payload, session) -> {
			session.ask("question", Duration.ofHours(1)).whenComplete((answer, failure) -> {
				if (failure != null) {
					reply.completeExceptionally(failure);
				}
				else {
					reply.complete(answer);
				}
			});
			return null;
		};
		SocketServer server = this.fixture.start(ServerFixture.messages("asks", handler), udp((spec) -> spec
			.correlator((payload) -> (payload instanceof String text && text.length() > 5) ? "" : null)));
		try (DatagramPeer peer = peer(server)) {
			assertThat(peer.ask("start")).isEqualTo("question");
			peer.send("the answer");
			assertThat(Patience.await(reply)).isEqualTo("the answer");
		}
		catch (ExecutionException ex) {
			throw new AssertionError(ex);
		}
	}

	@Test
	void aStrangerIsSentThreeTimesWhatHeHasSent() throws Exception {
		List<Throwable> failures = new CopyOnWriteArrayList<>();
		SocketServer server = this.fixture.calls((line, session) -> {
			if (line.startsWith("bind")) {
				session.bind("user", "x", BindPolicy.REPLACE);
			}
			for (int i = 0; i < 4; i++) {
				session.send("0123456789").exceptionally((failure) -> {
					failures.add(failure);
					return null;
				});
			}
		}, UDP);
		try (DatagramPeer peer = peer(server)) {
			peer.send("10 bytes..");
			for (int i = 0; i < 3; i++) {
				assertThat(peer.receive()).hasSize(10);
			}
			awaitDropped(server, DatagramDrop.AMPLIFICATION, 1);
			await().until(() -> failures.size() == 1);
			assertThat(failures.get(0)).isInstanceOf(OutboundFullException.class)
				.hasMessageContaining("udp.amplification");
			peer.send("bind");
			for (int i = 0; i < 4; i++) {
				assertThat(peer.receive()).hasSize(10);
			}
		}
		assertThat(dropped(server, DatagramDrop.AMPLIFICATION)).isOne();
		assertThat(server.statistics().outboundFailed()).as("I8").isOne();
		assertThat(server.statistics().outboundFailedBytes()).as("I9").isEqualTo(10);
		assertThat(server.statistics().closed()).isEmpty();
	}

	@Test
	void whoHasLoggedInIsNoStranger() throws Exception {
		SocketServer server = this.fixture.calls((line, session) -> {
			session.authenticate(() -> line);
			session.send("x".repeat(100 * line.length()));
		}, UDP);
		try (DatagramPeer peer = peer(server)) {
			assertThat(peer.ask("Ann")).hasSize(300);
		}
		assertThat(server.statistics().datagrams().dropped()).isEmpty();
	}

	/** What a stranger was sent counts, whether it was one datagram or many. */
	@Test
	void whatAStrangerWasSentBeforeCounts() throws Exception {
		SocketServer server = this.fixture.lines((line) -> line + line, UDP);
		try (DatagramPeer peer = peer(server)) {
			for (int i = 0; i < 5; i++) {
				assertThat(peer.ask("0123456789")).hasSize(20);
			}
			SocketSession session = server.sessions().findFirst().orElseThrow();
			// 50 bytes have come, and 100 have left.
			Patience.await(session.send("x".repeat(50)).toCompletableFuture());
			assertThat(peer.receive()).hasSize(50);
			assertThat(session.send("x").toCompletableFuture()).failsWithin(Patience.limit());
			awaitDropped(server, DatagramDrop.AMPLIFICATION, 1);
			assertThat(peer.hasReceived()).isFalse();
		}
	}

	@Test
	void whatWasReceivedWasHandledOrDropped() throws Exception {
		CountDownLatch called = new CountDownLatch(1);
		CountDownLatch held = new CountDownLatch(1);
		SocketServer server = this.fixture.calls((line, session) -> {
			if (line.equals("hold")) {
				called.countDown();
				held.await();
			}
		}, udp((spec) -> spec.framing(Framing.delimiter("\\n"))
			.limits((limits) -> limits.frame(20).sessions(1))
			.udp((udp) -> udp.evict(false))
			.inbound((inbound) -> inbound.capacity(2))));
		int sent = 0;
		try (DatagramPeer known = peer(server); DatagramPeer other = peer(server)) {
			known.send("hold\n");
			// From now on it waits no longer, and two others may.
			Patience.await(called);
			for (int i = 0; i < 5; i++) {
				known.send("waits\n");
			}
			for (int i = 0; i < 3; i++) {
				known.send("no line end");
				known.send(new byte[21]);
				other.send("refused\n");
			}
			sent = 1 + 5 + 9;
			awaitDropped(server, DatagramDrop.REJECTED, 3);
			SocketSession session = server.sessions().findFirst().orElseThrow();
			session.pauseReads();
			known.send("paused\n");
			awaitDropped(server, DatagramDrop.PAUSED, 1);
			sent++;
			session.resumeReads();
			held.countDown();
			await().until(() -> server.statistics().messagesHandled() == 3);
		}
		DatagramStatistics datagrams = server.statistics().datagrams();
		assertThat(datagrams.received()).isEqualTo(sent);
		assertThat(datagrams.dropped()).containsOnly(Map.entry(DatagramDrop.OVERFLOW, 3L),
				Map.entry(DatagramDrop.UNFRAMED, 3L), Map.entry(DatagramDrop.TOO_LARGE, 3L),
				Map.entry(DatagramDrop.REJECTED, 3L), Map.entry(DatagramDrop.PAUSED, 1L));
		assertThat(server.statistics().messagesHandled()
				+ datagrams.dropped().values().stream().mapToLong(Long::longValue).sum())
			.isEqualTo(sent);
	}

	/** Its session has what it is to handle, and is not over yet. */
	@Test
	void whatComesBehindTheLastRequestIsDropped() throws Exception {
		CountDownLatch called = new CountDownLatch(1);
		CountDownLatch held = new CountDownLatch(1);
		SocketServer server = this.fixture.calls((line, session) -> {
			called.countDown();
			held.await();
		}, udp((spec) -> spec.requestsPerSession(1)));
		try (DatagramPeer peer = peer(server)) {
			peer.send("one");
			Patience.await(called);
			peer.send("two").send("three");
			awaitDropped(server, DatagramDrop.REJECTED, 2);
		}
		finally {
			held.countDown();
		}
	}

	@Test
	void whatComesTooFastIsDropped() throws Exception {
		SocketServer server = this.fixture.lines((line) -> line, onceAnHour(OnExceeded.DROP));
		try (DatagramPeer peer = peer(server)) {
			assertThat(peer.ask("one")).isEqualTo("one");
			peer.send("two").send("three");
			awaitDropped(server, DatagramDrop.PAUSED, 2);
		}
	}

	@Test
	void soIsWhatClosesTheSession() throws Exception {
		SocketServer server = this.fixture.lines((line) -> line, onceAnHour(OnExceeded.CLOSE));
		try (DatagramPeer peer = peer(server); DatagramPeer binary = peer(server)) {
			assertThat(peer.ask("one")).isEqualTo("one");
			peer.send("two");
			awaitDropped(server, DatagramDrop.REJECTED, 1);
			binary.send(new byte[] { 0x16, 3, 1, 0, 5, 1, 0, 0, 1, 3 });
			awaitDropped(server, DatagramDrop.REJECTED, 2);
		}
	}

	private static UnaryOperator<ServerSpec.Builder> onceAnHour(OnExceeded onExceeded) {
		return udp((spec) -> spec.rate((rate) -> rate.messages(Rate.messages("1/h")).onExceeded(onExceeded)));
	}

	@Every.Mode
	void whatHasWaitedForItsTurnIsDroppedWithItsSession(ExecutionMode mode) throws Exception {
		CountDownLatch held = new CountDownLatch(1);
		CountDownLatch called = new CountDownLatch(1);
		CountDownLatch sent = new CountDownLatch(1);
		SocketServer server = this.fixture.calls((line, session) -> {
			if (line.equals("hold")) {
				called.countDown();
				Patience.hold(sent);
			}
			if (line.equals("close")) {
				if (mode != ExecutionMode.EVENT_LOOP) {
					held.await();
				}
				session.send("bye");
				session.close();
			}
		}, udp((spec) -> spec.execution((execution) -> execution.mode(mode))
			.rate((rate) -> rate.messages(Rate.messages("1/h")).messagesBurst(2))));
		try (DatagramPeer other = peer(server); DatagramPeer peer = peer(server)) {
			// All are there before the event loop goes on.
			other.send("hold");
			Patience.await(called);
			for (String line : List.of("one", "close", "two", "three", "four")) {
				peer.send(line);
			}
			sent.countDown();
			await().until(() -> server.statistics().datagrams().received() == 6);
			held.countDown();
			awaitDropped(server, DatagramDrop.REJECTED, 3);
		}
	}

}
