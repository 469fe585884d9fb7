package dev.socketserver.engine.watchdog;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.FakeConnection;
import dev.socketserver.engine.TestDiagnostics;
import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.engine.events.SessionListener;
import dev.socketserver.engine.lane.Lane;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.session.SessionContext;
import dev.socketserver.engine.session.SessionEvents;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.engine.state.SharedState;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.payload.Payloads;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StuckCalls}, where the test is the timer and the clock.
 */
class StuckCallsTests {

	private static final long TIMEOUT = TimeUnit.SECONDS.toNanos(10);

	private final ExecutorService executor = Executors.newCachedThreadPool((task) -> new Thread(task, "runner"));

	private final ServerCounters counters = new ServerCounters();

	private final SessionRegistry registry = new SessionRegistry("test");

	private final LoopScratch scratch = new LoopScratch();

	private final Semaphore entered = new Semaphore(0);

	private final Semaphore release = new Semaphore(0);

	private final SessionContext context = context(new Blocking());

	private final StuckCalls calls = new StuckCalls(this.context.counters(), this.context.diagnostics(),
			new CallPath(List.of(), List.of())::method, TIMEOUT);

	@RegisterExtension
	final LogLines lines = new LogLines(StuckCalls.class);

	@AfterEach
	void close() {
		this.release.release(1_000);
		this.executor.shutdownNow();
	}

	/** Each of its calls waits for a permit, but for frames that say otherwise. */
	private final class Blocking implements SessionHandler {

		@Override
		public void opened(SocketSession session) {
			block();
		}

		@Override
		public @Nullable Object received(Object payload, SocketSession session) {
			if (payload.equals("throw")) {
				throw new IllegalStateException("provoked");
			}
			if (payload.equals("several")) {
				return Stream.of("a", "b").peek((reply) -> block());
			}
			block();
			return null;
		}

		@Override
		public @Nullable Object failed(Exception failure, SocketSession session) {
			block();
			return null;
		}

		@Override
		public void inputEnded(SocketSession session, CloseStatus status) {
			block();
		}

		@Override
		public void closed(SocketSession session, CloseStatus status) {
			block();
		}

		private void block() {
			StuckCallsTests.this.entered.release();
			StuckCallsTests.this.release.acquireUninterruptibly();
		}

	}

	private SessionContext context(SessionHandler handler) {
		ServerSpec spec = ServerSpec.builder("test").handler(ServerFixture.messages("orders", handler)).build();
		return new SessionContext(
				new SharedState(spec.session(), this.counters, MemoryBudget.unlimited(), TestDiagnostics.none()),
				new Payloads(StandardCharsets.UTF_8, List.of()), this.registry,
				new SessionEvents(new SessionListener() {
				}, () -> {
				}), TestDiagnostics.requests(), (session, task) -> new Thread(task).start());
	}

	/** Opens a session and returns when the handler is in {@code opened}. */
	private Session opening() throws InterruptedException {
		InetSocketAddress address = new InetSocketAddress(0);
		Session session = new Session(this.context, new FakeConnection(), address, address, this.executor::execute,
				this.scratch);
		session.open();
		awaitEntered();
		return session;
	}

	private Session open() throws InterruptedException {
		Session session = opening();
		this.release.release();
		awaitIdle(session);
		return session;
	}

	private void receive(Session session, String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		System.arraycopy(bytes, 0, this.scratch.bytes(), 0, bytes.length);
		session.received(this.scratch.bytes(), bytes.length, System.nanoTime());
	}

	private void awaitEntered() throws InterruptedException {
		assertThat(this.entered.tryAcquire(Patience.seconds(), TimeUnit.SECONDS)).isTrue();
		// Between reporting and waiting the stack is another.
		Awaitility.await().until(() -> this.release.hasQueuedThreads());
	}

	private static void awaitIdle(Session session) {
		Lane lane = session.watched();
		assertThat(lane).isNotNull();
		Awaitility.await().until(() -> lane.runner() == null);
	}

	private void check(long seconds) {
		this.calls.check(TimeUnit.SECONDS.toNanos(seconds), this.registry.stream());
	}

	@Test
	void callThatLastsTooLongIsReportedOnceAndItsReturnToo() throws Exception {
		Session session = open();
		receive(session, "x\n");
		awaitEntered();

		check(100);
		check(109);
		assertThat(this.counters.stuckCalls()).isZero();
		check(110);
		check(111);
		check(200);

		assertThat(this.counters.stuckCalls()).isOne();
		assertThat(this.counters.stuckSessions()).isOne();
		String method = Blocking.class.getName() + ".received";
		assertThat(this.lines.messages(Level.WARN))
			.containsExactly("Server 'test', session test-1: handler 'orders' has been in " + method + " for 10000 ms");
		assertThat(this.lines.events().get(0).getThrowableProxy().getMessage()).isEqualTo("stack of thread 'runner'");
		assertThat(this.lines.events().get(0).getThrowableProxy().getStackTraceElementProxyArray())
			.extracting(StackTraceElementProxy::getStackTraceElement)
			.extracting(StackTraceElement::getMethodName)
			.contains("acquireUninterruptibly", "block", "received");
		assertThat(this.lines.messages(Level.INFO)).isEmpty();

		this.release.release();
		awaitIdle(session);
		check(222);
		check(223);

		assertThat(this.lines.messages(Level.INFO))
			.containsExactly("Server 'test', session test-1: handler 'orders' has returned from " + method
					+ " after about 122000 ms");
		assertThat(this.counters.stuckCalls()).isOne();
		assertThat(this.counters.stuckSessions()).isZero();
		assertThat(this.lines.events()).hasSize(2);
	}

	@Test
	void callsThatAreShortAreNotReportedHoweverManyThereAre() throws Exception {
		Session session = open();
		receive(session, "a\nb\nc\nd\n");
		for (int i = 0; i < 4; i++) {
			awaitEntered();
			check(i * 9);
			check(i * 9 + 8);
			this.release.release();
		}
		awaitIdle(session);
		check(100);

		assertThat(this.counters.stuckCalls()).isZero();
		assertThat(this.lines.events()).isEmpty();
	}

	@Test
	void eachCallOfABatchThatLastsTooLongIsReported() throws Exception {
		Session session = open();
		receive(session, "a\nb\n");
		awaitEntered();
		check(0);
		check(10);
		this.release.release();
		awaitEntered();
		check(20);
		assertThat(this.counters.stuckCalls()).isOne();
		assertThat(this.counters.stuckSessions()).isZero();
		check(30);

		assertThat(this.counters.stuckCalls()).isEqualTo(2);
		assertThat(this.counters.stuckSessions()).isOne();
		assertThat(this.lines.messages(Level.WARN)).hasSize(2);
		assertThat(this.lines.messages(Level.INFO)).hasSize(1);
	}

	@Test
	void sessionThatRestedBetweenTwoCallsIsNotStuck() throws Exception {
		Session session = open();
		for (int i = 0; i < 3; i++) {
			receive(session, "x\n");
			awaitEntered();
			check(i * 100);
			this.release.release();
			awaitIdle(session);
		}

		assertThat(this.counters.stuckCalls()).isZero();
	}

	@ParameterizedTest
	@CsvSource({ "throw, failed", "x, received", "several, lambda" })
	void whateverAFrameLeadsToIsReported(String frame, String method) throws Exception {
		Session session = open();
		receive(session, frame + "\n");
		awaitEntered();
		check(0);
		check(10);

		assertThat(this.lines.messages(Level.WARN)).singleElement()
			.asString()
			.contains(Blocking.class.getName() + "." + method);
		assertThat(session.info().closed()).isNull();
	}

	/**
	 * The first returns before it is stuck, so that the time of the second counts alone.
	 */
	private void assertTwoCallsAreEntered() throws Exception {
		awaitEntered();
		check(0);
		this.release.release();
		awaitEntered();
		check(10);
		assertThat(this.counters.stuckCalls()).isZero();
		check(20);

		assertThat(this.counters.stuckCalls()).isOne();
	}

	/** A stream may make its elements as they are asked for. */
	@Test
	void severalRepliesAreSeveralCalls() throws Exception {
		Session session = open();
		receive(session, "several\n");
		assertTwoCallsAreEntered();
		assertThat(session.info().closed()).isNull();
	}

	@Test
	void beginningAndEndAreReported() throws Exception {
		Session session = opening();
		check(0);
		check(10);
		this.release.release();
		awaitIdle(session);
		session.peerEnded();
		awaitEntered();
		check(20);
		check(30);
		session.disconnected(null);
		this.release.release();
		awaitEntered();
		check(40);
		check(50);
		this.release.release();
		Patience.await(session.closed());
		check(60);

		assertThat(this.lines.messages(Level.WARN)).hasSize(3);
		assertThat(this.lines.messages(Level.WARN).get(0)).contains("Blocking.opened");
		assertThat(this.lines.messages(Level.WARN).get(1)).contains("Blocking.inputEnded");
		assertThat(this.lines.messages(Level.WARN).get(2)).contains("Blocking.closed");
		assertThat(this.lines.messages(Level.INFO)).hasSize(3);
		assertThat(this.counters.stuckSessions()).isZero();
		assertThat(session.closed().get().reason()).isEqualTo(CloseReason.PEER_CLOSED);
	}

	@Test
	void callbackIsReported() throws Exception {
		Session session = open();
		session.close();
		session.send("late", (failure) -> {
			this.entered.release();
			this.release.acquireUninterruptibly();
		});
		awaitEntered();
		check(0);
		check(10);

		assertThat(this.lines.messages(Level.WARN)).singleElement()
			.asString()
			.contains(StuckCallsTests.class.getName() + ".lambda$callbackIsReported");
	}

	@Test
	void severalCallbacksAreSeveralCalls() throws Exception {
		Session session = open();
		receive(session, "x\n");
		awaitEntered();
		session.close();
		for (int i = 0; i < 2; i++) {
			session.send("late", (failure) -> {
				this.entered.release();
				this.release.acquireUninterruptibly();
			});
		}
		this.release.release();
		assertTwoCallsAreEntered();
	}

	@Test
	void whatIsStuckAtTheEndOfTheWatchIsNoLongerCounted() throws Exception {
		opening();
		check(0);
		check(10);
		assertThat(this.counters.stuckSessions()).isOne();

		this.calls.end();
		check(20);

		assertThat(this.counters.stuckSessions()).isZero();
		assertThat(this.counters.stuckCalls()).isOne();
		assertThat(this.lines.events()).hasSize(1);
	}

}
