package dev.socketserver.netty.datagram;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import dev.socketserver.BindPolicy;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ConnectionHandler;
import dev.socketserver.DatagramDrop;
import dev.socketserver.OutboundFullException;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.address.Cidr;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.operator.AddressBans;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.PayloadException;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.SocketTransport;
import io.netty.channel.epoll.Epoll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/** Servers of UDP. */
class DatagramServerTests {

	private static final UnaryOperator<ServerSpec.Builder> UDP = (spec) -> spec.udp((udp) -> {
	});

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	private static UnaryOperator<ServerSpec.Builder> udp(UnaryOperator<ServerSpec.Builder> more) {
		return (spec) -> more.apply(UDP.apply(spec));
	}

	private SocketServer echo(UnaryOperator<ServerSpec.Builder> more) {
		return this.fixture.start(ServerHandler.function("echo", PayloadConverter.bytes(), (bytes) -> bytes),
				udp(more));
	}

	private static long dropped(SocketServer server, DatagramDrop reason) {
		return server.statistics().datagrams().dropped().getOrDefault(reason, 0L);
	}

	private static void awaitDropped(SocketServer server, DatagramDrop reason, long count) {
		await().untilAsserted(() -> assertThat(dropped(server, reason)).isEqualTo(count));
	}

	private static DatagramPeer peer(SocketServer server) throws IOException {
		return new DatagramPeer(server.localAddress());
	}

	@ParameterizedTest
	@MethodSource("dev.socketserver.netty.ServerFixture#transports")
	void aDatagramIsAPayloadAndEachPeerHasASession(SocketTransport transport) throws Exception {
		SocketServer server = echo((spec) -> spec.transport(transport));
		try (DatagramPeer one = peer(server); DatagramPeer two = peer(server)) {
			assertThat(one.ask("one")).isEqualTo("one");
			assertThat(two.ask("two")).isEqualTo("two");
			assertThat(one.ask("again\nand again")).isEqualTo("again\nand again");
			assertThat(server.sessions().map(SocketSession::remoteAddress)).containsExactlyInAnyOrder(one.address(),
					two.address());
			assertThat(server.sessions().map(SocketSession::localAddress)).allMatch(server.localAddress()::equals);
		}
		assertThat(server.statistics().datagrams().received()).isEqualTo(3);
		await().until(() -> server.statistics().datagrams().sent() == 3);
		assertThat(server.statistics().datagrams().dropped()).isEmpty();
		assertThat(server.statistics().accepted()).isEqualTo(2);
	}

	@ParameterizedTest
	@MethodSource("dev.socketserver.netty.ServerFixture#transports")
	void datagramsOfEverySizeAreNeverCut(SocketTransport transport) throws Exception {
		SocketServer server = echo((spec) -> spec.transport(transport).limits((limits) -> limits.frame(65_507)));
		try (DatagramPeer peer = peer(server)) {
			for (int size : new int[] { 0, 1, 1_472, 8_193, 65_507 }) {
				byte[] bytes = new byte[size];
				Arrays.fill(bytes, (byte) size);
				assertThat(peer.send(bytes).receiveBytes()).isEqualTo(bytes);
			}
		}
	}

	@ParameterizedTest
	@MethodSource("dev.socketserver.netty.ServerFixture#transports")
	void aDatagramLongerThanTheLimitIsDropped(SocketTransport transport) throws Exception {
		SocketServer server = echo((spec) -> spec.transport(transport).limits((limits) -> limits.frame(100)));
		try (DatagramPeer peer = peer(server)) {
			peer.send(new byte[101]);
			awaitDropped(server, DatagramDrop.TOO_LARGE, 1);
			assertThat(server.sessions()).isEmpty();
			assertThat(peer.send(new byte[100]).receiveBytes()).hasSize(100);
			peer.send(new byte[5_000]);
			awaitDropped(server, DatagramDrop.TOO_LARGE, 2);
			assertThat(peer.ask("next")).isEqualTo("next");
		}
		assertThat(server.statistics().opened()).isOne();
	}

	@Test
	void withAFramingADatagramHasWholeFrames() throws Exception {
		SocketServer server = this.fixture.lines((line) -> "" + line.length(),
				udp((spec) -> spec.framing(Framing.line()).limits((limits) -> limits.frame(50))));
		try (DatagramPeer peer = peer(server)) {
			peer.send("one\nthree\n");
			assertThat(List.of(peer.receive(), peer.receive())).containsExactly("3\n", "5\n");
			peer.send("four\nrest");
			assertThat(peer.receive()).isEqualTo("4\n");
			awaitDropped(server, DatagramDrop.UNFRAMED, 1);
			assertThat(peer.ask("after the rest\n")).isEqualTo("14\n");
			peer.send("");
			awaitDropped(server, DatagramDrop.UNFRAMED, 2);
			peer.send("x".repeat(51) + "\n");
			awaitDropped(server, DatagramDrop.TOO_LARGE, 1);
			assertThat(peer.ask("on\n")).isEqualTo("2\n");
		}
		assertThat(server.statistics().opened()).isOne();
		assertThat(server.statistics().closed()).isEmpty();
	}

	@Test
	void aHandlerOfTextNeedsNoFraming() throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase, UDP);
		try (DatagramPeer peer = peer(server)) {
			assertThat(peer.ask("a line\r\nand more")).isEqualTo("A LINE\r\nAND MORE");
		}
	}

	@ParameterizedTest
	@MethodSource("dev.socketserver.netty.ServerFixture#modes")
	void handlersRunInEveryMode(ExecutionMode mode) throws Exception {
		SocketServer server = echo((spec) -> spec.execution((execution) -> execution.mode(mode)));
		try (DatagramPeer one = peer(server); DatagramPeer two = peer(server)) {
			for (int i = 0; i < 50; i++) {
				assertThat(one.ask("one" + i)).isEqualTo("one" + i);
				assertThat(two.ask("two" + i)).isEqualTo("two" + i);
			}
		}
	}

	@Test
	void aConversationReceivesDatagrams() throws Exception {
		SocketServer server = this.fixture.conversations((conversation) -> {
			String first = conversation.receive();
			conversation.send("hello " + first);
			conversation.send("and bye " + conversation.receive());
		}, udp((spec) -> spec.udp((udp) -> udp.amplification(0))));
		try (DatagramPeer peer = peer(server)) {
			assertThat(peer.ask("Ann")).isEqualTo("hello Ann");
			assertThat(peer.ask("Bob")).isEqualTo("and bye Bob");
			// The handler has returned, and the next datagram opens another session.
			await().until(() -> server.statistics().active() == 0);
			assertThat(peer.ask("Cid")).isEqualTo("hello Cid");
		}
		assertThat(server.statistics().opened()).isEqualTo(2);
	}

	@Test
	void whatAConnectionHandlerLeavesEndsWithItsDatagram() throws Exception {
		ConnectionHandler<Integer> handler = new ConnectionHandler<>() {

			@Override
			public Integer opened(SocketSession session) {
				return 0;
			}

			@Override
			public Integer received(Integer state, ByteBuffer data, SocketSession session) {
				int seen = data.remaining();
				data.get();
				session.send(("seen " + seen).getBytes(UTF_8));
				return state;
			}

		};
		SocketServer server = this.fixture.start(ServerHandler.connection("reads-one", handler),
				udp((spec) -> spec.udp((udp) -> udp.amplification(0)).readBuffer(4)));
		try (DatagramPeer peer = peer(server)) {
			assertThat(peer.ask("12345")).isEqualTo("seen 5");
			assertThat(peer.ask("123")).isEqualTo("seen 3");
		}
	}

	@Test
	void streamsFailTheStart() {
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> this.fixture.streams((in, out, session) -> {
			}, UDP))
			.withMessageContaining("has no streams");
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> echo((spec) -> spec.inbound((inbound) -> inbound.overflow(InboundOverflow.CLOSE))))
			.withMessageContaining("drop-newest");
	}

	@ParameterizedTest
	@MethodSource("dev.socketserver.netty.ServerFixture#transports")
	void aPayloadThatIsTooLongFailsAndTheSessionGoesOn(SocketTransport transport) throws Exception {
		List<Throwable> failures = new CopyOnWriteArrayList<>();
		SocketServer server = this.fixture.calls((line, session) -> {
			session.send("x".repeat(65_508)).whenComplete((done, failure) -> failures.add(failure));
			session.send("next");
		}, udp((spec) -> spec.transport(transport).udp((udp) -> udp.amplification(0))));
		try (DatagramPeer peer = peer(server)) {
			assertThat(peer.ask("go")).isEqualTo("next");
		}
		await().until(() -> !failures.isEmpty());
		assertThat(failures.get(0)).isInstanceOf(PayloadException.class).hasMessageContaining("65507");
		assertThat(server.statistics().active()).isOne();
	}

	@Test
	void theConversionOfAPayloadLeavesAsOneDatagramEach() throws Exception {
		SocketServer server = this.fixture.calls((line, session) -> {
			for (int i = 0; i < 20; i++) {
				session.send("reply " + i);
			}
		}, udp((spec) -> spec.udp((udp) -> udp.amplification(0))));
		try (DatagramPeer peer = peer(server)) {
			peer.send("go");
			for (int i = 0; i < 20; i++) {
				assertThat(peer.receive()).isEqualTo("reply " + i);
			}
		}
	}

	@Nested
	class Ending {

		@Test
		void aSilentSessionEndsAndTheNextDatagramOpensAnother() throws Exception {
			SocketServer server = echo((spec) -> spec.udp((udp) -> udp.sessionTimeout(Duration.ofMillis(300))));
			try (DatagramPeer peer = peer(server)) {
				peer.ask("one");
				CloseStatus status = DatagramServerTests.this.fixture.closed.poll(20, TimeUnit.SECONDS);
				assertThat(status.reason()).isEqualTo(CloseReason.IDLE_TIMEOUT);
				assertThat(status.detail()).isEqualTo("nothing came or left for 300 ms");
				peer.ask("two");
			}
			assertThat(server.statistics().opened()).isEqualTo(2);
		}

		@Test
		void aSessionThatIsSentToIsNotSilent() throws Exception {
			CountDownLatch stop = new CountDownLatch(1);
			SocketServer server = DatagramServerTests.this.fixture.calls((line, session) -> {
				while (!stop.await(50, TimeUnit.MILLISECONDS)) {
					session.send("tick");
				}
			}, udp((spec) -> spec.udp((udp) -> udp.sessionTimeout(Duration.ofMillis(1_000)).amplification(0))));
			try (DatagramPeer peer = peer(server)) {
				peer.send("go");
				long begun = System.nanoTime();
				while (System.nanoTime() - begun < TimeUnit.MILLISECONDS.toNanos(2_500)) {
					assertThat(peer.receive()).isEqualTo("tick");
				}
				assertThat(server.statistics().closed()).isEmpty();
			}
			finally {
				stop.countDown();
			}
		}

		@Test
		void aHandlerClosesAndTheNextDatagramOpensAnother() throws Exception {
			SocketServer server = DatagramServerTests.this.fixture.calls((line, session) -> {
				session.send("bye " + line);
				session.close();
			}, UDP);
			try (DatagramPeer peer = peer(server)) {
				for (int i = 0; i < 20; i++) {
					assertThat(peer.ask("" + i + " padding")).isEqualTo("bye " + i + " padding");
					// What comes before the handler has closed is lost with the session.
					await().until(() -> server.statistics().active() == 0);
				}
			}
			assertThat(server.statistics().closed()).containsOnlyKeys(CloseReason.HANDLER_CLOSED);
			assertThat(server.statistics().opened()).isEqualTo(20);
		}

		@Test
		void aStopSendsAFarewellAndFreesThePort() throws Exception {
			SocketServer server = DatagramServerTests.this.fixture.lines(String::toUpperCase,
					udp((spec) -> spec.farewell("bye")));
			InetSocketAddress address = server.localAddress();
			try (DatagramPeer peer = peer(server)) {
				peer.ask("hello");
				server.stop();
				assertThat(peer.receive()).isEqualTo("bye");
			}
			assertThat(server.statistics().closed()).containsOnlyKeys(CloseReason.SERVER_STOPPED);
			assertThat(server.localAddress()).isNull();
			server.start();
			assertThat(server.localAddress()).isEqualTo(address);
			try (DatagramPeer peer = peer(server)) {
				assertThat(peer.ask("again")).isEqualTo("AGAIN");
			}
		}

		@Test
		void aDrainServesItsSessionsAndRefusesOthers() throws Exception {
			CountDownLatch held = new CountDownLatch(1);
			SocketServer server = DatagramServerTests.this.fixture.calls((line, session) -> {
				if (line.equals("hold")) {
					held.await();
				}
				session.send("done " + line);
			}, udp((spec) -> spec.udp((udp) -> udp.amplification(0))));
			CompletableFuture<?> drained;
			try (DatagramPeer known = peer(server); DatagramPeer late = peer(server)) {
				known.send("hold");
				await().until(() -> server.statistics().active() == 1);
				drained = server.drain(Duration.ofSeconds(3));
				late.send("me too");
				awaitDropped(server, DatagramDrop.REJECTED, 1);
				held.countDown();
				assertThat(known.receive()).isEqualTo("done hold");
				drained.get(20, TimeUnit.SECONDS);
				assertThat(late.hasReceived()).isFalse();
			}
		}

		@Test
		void aPausedServerServesItsSessionsOnly() throws Exception {
			SocketServer server = echo((spec) -> spec);
			try (DatagramPeer known = peer(server); DatagramPeer other = peer(server)) {
				known.ask("one");
				server.pause();
				other.send("two");
				awaitDropped(server, DatagramDrop.REJECTED, 1);
				assertThat(known.ask("three")).isEqualTo("three");
				server.resume();
				assertThat(other.ask("four")).isEqualTo("four");
			}
		}

	}

	@Nested
	class Refusals {

		@Test
		void thoseWhoAreDeniedGetNoAnswer() throws Exception {
			SocketServer server = echo((spec) -> spec.limits((limits) -> limits.deny(List.of(Cidr.of("127.0.0.0/8")))));
			try (DatagramPeer peer = peer(server)) {
				peer.send("one").send("two");
				awaitDropped(server, DatagramDrop.REJECTED, 2);
				assertThat(peer.hasReceived()).isFalse();
			}
			assertThat(server.statistics().rejected()).containsEntry(RejectReason.DENIED, 2L);
		}

		@Test
		void anAddressHasSoManySessions() throws Exception {
			SocketServer server = echo((spec) -> spec.limits((limits) -> limits.sessionsPerAddress(2)));
			try (DatagramPeer one = peer(server); DatagramPeer two = peer(server); DatagramPeer three = peer(server)) {
				one.ask("1");
				two.ask("2");
				three.send("3");
				awaitDropped(server, DatagramDrop.REJECTED, 1);
				assertThat(server.statistics().rejected()).containsEntry(RejectReason.LIMIT_ADDRESS, 1L);
				server.sessions().findFirst().orElseThrow().close();
				await().until(() -> server.statistics().active() == 1);
				assertThat(three.ask("3")).isEqualTo("3");
			}
		}

		/** Anybody could have the address of another refused. */
		@Test
		void nobodyIsBanned() throws Exception {
			SocketServer server = echo((spec) -> spec.ban((ban) -> ban.offences(1).exempt(List.of())));
			try (DatagramPeer peer = peer(server); DatagramPeer other = peer(server)) {
				peer.ask("1");
				server.sessions().findFirst().orElseThrow().offence("guessed");
				assertThat(other.ask("2")).isEqualTo("2");
			}
			AddressBans bans = ServerOperations.of(server).bans();
			assertThat(bans.count()).isZero();
			assertThatIllegalArgumentException().isThrownBy(() -> bans.ban(InetAddress.getLoopbackAddress(), null))
				.withMessageContaining("datagram");
		}

		@Test
		void moreThanTheRateAreDropped() throws Exception {
			SocketServer server = echo((spec) -> spec.limits((limits) -> limits.acceptRate(5)));
			List<DatagramPeer> peers = new ArrayList<>();
			try {
				for (int i = 0; i < 20; i++) {
					peers.add(peer(server).send("hello"));
				}
				await().until(() -> server.statistics().datagrams().received() == 20);
				// A burst of one second, and what little time has added.
				assertThat(server.statistics().opened()).isBetween(5L, 8L);
				assertThat(server.statistics().opened() + dropped(server, DatagramDrop.REJECTED)).isEqualTo(20);
			}
			finally {
				peers.forEach(DatagramPeer::close);
			}
		}

	}

	@Nested
	class Eviction {

		@Test
		void aNewPeerDisplacesTheStrangerThatWasSilentForLongest() throws Exception {
			SocketServer server = echo((spec) -> spec.limits((limits) -> limits.sessions(3)));
			try (DatagramPeer one = peer(server);
					DatagramPeer two = peer(server);
					DatagramPeer three = peer(server);
					DatagramPeer four = peer(server)) {
				one.ask("1");
				two.ask("2");
				three.ask("3");
				one.ask("1 again");
				assertThat(four.ask("4")).isEqualTo("4");
				CloseStatus status = DatagramServerTests.this.fixture.closed.poll(20, TimeUnit.SECONDS);
				assertThat(status.reason()).isEqualTo(CloseReason.IDLE_TIMEOUT);
				assertThat(status.detail()).isEqualTo("evicted");
				assertThat(server.sessions().map(SocketSession::remoteAddress)).containsExactlyInAnyOrder(one.address(),
						three.address(), four.address());
			}
			assertThat(server.statistics().datagrams().dropped()).isEmpty();
		}

		@Test
		void whoIsBoundOrAuthenticatedStays() throws Exception {
			SocketServer server = DatagramServerTests.this.fixture.calls((line, session) -> {
				if (line.startsWith("bind")) {
					session.bind("user", line, BindPolicy.REPLACE);
				}
				else if (line.startsWith("login")) {
					session.authenticate(() -> line);
				}
				session.send(line);
			}, udp((spec) -> spec.limits((limits) -> limits.sessions(2))));
			try (DatagramPeer one = peer(server); DatagramPeer two = peer(server); DatagramPeer three = peer(server)) {
				one.ask("bind me");
				two.ask("login me");
				three.send("me");
				awaitDropped(server, DatagramDrop.REJECTED, 1);
				assertThat(server.statistics().rejected()).containsEntry(RejectReason.LIMIT_SESSIONS, 1L);
				assertThat(one.ask("on")).isEqualTo("on");
				assertThat(two.ask("on")).isEqualTo("on");
			}
		}

		@Test
		void withoutEvictionANewPeerIsRejected() throws Exception {
			SocketServer server = echo(
					(spec) -> spec.limits((limits) -> limits.sessions(1)).udp((udp) -> udp.evict(false)));
			try (DatagramPeer one = peer(server); DatagramPeer two = peer(server)) {
				one.ask("1");
				two.send("2");
				awaitDropped(server, DatagramDrop.REJECTED, 1);
				assertThat(one.ask("on")).isEqualTo("on");
			}
		}

	}

	@Nested
	class Amplification {

		@Test
		void aStrangerIsSentThreeTimesWhatHeHasSent() throws Exception {
			List<Throwable> failures = new CopyOnWriteArrayList<>();
			SocketServer server = DatagramServerTests.this.fixture.calls((line, session) -> {
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
			assertThat(server.statistics().closed()).isEmpty();
		}

	}

	@Nested
	class Flow {

		@Test
		void whatArrivesDuringAPauseIsDropped() throws Exception {
			List<String> seen = new CopyOnWriteArrayList<>();
			SocketServer server = DatagramServerTests.this.fixture.calls((line, session) -> {
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
			SocketServer server = DatagramServerTests.this.fixture.calls((line, session) -> {
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
			long handled = server.statistics().messagesHandled();
			await().until(() -> server.statistics().messagesHandled() == 4);
			assertThat(server.statistics().datagrams().received()).isEqualTo(4 + 8);
		}

		/** The loop is busy with a handler, and the kernel keeps little. */
		@Test
		void whatTheKernelHasDroppedIsCounted() throws Exception {
			Assumptions.assumeTrue(Epoll.isAvailable(), "only the native transport knows its descriptor");
			CountDownLatch held = new CountDownLatch(1);
			SocketServer server = DatagramServerTests.this.fixture.calls((line, session) -> {
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
			SessionHandler handler = new SessionHandler() {

				@Override
				public Object received(Object payload, SocketSession session) {
					session.ask("question", Duration.ofSeconds(20)).whenComplete((answer, failure) -> {
						if (failure != null) {
							reply.completeExceptionally(failure);
						}
						else {
							reply.complete(answer);
						}
					});
					return null;
				}

			};
			SocketServer server = DatagramServerTests.this.fixture.start(
					new ServerHandler.Messages("asks", PayloadConverter.text(UTF_8), false, (spec) -> handler),
					udp((spec) -> spec
						.correlator((payload) -> (payload instanceof String text && text.length() > 5) ? "" : null)));
			try (DatagramPeer peer = peer(server)) {
				assertThat(peer.ask("start")).isEqualTo("question");
				peer.send("the answer");
				assertThat(reply.get(20, TimeUnit.SECONDS)).isEqualTo("the answer");
			}
			catch (ExecutionException ex) {
				throw new AssertionError(ex);
			}
		}

	}

	@Nested
	class Addresses {

		@Test
		void aReplyLeavesFromTheAddressThatWasAsked() throws Exception {
			Assumptions.assumeTrue(Epoll.isAvailable(), "only epoll knows the addresses of 127.0.0.0/8");
			SocketServer server = echo((spec) -> spec.address("any"));
			int port = server.localAddress().getPort();
			InetSocketAddress first = new InetSocketAddress("127.0.0.1", port);
			InetSocketAddress second = new InetSocketAddress("127.0.0.2", port);
			try (DatagramPeer peer = new DatagramPeer(first)) {
				for (int i = 0; i < 3; i++) {
					assertThat(peer.sendTo(second, "to two".getBytes(UTF_8)).receive()).isEqualTo("to two");
					assertThat(peer.answeredFrom()).isEqualTo(second);
					assertThat(peer.sendTo(first, "to one".getBytes(UTF_8)).receive()).isEqualTo("to one");
					assertThat(peer.answeredFrom()).isEqualTo(first);
				}
				// A session is a peer at one local address.
				assertThat(server.sessions().map(SocketSession::localAddress)).containsExactlyInAnyOrder(first, second);
			}
			server.stop();
			assertThat(server.statistics().active()).isZero();
		}

		@ParameterizedTest
		@MethodSource("dev.socketserver.netty.ServerFixture#transports")
		void alsoFromEachAddressOfAnInterface(SocketTransport transport) throws Exception {
			SocketServer server = echo((spec) -> spec.transport(transport).address("any"));
			int port = server.localAddress().getPort();
			for (InetAddress own : ownAddresses()) {
				InetSocketAddress asked = new InetSocketAddress(own, port);
				try (DatagramPeer peer = new DatagramPeer(asked, own)) {
					assertThat(peer.ask("hello")).isEqualTo("hello");
					assertThat(peer.answeredFrom()).isEqualTo(asked);
				}
			}
		}

		private static List<InetAddress> ownAddresses() throws IOException {
			return java.net.NetworkInterface.networkInterfaces()
				.flatMap((each) -> each.inetAddresses())
				.filter((each) -> !each.isLinkLocalAddress())
				.toList();
		}

	}

}
