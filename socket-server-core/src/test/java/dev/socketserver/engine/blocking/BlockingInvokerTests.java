package dev.socketserver.engine.blocking;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ConversationHandler;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionClosedException;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.FakeConnection;
import dev.socketserver.engine.TestDiagnostics;
import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.engine.events.SessionListener;
import dev.socketserver.engine.lane.Lane;
import dev.socketserver.engine.lane.SessionThreads;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.session.SessionContext;
import dev.socketserver.engine.session.SessionEvents;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.engine.state.SharedState;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.Payloads;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A handler that blocks, on a thread of its own, without a socket: the test is the loop.
 */
class BlockingInvokerTests {

	private final FakeConnection connection = new FakeConnection();

	private final LoopScratch scratch = new LoopScratch();

	private final SessionRegistry registry = new SessionRegistry("test");

	private final ServerCounters counters = new ServerCounters();

	/** What was reported, by the handler and by the session. */
	private final List<String> events = new CopyOnWriteArrayList<>();

	private final List<Thread> threads = new ArrayList<>();

	private Session session(ConversationHandler<String, String> handler, SessionThreads threads) {
		ServerSpec spec = ServerSpec.builder("test")
			.handler(ServerHandler.conversation("handler", PayloadConverter.text(StandardCharsets.UTF_8), handler))
			.build();
		SessionListener listener = new SessionListener() {

			@Override
			public void opened(SocketSession session) {
				BlockingInvokerTests.this.events.add("opened");
			}

			@Override
			public void closed(SocketSession session, CloseStatus status) {
				BlockingInvokerTests.this.events.add("closed " + status.reason());
			}

		};
		SessionContext context = new SessionContext(
				new SharedState(spec.session(), this.counters, MemoryBudget.unlimited(), TestDiagnostics.none()),
				new Payloads(StandardCharsets.UTF_8, List.of()), this.registry,
				new SessionEvents(listener, () -> this.events.add("ended")), TestDiagnostics.requests(), threads);
		InetSocketAddress address = new InetSocketAddress(0);
		Session session = new Session(context, this.connection, address, address, Lane::run, this.scratch);
		session.open();
		return session;
	}

	private Session session(ConversationHandler<String, String> handler) {
		return session(handler, (id, task) -> {
			Thread thread = new Thread(task);
			this.threads.add(thread);
			thread.start();
		});
	}

	private void receive(Session session, String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		System.arraycopy(bytes, 0, this.scratch.bytes(), 0, bytes.length);
		session.received(this.scratch.bytes(), bytes.length, System.nanoTime());
	}

	private void awaitNotified(String... expected) {
		Awaitility.await().untilAsserted(() -> assertThat(this.events).containsExactly(expected));
	}

	private void awaitReturn() throws InterruptedException {
		for (Thread thread : this.threads) {
			thread.join();
		}
		this.connection.runLoop();
	}

	private ConversationHandler<String, String> recorder() {
		return (conversation) -> {
			this.events.add("paused " + conversation.session().info().readsPaused());
			try {
				for (String line = conversation.receive(); line != null; line = conversation.receive()) {
					this.events.add(line);
				}
				this.events.add("end");
			}
			catch (SessionClosedException ex) {
				this.events.add("lost");
				throw ex;
			}
		};
	}

	@Test
	void lostConnectionEndsAPauseAfterWhatWasRead() throws Exception {
		Session session = session((conversation) -> {
			conversation.session().pauseReads();
			recorder().handle(conversation);
		});
		receive(session, "one\ntwo\n");
		awaitNotified("opened", "paused true");

		session.disconnected(new IOException("reset"));
		awaitReturn();

		assertThat(this.events).containsExactly("opened", "paused true", "one", "two", "lost", "closed PEER_RESET",
				"ended");
	}

	@Test
	void endOfInputIsReportedOnceAlsoIfTheConnectionIsLostAfterIt() throws Exception {
		CountDownLatch go = new CountDownLatch(1);
		Session session = session((conversation) -> {
			go.await();
			recorder().handle(conversation);
			recorder().handle(conversation);
		});
		receive(session, "one\ntwo\n");
		session.peerEnded();
		session.disconnected(null);
		go.countDown();
		awaitReturn();

		assertThat(this.events).containsExactly("opened", "paused false", "one", "two", "end", "paused false", "lost",
				"closed PEER_CLOSED", "ended");
	}

	@Test
	void sessionWithoutAThreadIsOpenedAndClosed() {
		session(recorder(), (id, task) -> {
			throw new OutOfMemoryError("no thread left");
		}).disconnected(null);

		assertThat(this.events).containsExactly("opened", "closed EXECUTOR_REJECTED", "ended");
		assertThat(this.connection.events).containsExactly("abort");
	}

	@Test
	void sessionThatStopsAndHasNoThreadIsClosed() {
		Session session = session(recorder(), (id, task) -> {
			this.registry.stream().forEach(Session::stop);
			throw new OutOfMemoryError("no thread left");
		});

		assertThat(session.end().settled()).isEqualTo(CloseStatus.of(CloseReason.SERVER_STOPPED));
		session.disconnected(null);
		assertThat(this.events).containsExactly("opened", "closed SERVER_STOPPED", "ended");
		assertThat(this.connection.events).doesNotContain("abort");
	}

	@Test
	void framesAreCountedOutOneByOne() throws Exception {
		Session session = session((conversation) -> {
			for (int i = 0; i < 3; i++) {
				Awaitility.await().until(() -> this.events.contains("go"));
				this.events.add(conversation.receive() + " " + conversation.session().info().pendingInbound());
			}
		});
		receive(session, "a\nbb\ncccc\n");
		assertThat(session.info().pendingInbound()).isEqualTo(3);
		this.events.add("go");
		awaitReturn();

		assertThat(this.events).filteredOn((entry) -> entry.contains(" ")).containsExactly("a 2", "bb 1", "cccc 0");
	}

}
