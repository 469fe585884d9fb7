package dev.socketserver.netty;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.OutboundFullException;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.fixtures.Undeclared;
import dev.socketserver.framing.EncodedFraming;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.OutboundOverflow;
import dev.socketserver.spec.SocketOptions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Tag("virtual-threads")
class SendingTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@Every.OffLoopMode
	void handlerMayWaitForWhatItSends(ExecutionMode mode) throws Exception {
		SocketServer server = this.fixture.calls((line, session) -> {
			Patience.await(session.send("first"));
			session.send("second").join();
		}, (spec) -> spec.execution((e) -> e.mode(mode)));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("go\n").line() + peer.line()).isEqualTo("firstsecond");
		}
	}

	@Test
	void whatIsHungOnTheFutureOfASendMayWaitForFurtherSends() throws Exception {
		int sends = 32;
		SocketServer server = this.fixture.calls((line, session) -> {
		}, UnaryOperator.identity());

		try (Peer peer = new Peer(server)) {
			SocketSession session = ServerFixture.session(server);
			List<CompletableFuture<?>> all = new ArrayList<>();
			for (int i = 0; i < sends; i++) {
				all.add(session.send("first").thenRun(() -> session.send("second").join()));
			}
			for (CompletableFuture<?> each : all) {
				Patience.await(each);
			}
			assertThat(peer.bytes(sends * "first\nsecond\n".length())).endsWith("second\n".getBytes(UTF_8));
		}
	}

	@Test
	void waitingOnAnEventLoopFailsInsteadOfBlockingIt() throws Exception {
		BlockingQueue<Throwable> thrown = new LinkedBlockingQueue<>();
		SocketServer server = this.fixture.calls((line, session) -> {
			CompletableFuture<?> sent = session.send("x");
			try {
				sent.join();
			}
			catch (IllegalStateException ex) {
				thrown.add(ex);
			}
		}, (spec) -> spec.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP)));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("go\n").line()).isEqualTo("x");
		}
		assertThat(Patience.next(thrown)).hasMessageContaining("I/O thread");
	}

	@Test
	void whatASessionSendsLeavesWhileItsHandlerIsBusy() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		SocketServer server = this.fixture.calls((line, session) -> {
			session.send("working");
			release.await();
		}, UnaryOperator.identity());

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("go\n").line()).isEqualTo("working");
			release.countDown();
		}
	}

	@Every.Way
	void callbacksRunOnTheLaneInOrderAndBeforeClosed(Way way) throws Exception {
		List<String> order = new CopyOnWriteArrayList<>();
		SessionHandler handler = TestHandler.of((payload, session) -> {
			for (int i = 0; i < 3; i++) {
				int number = i;
				session.send("x", (failure) -> order.add("callback " + number + " " + failure));
			}
			order.add("call over");
			return null;
		}).closed((session, status) -> {
			order.add("closed");
		});
		SocketServer server = this.fixture.start(ServerFixture.messages("order", handler), way.spec());

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("go\n").endOutput().rest()).isEqualTo("x\nx\nx\n");
		}
		this.fixture.nextClosed();
		assertThat(order).containsExactly("call over", "callback 0 null", "callback 1 null", "callback 2 null",
				"closed");
	}

	@Every.Way
	void longChainOfCallbacksDoesNotOverflowTheStack(Way way) throws Exception {
		// Some thousands would.
		int count = Rounds.of("chain.length", 10_000, 100_000);
		CountDownLatch done = new CountDownLatch(1);
		SocketServer server = this.fixture.calls((line, session) -> chain(session, count, done), way.spec());

		try (Peer peer = new Peer(server)) {
			peer.send("go\n");
			assertThat(peer.bytes(2 * count)).hasSize(2 * count);
			Patience.await(done);
		}
	}

	private static void chain(SocketSession session, int rest, CountDownLatch done) {
		if (rest == 0) {
			done.countDown();
			return;
		}
		session.send("x", (failure) -> chain(session, rest - 1, done));
	}

	@Test
	void sendsOfAThreadKeepTheirOrder() throws Exception {
		int threads = 4;
		int sends = 2_000;
		SocketServer server = this.fixture.calls((line, session) -> {
		}, (spec) -> spec.outbound((o) -> o.capacity(threads * sends).bytes(1024 * 1024)));

		try (Peer peer = new Peer(server)) {
			SocketSession session = ServerFixture.session(server);
			List<Thread> senders = startSenders(session, threads, sends);
			int[] next = new int[threads];
			for (int i = 0; i < threads * sends; i++) {
				String[] parts = peer.line().split(" ");
				assertThat(Integer.parseInt(parts[1])).isEqualTo(next[Integer.parseInt(parts[0])]++);
			}
			for (Thread sender : senders) {
				sender.join();
			}
		}
	}

	/** Starts threads that send lines, each its own number and that of the line. */
	private static List<Thread> startSenders(SocketSession session, int threads, int sends) {
		List<Thread> senders = new ArrayList<>();
		for (int thread = 0; thread < threads; thread++) {
			int id = thread;
			Thread sender = new Thread(() -> {
				for (int i = 0; i < sends; i++) {
					session.send(id + " " + i);
				}
			});
			sender.start();
			senders.add(sender);
		}
		return senders;
	}

	@Test
	void peerThatDoesNotReadMakesSendFailAndTheSessionLivesOn() throws Exception {
		SocketServer server = this.fixture.calls((line, session) -> session.send(line), UnaryOperator.identity());
		String block = "x".repeat(32 * 1024);

		try (Peer peer = new Peer(server)) {
			SocketSession session = ServerFixture.session(server);
			List<CompletableFuture<?>> sent = new ArrayList<>();
			CompletableFuture<?> last = session.send(block);
			while (!last.isCompletedExceptionally()) {
				sent.add(last);
				last = session.send(block);
			}
			CompletableFuture<?> refused = last;
			assertThatThrownBy(refused::join).cause()
				.isInstanceOfSatisfying(OutboundFullException.class,
						(ex) -> assertThat(ex.limit()).isEqualTo("outbound.bytes"));
			assertThat(session.info().pendingBytes()).isLessThanOrEqualTo(256 * 1024);

			for (int i = 0; i < sent.size(); i++) {
				assertThat(peer.line()).hasSize(block.length());
			}
			for (CompletableFuture<?> future : sent) {
				Patience.await(future);
			}
			assertThat(peer.ask("alive")).isEqualTo("alive");
		}
	}

	@Test
	void oneWriteLargerThanTheLimitIsAdmittedWhenNothingElseIsPending() throws Exception {
		SocketServer server = this.fixture.calls((line, session) -> session.send("x".repeat(3 * 1024 * 1024)),
				(spec) -> spec.outbound((o) -> o.bytes(1024)));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("go\n").line()).hasSize(3 * 1024 * 1024);
		}
	}

	@Every.Way
	void repliesAreNeverRefusedAndReadingWaitsForThem(Way way) throws Exception {
		String reply = "y".repeat(100 * 1024);
		SocketServer server = this.fixture.lines((line) -> line + reply, way.spec());
		int requests = 160;

		try (Peer peer = new Peer(server)) {
			StringBuilder text = new StringBuilder();
			for (int i = 0; i < requests; i++) {
				text.append(i).append('\n');
			}
			peer.send(text.toString()).endOutput();
			SocketSession session = ServerFixture.session(server);
			ServerFixture.awaitFull(session);
			Awaitility.await().until(() -> session.info().pendingInbound() > 0);
			assertThat(session.info().messagesReceived()).isLessThan(requests);
			assertThat(session.info().pendingBytes()).isLessThan(512 * 1024);
			for (int i = 0; i < requests; i++) {
				assertThat(peer.line()).isEqualTo(i + reply);
			}
			assertThat(peer.rest()).isEmpty();
		}
	}

	/** One more is handled after each wait, since who has waited may send once. */
	@Every.Way
	void whatAHandlerSendsIsRefusedTwiceInARowAtMostSinceReadingWaits(Way way) throws Exception {
		String text = "x".repeat(1024);
		AtomicInteger handled = new AtomicInteger();
		AtomicInteger inARow = new AtomicInteger();
		AtomicInteger mostInARow = new AtomicInteger();
		CountDownLatch refused = new CountDownLatch(1);
		SocketServer server = this.fixture.calls((line, session) -> {
			handled.incrementAndGet();
			if (session.send(text).isCompletedExceptionally()) {
				mostInARow.accumulateAndGet(inARow.incrementAndGet(), Math::max);
				refused.countDown();
			}
			else {
				inARow.set(0);
			}
		}, (spec) -> way.spec()
			.apply(spec.outbound((o) -> o.bytes(64 * 1024))
				.timeouts((timeouts) -> timeouts.write(null))
				.options(SocketOptions.DEFAULT.sendBuffer(16 * 1024))));
		int lines = 2_000;

		try (Peer peer = new Peer(server, 16 * 1024)) {
			peer.send("y\n".repeat(lines)).endOutput();
			Patience.await(refused);
			assertThat(peer.rest().length()).isLessThan(lines * (text.length() + 1)).isPositive();
		}
		assertThat(handled).hasValue(lines);
		assertThat(mostInARow.get()).isLessThanOrEqualTo(2);
	}

	@Every.OffLoopMode
	void handlerMayWaitForRoomInItsOwnSession(ExecutionMode mode) throws Exception {
		int sends = 500;
		String block = "x".repeat(16 * 1024 - 1);
		List<Throwable> failures = new CopyOnWriteArrayList<>();
		SocketServer server = this.fixture.calls((line, session) -> {
			for (int i = 0; i < sends; i++) {
				session.send(block, (failure) -> {
					if (failure != null) {
						failures.add(failure);
					}
				});
			}
		}, (spec) -> spec.execution((e) -> e.mode(mode))
			.outbound((o) -> o.overflow(OutboundOverflow.BLOCK).bytes(64 * 1024)));

		try (Peer peer = new Peer(server, 16 * 1024)) {
			peer.send("go\n");
			for (int i = 0; i < sends; i++) {
				assertThat(peer.line()).hasSize(block.length());
			}
		}
		this.fixture.nextClosed();
		assertThat(failures).isEmpty();
	}

	@Test
	void onAnEventLoopASendIsOfferedToTheSocketBeforeItIsRefused() throws Exception {
		SocketServer server = this.fixture.calls((line, session) -> {
			session.send("first");
			session.send("second");
		}, (spec) -> spec.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP))
			.outbound((o) -> o.overflow(OutboundOverflow.BLOCK).capacity(1)));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("go\n").line()).isEqualTo("first");
			assertThat(peer.line()).isEqualTo("second");
		}
	}

	@Test
	void onAnEventLoopASendDoesNotWait() throws Exception {
		BlockingQueue<CompletableFuture<?>> refused = new LinkedBlockingQueue<>();
		String line = "x".repeat(64 * 1024);
		SocketServer server = this.fixture.calls((go, session) -> {
			CompletableFuture<?> last = session.send(line);
			for (int i = 0; i < 10_000 && !last.isCompletedExceptionally(); i++) {
				last = session.send(line);
			}
			refused.add(last);
		}, (spec) -> spec.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP))
			.outbound((o) -> o.overflow(OutboundOverflow.BLOCK).capacity(1)));

		try (Peer peer = new Peer(server)) {
			peer.send("go\n");
			assertThat(Patience.next(refused)).isCompletedExceptionally();
		}
	}

	@ParameterizedTest
	@EnumSource
	void sendsOfAThreadKeepTheirOrderUnderEveryPolicy(OutboundOverflow overflow) throws Exception {
		int threads = 4;
		int sends = 1_000;
		SocketServer server = this.fixture.calls((line, session) -> {
		}, (spec) -> spec.outbound((o) -> o.overflow(overflow).capacity(16)));

		try (Peer peer = new Peer(server)) {
			SocketSession session = ServerFixture.session(server);
			List<Thread> senders = startSenders(session, threads, sends);
			for (Thread sender : senders) {
				sender.join();
			}
			session.close();
			int[] next = new int[threads];
			int received = 0;
			try {
				for (String line : peer.rest().split("\n")) {
					String[] parts = line.split(" ");
					int number = Integer.parseInt(parts[1]);
					assertThat(number).isGreaterThanOrEqualTo(next[Integer.parseInt(parts[0])]);
					next[Integer.parseInt(parts[0])] = number + 1;
					received++;
				}
			}
			catch (IOException ex) {
				assertThat(overflow).isEqualTo(OutboundOverflow.CLOSE);
			}
			if (overflow == OutboundOverflow.BLOCK) {
				assertThat(received).isEqualTo(threads * sends);
			}
			if (overflow == OutboundOverflow.DROP_NEWEST || overflow == OutboundOverflow.DROP_OLDEST) {
				assertThat(received + server.statistics().outboundDropped()).isEqualTo(threads * sends);
			}
		}
	}

	@Test
	void broadcastDoesNotWaitForASlowPeer() throws Exception {
		SocketServer server = this.fixture.lines((line) -> null,
				(spec) -> spec.outbound((o) -> o.overflow(OutboundOverflow.BLOCK).capacity(4)));
		String block = "b".repeat(64 * 1024);

		try (Peer slow = new Peer(server, 4096); Peer quick = new Peer(server)) {
			Awaitility.await().until(() -> server.sessions().count() == 2);
			int took = 2;
			for (int rounds = 0; took == 2 && rounds < 2_000; rounds++) {
				took = server.broadcast(block);
				assertThat(quick.line()).hasSize(block.length());
			}
			assertThat(took).isOne();
			assertThat(slow.in().read()).isEqualTo('b');
		}
	}

	/** Else those who never wait would fill every gap before there is room for more. */
	@Test
	void nobodyOvertakesASenderThatWaitsForRoom() throws Exception {
		SocketServer server = this.fixture.lines((line) -> null,
				(spec) -> spec.options(SocketOptions.DEFAULT.sendBuffer(64 * 1024))
					.outbound((o) -> o.overflow(OutboundOverflow.BLOCK)));
		String small = "s".repeat(1024);

		try (Peer peer = new Peer(server, 4096)) {
			SocketSession session = ServerFixture.session(server);
			fill(server, session, small);
			Thread waiting = new Thread(() -> session.send("w".repeat(200 * 1024)));
			waiting.start();
			Awaitility.await().until(() -> waiting.getState() == Thread.State.WAITING);
			long before = session.info().pendingBytes();
			// If all of that is taken at once, there is not room enough for what waits.
			AtomicInteger read = new AtomicInteger();
			Awaitility.await().pollDelay(Duration.ZERO).until(() -> {
				if (read.getAndIncrement() < 150) {
					peer.line();
				}
				return session.info().pendingBytes() < before - 32 * 1024;
			});

			assertThat(waiting.getState()).isEqualTo(Thread.State.WAITING);
			assertThat(session.trySend(small)).isCompletedExceptionally();
			assertThat(server.broadcast(small)).isZero();

			String line = small;
			while (line.equals(small)) {
				line = peer.line();
			}
			waiting.join();
			assertThat(server.broadcast(small)).isOne();
		}
	}

	/** Sends to all until the system takes nothing more, and there is no room. */
	private static void fill(SocketServer server, SocketSession session, String text) throws Exception {
		do {
			int room = 1;
			while (room > 0) {
				room = server.broadcast(text);
			}
		}
		while (!ServerFixture.isFull(session) || server.broadcast(text) > 0);
	}

	@Every.Way
	void whatIsSentIsWhatItWasThen(Way way) throws Exception {
		int[] lengths = { 10, 700, 5, 200_000, 600 };
		SessionHandler handler = (payload, session) -> {
			for (int length : lengths) {
				byte[] bytes = new byte[length];
				Arrays.fill(bytes, (byte) 'a');
				session.trySend(bytes);
				Arrays.fill(bytes, (byte) 'b');
			}
			return "c".repeat(1_000);
		};
		SocketServer server = this.fixture.start(ServerFixture.messages("reused", handler), way.spec());

		try (Peer peer = new Peer(server)) {
			peer.send("go\n");
			for (int length : lengths) {
				assertThat(peer.line()).isEqualTo("a".repeat(length));
			}
			assertThat(peer.line()).isEqualTo("c".repeat(1_000));
		}
	}

	/** Bytes that the application has a type of its own for. */
	private record Packet(byte[] bytes) {
	}

	@Every.Way
	void bytesOfATypeOfTheApplicationsAreWhatTheyWereWhenSent(Way way) throws Exception {
		PayloadConverter<byte[]> bytes = PayloadConverter.bytes();
		PayloadConverter<Packet> packets = new PayloadConverter<>() {

			@Override
			public Class<Packet> type() {
				return Packet.class;
			}

			@Override
			public Packet read(byte[] source, int offset, int length) throws Exception {
				return new Packet(bytes.read(source, offset, length));
			}

			@Override
			public byte[] write(Packet packet) throws Exception {
				return bytes.write(packet.bytes());
			}

		};
		SessionHandler handler = (payload, session) -> {
			session.trySend(payload);
			Arrays.fill(((Packet) payload).bytes(), (byte) 'b');
			return null;
		};
		SocketServer server = this.fixture.start(
				new ServerHandler.Messages("packets", packets, false, (spec) -> handler),
				(spec) -> way.spec().apply(spec).framing(Framing.line()).converters(List.of(packets)));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("a".repeat(10))).isEqualTo("a".repeat(10));
			assertThat(peer.ask("a".repeat(1_000))).isEqualTo("a".repeat(1_000));
		}
	}

	@Test
	void sessionEndsInGoodOrderThoughItsFramingThrewACheckedException() throws Exception {
		Framing failing = new EncodedFraming((payload, out) -> {
			out.write(payload);
			if (payload.length == 1_000) {
				Undeclared.sneak(new IOException("as the test says"));
			}
			out.writeByte('\n');
		});
		SocketServer server = this.fixture.calls((line, session) -> {
			session.send("before");
			assertThatThrownBy(() -> session.send("x".repeat(1_000), (failure) -> {
			})).isInstanceOf(IOException.class);
			session.send("behind");
			session.close();
		}, (spec) -> spec.framing(failing));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("go\n").rest()).isEqualTo("before\nbehind\n");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
	}

	@Test
	void broadcastReachesAllButThoseWhoAreFull() throws Exception {
		SocketServer server = this.fixture.lines((line) -> null, (spec) -> spec.outbound((o) -> o.capacity(4)));
		String block = "b".repeat(64 * 1024);

		try (Peer slow = new Peer(server, 4096); Peer quick = new Peer(server); Peer third = new Peer(server)) {
			Awaitility.await().until(() -> server.sessions().count() == 3);
			int took = 3;
			int rounds = 0;
			for (; took == 3 && rounds < 2_000; rounds++) {
				took = server.broadcast(block);
				assertThat(quick.line()).hasSize(block.length());
				assertThat(third.line()).hasSize(block.length());
			}
			assertThat(took).isEqualTo(2);
			assertThat(server.broadcast("still")).isGreaterThanOrEqualTo(2);
			assertThat(quick.line()).isEqualTo("still");
			assertThat(slow.in().read()).isEqualTo('b');
		}
	}

	@Test
	void broadcastUsesTheFraming() throws Exception {
		SocketServer server = this.fixture.start(
				ServerHandler.function("sink", PayloadConverter.bytes(), (payload) -> null),
				(spec) -> spec.framing(Framing.lengthField().build()));

		try (Peer peer = new Peer(server)) {
			ServerFixture.session(server);
			assertThat(server.broadcast("hi")).isOne();
			assertThat(peer.bytes(6)).containsExactly(0, 0, 0, 2, 'h', 'i');
		}
	}

}
