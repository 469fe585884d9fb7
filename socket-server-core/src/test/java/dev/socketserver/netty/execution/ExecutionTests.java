package dev.socketserver.netty.execution;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStatistics;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.operator.IoThread;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.SocketTransport;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * On which threads handlers run, what those are called, and what happens without them.
 */
@Tag("virtual-threads")
class ExecutionTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final ServerFixture oneLoop = new ServerFixture(1);

	private final ExecutorService executor = Executors.newCachedThreadPool((task) -> new Thread(task, "lent"));

	private final Semaphore entered = new Semaphore(0);

	private final CountDownLatch release = new CountDownLatch(1);

	/** What each session was notified of, in order, and on which threads. */
	private final List<String> events = new CopyOnWriteArrayList<>();

	private final AtomicBoolean onLoop = new AtomicBoolean();

	@AfterEach
	void close() {
		this.release.countDown();
		this.executor.shutdownNow();
	}

	/** Echoes; at "wait" it waits for the release. */
	private final class Waiting implements SessionHandler {

		@Override
		public void opened(SocketSession session) {
			record("opened", session);
		}

		@Override
		public @Nullable Object received(Object payload, SocketSession session) throws Exception {
			record(payload.toString(), session);
			if (payload.equals("wait")) {
				ExecutionTests.this.entered.release();
				ExecutionTests.this.release.await();
			}
			return payload.equals("name") ? Thread.currentThread().getName() : payload;
		}

		@Override
		public void closed(SocketSession session, CloseStatus status) {
			record("closed " + status.reason(), session);
		}

		private void record(String what, SocketSession session) {
			if (Thread.currentThread() instanceof IoThread) {
				ExecutionTests.this.onLoop.set(true);
			}
			ExecutionTests.this.events.add(session.id() + " " + what);
		}

	}

	@Every.DefaultTransport
	void loopReadsSeveralSocketsBeforeItRunsTheirHandlers(SocketTransport transport) throws Exception {
		AtomicReference<ServerStatistics> counted = new AtomicReference<>();
		AtomicLong received = new AtomicLong();
		SocketServer server = this.oneLoop.lines((line) -> {
			if (line.equals("wait")) {
				this.entered.release();
				Patience.hold(this.release);
			}
			received.compareAndSet(0, line.equals("go") ? counted.get().messagesReceived() : 0);
			return line;
		}, (spec) -> spec.transport(transport).execution((e) -> e.mode(ExecutionMode.EVENT_LOOP)));
		counted.set(server.statistics());
		List<Peer> peers = new ArrayList<>();
		try (Peer busy = new Peer(server)) {
			for (int i = 0; i < 60; i++) {
				peers.add(new Peer(server));
				peers.get(i).ask("hello");
			}
			busy.send("wait\n");
			assertThat(this.entered.tryAcquire(Patience.seconds(), TimeUnit.SECONDS)).isTrue();
			for (Peer peer : peers) {
				peer.send("go\n");
			}
			this.release.countDown();

			for (Peer peer : peers) {
				assertThat(peer.line()).isEqualTo("go");
			}
		}
		finally {
			Opened.closeAll(peers);
		}
		assertThat(received.get() - peers.size() - 1).as("read before the first was handled").isBetween(8L, 32L);
	}

	private SocketServer waiting(UnaryOperator<ServerSpec.Builder> spec) {
		return waiting(this.fixture, spec);
	}

	private SocketServer waiting(ServerFixture servers, UnaryOperator<ServerSpec.Builder> spec) {
		return servers.start(
				new ServerHandler.Messages("waiting", PayloadConverter.text(UTF_8), false, (ignored) -> new Waiting()),
				spec);
	}

	private static UnaryOperator<ServerSpec.Builder> pool(int threads, int queue) {
		return (spec) -> spec.execution((e) -> e.mode(ExecutionMode.POOL).threads(threads).queue(queue));
	}

	private static UnaryOperator<ServerSpec.Builder> executor(Executor executor) {
		return (spec) -> spec.execution((e) -> e.executor(executor));
	}

	private void awaitEntered(int count) throws InterruptedException {
		assertThat(this.entered.tryAcquire(count, Patience.seconds(), TimeUnit.SECONDS)).isTrue();
	}

	/** Connects a peer whose message a handler has, which waits. */
	private Peer held(SocketServer server) throws Exception {
		Peer peer = new Peer(server);
		peer.send("wait\n");
		awaitEntered(1);
		return peer;
	}

	private List<String> events(String session) {
		return this.events.stream().filter((line) -> line.startsWith(session + " ")).toList();
	}

	@Test
	void poolHasNoMoreThreadsThanItMay() throws Exception {
		SocketServer server = waiting(pool(2, 100));
		try (Peer first = new Peer(server); Peer second = new Peer(server); Peer third = new Peer(server)) {
			first.send("wait\n");
			second.send("wait\n");
			awaitEntered(2);
			third.send("wait\n");
			Awaitility.await().until(() -> server.statistics().messagesReceived() == 3);
			assertThat(this.entered.availablePermits()).isZero();

			this.release.countDown();

			awaitEntered(1);
			assertThat(first.line()).isEqualTo("wait");
			assertThat(second.line()).isEqualTo("wait");
			assertThat(third.line()).isEqualTo("wait");
		}
	}

	@Test
	void poolMakesAsManyThreadsAsHandlersBlock() throws Exception {
		int sessions = 20;
		CyclicBarrier all = new CyclicBarrier(sessions);
		SocketServer server = this.fixture.lines((line) -> {
			try {
				return all.await(Patience.seconds(), TimeUnit.SECONDS) >= 0;
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}, (spec) -> pool(sessions, 100).apply(spec).converters(List.of(new BooleanConverter())));
		List<Peer> peers = new ArrayList<>();
		for (int i = 0; i < sessions; i++) {
			peers.add(new Peer(server).send("x\n"));
		}
		for (Peer peer : peers) {
			assertThat(peer.line()).isEqualTo("true");
			peer.close();
		}
	}

	@Test
	void sessionThatFindsTheQueueFullIsAbortedAndOthersLiveOn() throws Exception {
		SocketServer server = waiting(this.oneLoop, pool(1, 1));
		try (Peer first = held(server)) {
			try (Peer second = new Peer(server)) {
				// Its beginning waits in the queue, before the loop turns to the next.
				Awaitility.await().until(() -> server.statistics().opened() == 2);
				assertThat(Peer.isRefused(server)).isTrue();
				assertThat(this.oneLoop.nextClosed()).isEqualTo(new CloseStatus(CloseReason.EXECUTOR_REJECTED,
						"no thread was to be had for the handler, with execution.threads = 1 and execution.queue = 1",
						null));
				assertThat(events("test-3")).last().isEqualTo("test-3 closed EXECUTOR_REJECTED");
				assertThat(events("test-3")).filteredOn((line) -> line.contains("closed")).hasSize(1);

				this.release.countDown();

				assertThat(first.line()).isEqualTo("wait");
				assertThat(second.ask("x")).isEqualTo("x");
			}
		}
		assertThat(this.onLoop).isFalse();
	}

	/**
	 * Unless the loop is kept from its processor in between, which no test can rule out.
	 */
	@Every.DefaultTransport
	void sessionThatOpensWithALineInTheKernelIsHandedOverOnce(SocketTransport transport) throws Exception {
		AtomicInteger handedOver = new AtomicInteger();
		Executor counting = (task) -> {
			handedOver.incrementAndGet();
			this.executor.execute(task);
		};
		SocketServer server = this.oneLoop.lines((line) -> line,
				(spec) -> spec.execution((e) -> e.executor(counting)).transport(transport));
		List<Integer> counts = new ArrayList<>();
		while (!counts.contains(1) && counts.size() < 50) {
			server.pause();
			handedOver.set(0);
			try (Peer peer = new Peer(server)) {
				peer.send("hello\n");
				server.resume();

				assertThat(peer.line()).isEqualTo("hello");
				counts.add(handedOver.get());
			}
			Awaitility.await().until(() -> server.sessions().findAny().isEmpty());
		}
		assertThat(counts).contains(1);
	}

	@Test
	void executorOfTheApplicationRunsHandlersAndOutlivesTheServer() throws Exception {
		SocketServer server = waiting(executor(this.executor));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("name")).isEqualTo("lent");
			assertThat(peer.ask("x")).isEqualTo("x");
			server.stop();
			assertThat(peer.rest()).isEmpty();
		}

		assertThat(this.executor.isShutdown()).isFalse();
		assertThat(Patience.await(this.executor.submit(() -> "alive"))).isEqualTo("alive");
		assertThat(events("test-1")).containsExactly("test-1 opened", "test-1 name", "test-1 x",
				"test-1 closed SERVER_STOPPED");
	}

	/** Returns an executor with a limit, which lets its caller wait. */
	private Executor limited(Semaphore slots) {
		return (task) -> {
			slots.acquireUninterruptibly();
			this.executor.execute(() -> {
				try {
					task.run();
				}
				finally {
					slots.release();
				}
			});
		};
	}

	@Test
	void executorThatHasItsCallerWaitHoldsNoLoop() throws Exception {
		Semaphore slots = new Semaphore(1);
		SocketServer server = waiting(this.oneLoop, executor(limited(slots)));
		SocketServer other = this.oneLoop.echo("other", (spec) -> spec);
		try (Peer first = new Peer(server); Peer second = new Peer(server); Peer echoed = new Peer(other)) {
			first.send("wait\n");
			awaitEntered(1);
			second.send("x\n");
			Awaitility.await().until(slots::hasQueuedThreads);

			assertThat(echoed.ask("alive")).isEqualTo("other alive");

			this.release.countDown();
			assertThat(first.line()).isEqualTo("wait");
			assertThat(second.line()).isEqualTo("x");
		}
		assertThat(this.onLoop).isFalse();
	}

	/** It would wait for itself. */
	@Test
	void sessionThatIsAlwaysBusyDoesNotWaitForItsOwnExecutor() throws Exception {
		Semaphore slots = new Semaphore(1);
		SocketServer server = waiting(executor(limited(slots)));
		try (Peer first = new Peer(server); Peer second = new Peer(server)) {
			first.send("x\n".repeat(5_000));
			second.send("x\n".repeat(5_000));
			for (int i = 0; i < 5_000; i++) {
				assertThat(first.line()).isEqualTo("x");
				assertThat(second.line()).isEqualTo("x");
			}
		}
	}

	/** Executors of the JDK see to that themselves, but not all others do. */
	@Test
	void interruptOfAHandlerIsNotLeftToTheExecutorOfTheApplication() throws Exception {
		BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
		Thread lent = new Thread(() -> {
			try {
				while (true) {
					tasks.take().run();
				}
			}
			catch (InterruptedException ex) {
				// The end of the test, and of no call of a handler.
			}
		});
		// The interrupt at the end may still be taken for one of a call.
		lent.setDaemon(true);
		lent.start();
		try {
			SocketServer server = this.fixture.lines((line) -> {
				lent.interrupt();
				return line;
			}, (spec) -> spec.execution((e) -> e.executor(tasks::add)));
			try (Peer peer = new Peer(server)) {
				assertThat(peer.ask("one")).isEqualTo("one");
				assertThat(peer.ask("two")).isEqualTo("two");
			}
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
		}
		finally {
			lent.interrupt();
		}
	}

	@Every.OffLoopMode
	void streamHandlersHaveTheirOwnThreadsWhateverTheExecutor(ExecutionMode mode) throws Exception {
		SocketServer server = this.fixture.streams((in, out, session) -> {
			out.write((Thread.currentThread().getName() + "\n").getBytes(UTF_8));
			out.flush();
			in.transferTo(out);
		}, (spec) -> spec.execution((e) -> e.mode(mode).executor((task) -> {
			throw new RejectedExecutionException("nothing runs here");
		})));
		try (Peer first = new Peer(server); Peer second = new Peer(server)) {
			assertThat(List.of(first.line(), second.line())).containsExactlyInAnyOrder("test server test-1",
					"test server test-2");
			assertThat(first.ask("x")).isEqualTo("x");
		}
	}

	@Test
	void sessionThatTheExecutorRejectsIsAbortedAndNotifiedOnce() throws Exception {
		AtomicInteger rejecting = new AtomicInteger();
		AtomicInteger running = new AtomicInteger();
		SocketServer server = waiting(executor((task) -> {
			if (rejecting.get() > 0) {
				throw new RejectedExecutionException("provoked");
			}
			running.incrementAndGet();
			this.executor.execute(() -> {
				task.run();
				running.decrementAndGet();
			});
		}));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("x")).isEqualTo("x");
			// Until then the lane may take the next frame without being handed over.
			Awaitility.await().until(() -> running.get() == 0);
			rejecting.set(1);
			peer.send("y\n");
			assertThat(peer.sawReset()).isTrue();
		}
		assertThat(this.fixture.nextClosed()).isEqualTo(new CloseStatus(CloseReason.EXECUTOR_REJECTED,
				"no thread was to be had for the handler: execution.executor has refused", null));

		assertThat(events("test-1")).containsExactly("test-1 opened", "test-1 x", "test-1 closed EXECUTOR_REJECTED");
		assertThat(this.onLoop).isFalse();
		assertThat(this.fixture.closed).isEmpty();
	}

	@Test
	void sessionThatItsHandlerHasClosedEndsInGoodOrderWhenItsExecutorRefuses() throws Exception {
		int length = 1_000_000;
		int payloads = 20;
		SessionHandler closing = (payload, session) -> {
			for (int i = 0; i < payloads; i++) {
				session.send("x".repeat(length - 1), (failure) -> {
				});
			}
			session.close();
			this.executor.shutdown();
			return null;
		};
		SocketServer server = this.fixture.start(ServerFixture.messages("closing", closing),
				(spec) -> spec.execution((e) -> e.executor(this.executor))
					.outbound((o) -> o.bytes(2 * payloads * length)));
		try (Peer peer = new Peer(server)) {
			peer.send("go\n");
			Awaitility.await().until(this.executor::isTerminated);

			for (int i = 0; i < payloads; i++) {
				assertThat(peer.line()).hasSize(length - 1);
			}
			assertThat(peer.sawReset()).isFalse();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
	}

	@Test
	void serverStopsInGoodOrderWhenItsExecutorHasStoppedBefore() throws Exception {
		SocketServer server = waiting(executor(this.executor));
		try (Peer idle = new Peer(server); Peer busy = new Peer(server)) {
			assertThat(idle.ask("x")).isEqualTo("x");
			busy.send("wait\n");
			awaitEntered(1);
			this.executor.shutdown();

			ServerOperations.of(server).beginStop(Duration.ofHours(1));

			assertThat(idle.sawReset()).isFalse();
			this.release.countDown();
			assertThat(busy.line()).isEqualTo("wait");
			assertThat(busy.sawReset()).isFalse();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.SERVER_STOPPED);
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.SERVER_STOPPED);
		assertThat(this.events).filteredOn((line) -> line.contains("closed")).hasSize(2);
		assertThat(this.onLoop).isFalse();
	}

	@Test
	void executorThatRunsInTheCallingThreadHasRefused() throws Exception {
		SocketServer server = waiting(executor(Runnable::run));
		assertThat(Peer.isRefused(server)).isTrue();

		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.EXECUTOR_REJECTED);
		assertThat(events("test-1")).filteredOn((line) -> line.contains("closed")).hasSize(1);
		assertThat(this.onLoop).isFalse();
	}

	@Test
	void executorThatRunsInTheCallingThreadWhenItIsFullHasRefused() throws Exception {
		ThreadPoolExecutor one = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(1),
				new ThreadPoolExecutor.CallerRunsPolicy());
		try {
			SocketServer server = waiting(executor(one));
			try (Peer first = held(server)) {
				try (Peer second = new Peer(server)) {
					Awaitility.await().until(() -> one.getQueue().size() == 1);
					assertThat(Peer.isRefused(server)).isTrue();
					this.release.countDown();
					assertThat(first.line()).isEqualTo("wait");
					// What is left to do for it when its reply has left needs the queue.
					first.endOutput();
					Awaitility.await().until(() -> server.statistics().active() == 1);
					assertThat(second.ask("x")).isEqualTo("x");
				}
			}
			assertThat(this.onLoop).isFalse();
		}
		finally {
			one.shutdownNow();
		}
	}

	/** What such an executor does, no call of a session overlaps another. */
	@Test
	void executorThatRunsTasksTwiceOrFailsAfterwardsRunsThemOnce() throws Exception {
		AtomicInteger calls = new AtomicInteger();
		SocketServer server = waiting(executor((task) -> {
			this.executor.execute(task);
			this.executor.execute(task);
			if (calls.incrementAndGet() == 2) {
				throw new IllegalStateException("provoked");
			}
		}));
		try (Peer peer = new Peer(server)) {
			Awaitility.await().until(() -> !this.events.isEmpty());
			peer.send("a\n");
			Awaitility.await().until(() -> calls.get() >= 2);
		}
		this.fixture.nextClosed();

		assertThat(events("test-1")).startsWith("test-1 opened").doesNotHaveDuplicates();
		assertThat(events("test-1")).filteredOn((line) -> line.contains("closed")).hasSize(1);
		assertThat(events("test-1")).last().asString().contains("closed");
	}

	@Every.OffLoopMode
	void threadsAreNamedAfterServerAndSession(ExecutionMode mode) throws Exception {
		SocketServer server = waiting((spec) -> spec.execution((e) -> e.mode(mode)));
		try (Peer first = new Peer(server)) {
			assertThat(first.ask("name")).isEqualTo("test server test-1");
			try (Peer second = new Peer(server)) {
				for (int i = 0; i < 5; i++) {
					assertThat(second.ask("name")).isEqualTo("test server test-2");
					assertThat(first.ask("name")).isEqualTo("test server test-1");
				}
			}
		}
	}

	/** Lanes that are handed over together are started by one of them. */
	@Every.OffLoopMode
	void threadsOfManySessionsAtOnceAreNamedAfterEach(ExecutionMode mode) throws Exception {
		SocketServer server = waiting((spec) -> spec.execution((e) -> e.mode(mode)));
		List<Peer> peers = new ArrayList<>();
		for (int i = 0; i < 40; i++) {
			Peer peer = new Peer(server);
			assertThat(peer.ask("x")).isEqualTo("x");
			peers.add(peer);
		}
		for (int round = 0; round < 5; round++) {
			for (Peer peer : peers) {
				peer.send("name\n");
			}
			for (int i = 0; i < peers.size(); i++) {
				assertThat(peers.get(i).line()).isEqualTo("test server test-" + (i + 1));
			}
		}
		Opened.closeAll(peers);
	}

	@Test
	void threadsOfEventLoopsKeepTheirNames() throws Exception {
		SocketServer server = waiting((spec) -> spec.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP)));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("name")).startsWith("socket-server-");
		}
	}

	private static final class BooleanConverter implements PayloadConverter<Boolean> {

		@Override
		public Class<Boolean> type() {
			return Boolean.class;
		}

		@Override
		public Boolean read(byte[] source, int offset, int length) {
			throw new IllegalStateException("nothing is read");
		}

		@Override
		public byte[] write(Boolean value) {
			return value.toString().getBytes(UTF_8);
		}

	}

}
