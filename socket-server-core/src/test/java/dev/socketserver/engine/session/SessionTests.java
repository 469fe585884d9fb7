package dev.socketserver.engine.session;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import dev.socketserver.BindPolicy;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ManualTimer;
import dev.socketserver.OutboundFullException;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionInfo;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.TestSession;
import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.engine.events.SessionListener;
import dev.socketserver.engine.gate.LoginPhase;
import dev.socketserver.engine.gate.Logins;
import dev.socketserver.engine.gate.ServerRates;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.output.OutboxTests;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.LengthFieldBuilder.LengthEncoding;
import dev.socketserver.framing.LengthFieldBuilder.ZeroLength;
import dev.socketserver.operator.IoThread;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.gate.Login;
import dev.socketserver.spec.gate.LoginBy;
import dev.socketserver.spec.gate.Rate;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Lane, inbox and outbox together, without a socket: the test is the loop and the
 * executor.
 */
class SessionTests {

	private final SessionFixture it = new SessionFixture();

	@Test
	void onTheLoopEndlessRepliesLetOthersHaveTheirTurn() throws Exception {
		AtomicInteger made = new AtomicInteger();
		TestSession session = new TestSession((payload, ignored) -> Stream.generate(() -> {
			assertThat(made.incrementAndGet()).isLessThan(1_000_000);
			return "x".repeat(100);
		}), UnaryOperator.identity());
		// The peer takes everything at once.
		session.connection.completing = true;
		session.connection.inLoop = true;
		session.receive("go\n");

		Thread loop = new Loop(session::runLaneOnce);
		loop.start();
		loop.join();

		assertThat(made.get()).isBetween(1_000, 999_999);
		assertThat(session.session.info().state()).isEqualTo(SessionInfo.State.OPEN);
		int before = made.get();
		loop = new Loop(session::runLaneOnce);
		loop.start();
		loop.join();
		assertThat(made.get()).isGreaterThan(before);
	}

	private static final class Loop extends Thread implements IoThread {

		Loop(Runnable task) {
			super(task);
		}

	}

	@Test
	void repliesOfABatchLeaveInOneWrite() {
		Session session = this.it.session();
		StringBuilder sixteen = new StringBuilder();
		for (int i = 0; i < 16; i++) {
			sixteen.append(i % 10).append('\n');
		}
		this.it.receive(session, sixteen.toString());
		assertThat(this.it.ready).hasSize(1);

		this.it.run();

		assertThat(this.it.connection.events).containsExactly("write " + sixteen.toString().replace('\n', '|'));
		assertThat(this.it.counters.messagesReceived()).isEqualTo(16);
		assertThat(this.it.counters.messagesSent()).isEqualTo(16);
	}

	@Test
	void noMoreFramesAreAbortedThanThereIsRoomForTheirBytes() {
		Session session = this.it.session(this.it.recorder,
				(spec) -> spec.limits((l) -> l.frame(10)).inbound((i) -> i.bytes(10)));
		this.it.receive(session, "aaaa\nbbbb\ncccc\ndddd\n");
		assertThat(this.it.counters.messagesReceived()).isEqualTo(3);

		this.it.run();

		assertThat(this.it.connection.events).containsSubsequence("reading false", "reading true");
		assertThat(this.it.counters.messagesHandled()).isEqualTo(4);
	}

	@Test
	void readsThatComeWhileTheHandlerIsNotYetRunningAreOneBatch() {
		Session session = this.it.session();
		this.it.receive(session, "a\nb");
		this.it.receive(session, "b\nc\n");

		this.it.run();

		assertThat(this.it.calls).containsExactly("opened", "received a", "received bb", "received c");
		assertThat(this.it.connection.events).containsExactly("write a|bb|c|");
	}

	@Test
	void whatIsWrittenMeanwhileIsGatheredAfterAWriteInFlight() {
		this.it.connection.completing = false;
		Session session = this.it.session();
		this.it.receive(session, "a\n");
		this.it.run();
		this.it.receive(session, "b\n");
		this.it.run();
		this.it.receive(session, "c\n");
		this.it.run();
		assertThat(this.it.connection.events).containsExactly("write a|");

		this.it.connection.complete(null);
		assertThat(this.it.connection.events).containsExactly("write a|", "write b|c|");
		this.it.connection.complete(null);
		assertThat(this.it.connection.events).hasSize(2);
	}

	@Test
	void frameIsHeldWhileTheRepliesBeforeItFindNoRoom() {
		this.it.connection.completing = false;
		Session session = this.it.session(this.it.recorder, (spec) -> spec.outbound((o) -> o.capacity(2)));
		this.it.receive(session, "a\nb\nc\nd\n");
		session.peerEnded();
		this.it.run();

		assertThat(this.it.calls).containsExactly("opened", "received a", "received b");
		this.it.connection.complete(null);
		this.it.run();
		assertThat(this.it.calls).contains("received c", "received d");
		assertThat(this.it.connection.events).containsExactly("write a|b|", "write c|d|", "reading true");
		this.it.connection.complete(null);
		assertThat(this.it.connection.events).endsWith("close");
	}

	@Test
	void readingStopsAtAFullInboxAndGoesOnWhenHalfOfItIsHandled() {
		Session session = this.it.session(this.it.recorder, (spec) -> spec.inbound((i) -> i.capacity(4)));
		this.it.receive(session, "1\n2\n3\n4\n5\n6\n7\n8\n9\npart");
		assertThat(this.it.connection.events).containsExactly("reading false");
		assertThat(session.info().pendingInbound()).isEqualTo(4);
		this.it.run();
		assertThat(this.it.calls).hasSize(10);
		assertThat(this.it.connection.events).contains("reading true");
		this.it.receive(session, "ial\n");
		this.it.run();
		assertThat(this.it.calls).endsWith("received 9", "received partial");
	}

	@Test
	void eitherLimitRefusesASendAndLeavesTheSessionOpen() {
		this.it.connection.completing = false;
		Session session = this.it.session(this.it.recorder, (spec) -> spec.outbound((o) -> o.capacity(3).bytes(10)));
		this.it.run();
		session.send("123456789012345");
		this.it.run();
		assertThatThrownBy(session.send("x")::join).cause()
			.isInstanceOfSatisfying(OutboundFullException.class,
					(ex) -> assertThat(ex.limit()).isEqualTo("outbound.bytes"));
		this.it.connection.complete(null);
		session.send("1");
		session.send("2");
		session.send("3");
		assertThatThrownBy(session.send("4")::join).cause()
			.isInstanceOfSatisfying(OutboundFullException.class,
					(ex) -> assertThat(ex.limit()).isEqualTo("outbound.capacity"));
		this.it.run();
		this.it.connection.complete(null);
		CompletableFuture<?> fifth = session.send("5");
		this.it.run();
		this.it.connection.complete(null);
		assertThat(fifth).isCompleted();
		assertThat(session.info().state()).isEqualTo(SessionInfo.State.OPEN);
	}

	@Test
	void framingThatThrowsHalfWayLeavesNothingOfThatPayloadBehind() {
		this.it.connection.completing = false;
		Session session = this.it.session(this.it.recorder, (spec) -> spec.framing(OutboxTests.PICKY));
		session.send("in flight");
		this.it.run();
		session.send("good");
		assertThatThrownBy(() -> session.send("!bad")).isInstanceOf(IllegalArgumentException.class);
		session.send("fine");
		this.it.connection.complete(null);

		assertThat(this.it.connection.events).containsExactly("write in flight", "write goodfine");
	}

	@Test
	void whatTheFramingAnswersLeavesAsItIsAndReachesNoHandler() {
		Framing digits = Framing.lengthField().encoding(LengthEncoding.DECIMAL).width(2).zero(ZeroLength.ECHO).build();
		Session session = this.it.session(this.it.recorder, (spec) -> spec.framing(digits));
		this.it.receive(session, "0001a0000");
		this.it.run();

		assertThat(this.it.calls).containsExactly("opened", "received a");
		assertThat(this.it.connection.events).containsExactly("write 00000001a");
	}

	@Test
	void aPeerThatDoesNotReadDoesNotMakeAnswersPileUp() {
		this.it.connection.completing = false;
		Framing pings = Framing.lengthField().width(1).zero(ZeroLength.ECHO).build();
		Session session = this.it.session(this.it.recorder,
				(spec) -> spec.framing(pings).outbound((o) -> o.capacity(16).bytes(1000)));
		for (int i = 0; i < 1_000; i++) {
			this.it.receive(session, "\0".repeat(100));
			this.it.run();
		}

		assertThat(session.info().pendingBytes()).isBetween(1L, 1000L);
		assertThat(session.info().state()).isEqualTo(SessionInfo.State.OPEN);
	}

	@Test
	void replyLeavesWhileTheNextFrameIsBeingHandled() {
		List<List<String>> seen = new ArrayList<>();
		Session session = this.it.session((payload, own) -> {
			// The loop has its turn while the handler is in this call.
			this.it.connection.runLoop();
			seen.add(List.copyOf(this.it.connection.events));
			return payload;
		}, UnaryOperator.identity());
		this.it.receive(session, "1\n2\n3\n");
		this.it.run();

		assertThat(seen).containsExactly(List.of(), List.of("write 1|"), List.of("write 1|", "write 2|"));
	}

	@Test
	void tooLongALineIsNotBuffered() {
		Session session = this.it.session(this.it.recorder, (spec) -> spec.limits((l) -> l.frame(100)));
		String endless = "x".repeat(LoopScratch.READ_BYTES);
		com.sun.management.ThreadMXBean memory = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
		this.it.receive(session, "ok\n" + "x".repeat(50));
		byte[] bytes = endless.getBytes(StandardCharsets.US_ASCII);
		System.arraycopy(bytes, 0, this.it.scratch.bytes(), 0, bytes.length);
		long before = memory.getCurrentThreadAllocatedBytes();
		for (int i = 0; i < 1_000; i++) {
			session.received(this.it.scratch.bytes(), bytes.length, System.nanoTime());
		}
		long allocated = memory.getCurrentThreadAllocatedBytes() - before;
		this.it.run();

		// One read joins what was kept; the 64 megabytes after it leave no trace.
		assertThat(allocated).isLessThan(1024 * 1024);
		assertThat(this.it.calls).containsExactly("opened", "received ok");
		assertThat(session.info().closed()).extracting(CloseStatus::reason).isEqualTo(CloseReason.FRAME_TOO_LARGE);
	}

	@Test
	void writeForWhichThereIsNoMemoryLeavesTheOthersAlone() {
		this.it.connection.completing = false;
		Session session = this.it.session(this.it.recorder, (spec) -> spec.framing(OutboxTests.PICKY));
		this.it.run();
		byte[] half = new byte[40 * 1024];
		CompletableFuture<Void> first = session.send(half);
		CompletableFuture<Void> second = session.send(half);
		assertThatThrownBy(() -> session.send("?")).isInstanceOf(OutOfMemoryError.class);
		CompletableFuture<Void> third = session.send(half);

		this.it.run();
		while (!this.it.connection.pending.isEmpty()) {
			this.it.connection.complete(null);
		}

		assertThat(List.of(first, second, third)).allMatch((future) -> future.isDone());
		assertThat(this.it.connection.events).hasSize(3);
		assertThat(session.info().pendingWrites()).isZero();
		assertThat(session.info().pendingBytes()).isZero();
	}

	@Test
	void framesThatWereDroppedAreNoRequests() {
		TestSession test = new TestSession(
				(spec) -> spec.inbound((i) -> i.capacity(1).overflow(InboundOverflow.DROP_OLDEST))
					.requestsPerSession(2));
		test.receive("a\nb\nc\n");
		test.drain();
		assertThat(test.connection.events).containsExactly("write c|");
		test.receive("d\ne\n");
		test.drain();
		assertThat(test.connection.events).containsSubsequence("write c|", "write d|", "close")
			.doesNotContain("write e|");
		assertThat(test.session.end().settled()).isEqualTo(CloseStatus.of(CloseReason.REQUESTS_DONE));
	}

	private static ServerSpec spec(UnaryOperator<ServerSpec.Builder> spec) {
		return spec
			.apply(ServerSpec.builder("test")
				.handler(ServerHandler.function("echo", PayloadConverter.text(StandardCharsets.UTF_8), (text) -> text)))
			.build();
	}

	/** The clock is read whenever a session is to log in. */
	private static Logins logins(UnaryOperator<Login> login, Runnable clockRead) {
		return new Logins(spec((builder) -> builder.login(login)), new ServerCounters(), new ManualTimer(), () -> {
			clockRead.run();
			return 0;
		});
	}

	private static TestSession sessionOf(SessionRegistry registry) {
		return new TestSession((payload, session) -> payload, UnaryOperator.identity(), MemoryBudget.unlimited(),
				registry);
	}

	@Test
	void sessionThatOthersFindHasToLogIn() {
		SessionRegistry registry = new SessionRegistry("test");
		List<String> sent = new ArrayList<>();
		registry.logins(logins(UnaryOperator.identity(),
				() -> registry.stream()
					.filter((session) -> session.offer("news".getBytes(StandardCharsets.UTF_8)))
					.forEach((session) -> sent.add(session.id()))));

		TestSession opened = sessionOf(registry);

		assertThat(sent).isEmpty();
		assertThat(registry.unauthenticated()).isOne();
		assertThat(opened.session.input().room().login()).isNotNull();
	}

	/**
	 * While it opens, no login is asked for any more, and then one is again: by what asks
	 * it when it has opened, and is bound by another thread meanwhile.
	 */
	@Test
	void sessionThatIsBoundWhileItIsAskedForALoginIsLoggedIn() {
		SessionRegistry registry = new SessionRegistry("test");
		Logins next = logins((login) -> login.by(LoginBy.IDENTITY),
				() -> registry.stream().forEach((session) -> session.bind("device", "7", BindPolicy.ALLOW)));
		Logins[] first = new Logins[1];
		first[0] = logins(UnaryOperator.identity(), () -> {
			registry.logins(next);
			first[0].end();
		});
		registry.logins(first[0]);

		TestSession opened = sessionOf(registry);

		assertThat(opened.session.info().bound()).containsKey("device");
		assertThat(registry.unauthenticated()).isZero();
		assertThat(opened.session.input().room().login()).isNull();
	}

	@Test
	void sessionThatOpensWhileOtherLoginsComeIntoForceIsAskedByThose() {
		SessionRegistry registry = new SessionRegistry("test");
		Logins next = logins(UnaryOperator.identity(), () -> {
		});
		Logins[] first = new Logins[1];
		first[0] = logins(UnaryOperator.identity(), () -> {
			registry.logins(next);
			first[0].end();
		});
		registry.logins(first[0]);

		TestSession opened = sessionOf(registry);

		assertThat(opened.session.input().room().login()).isNotNull();
		assertThat(next.count()).isOne();
	}

	@Test
	void listenerThatIsNotifiedOfAnIdentityFindsTheSessionLoggedIn() {
		Logins logins = logins((login) -> login.by(LoginBy.IDENTITY), () -> {
		});
		List<Integer> unauthenticated = new ArrayList<>();
		SessionRegistry registry = new SessionRegistry("test", new AtomicLong(), null, new SessionListener() {

			@Override
			public void bound(SocketSession session, String type, String id) {
				unauthenticated.add(logins.count());
			}

		}, null);
		registry.logins(logins);
		TestSession opened = sessionOf(registry);
		assertThat(registry.unauthenticated()).isOne();

		opened.session.bind("device", "7", BindPolicy.ALLOW);

		assertThat(unauthenticated).containsExactly(0);
	}

	@Test
	void sessionThatHasWhatIsALoginNowIsLoggedInFromTheChangeOn() {
		SessionRegistry registry = new SessionRegistry("test");
		Logins logins = logins(UnaryOperator.identity(), () -> {
		});
		registry.logins(logins);
		TestSession opened = sessionOf(registry);
		opened.session.bind("device", "7", BindPolicy.ALLOW);
		LoginPhase phase = opened.session.input().room().login();
		assertThat(phase).isNotNull();
		List<Boolean> handled = new ArrayList<>();

		logins.reconfigure(spec((builder) -> builder.login((login) -> login.by(LoginBy.IDENTITY).messages(1))),
				() -> handled.addAll(List.of(phase.countMessage(), phase.countMessage())));

		assertThat(handled).containsExactly(true, true);
		assertThat(registry.unauthenticated()).isZero();
		assertThat(opened.reason()).isNull();
	}

	/** The clock of its rate is read when others can find it. */
	@Test
	void ratesThatCannotBeReadAreRefusedAlsoWhereASessionHasNone() {
		Session session = this.it.session();

		session.rate("100/s", "1MB/s");
		session.rate(null, null);

		assertThatIllegalArgumentException().isThrownBy(() -> session.rate("0/s", null));
		assertThatIllegalArgumentException().isThrownBy(() -> session.rate(null, "1MB/d"));
	}

	@Test
	void sessionThatIsResumedBeforeItsBeginningBeginsFirst() {
		this.it.listener = new SessionListener() {

			@Override
			public void opened(SocketSession session) {
				SessionTests.this.it.calls.add("begun");
			}

			@Override
			public void handlerOpened(SocketSession session, boolean recovered) {
				SessionTests.this.it.calls.add("handler opened");
			}

		};
		ServerSpec spec = spec((builder) -> builder.rate((rate) -> rate.messages(Rate.messages("1/h"))));
		this.it.registry.rates(new ServerRates(spec, this.it.counters, new ManualTimer(), () -> {
			this.it.registry.stream().forEach((session) -> {
				session.pauseReads();
				session.resumeReads();
			});
			return 0;
		}));

		this.it.session();
		this.it.run();

		assertThat(this.it.calls).containsExactly("begun", "opened", "handler opened");
	}

}
