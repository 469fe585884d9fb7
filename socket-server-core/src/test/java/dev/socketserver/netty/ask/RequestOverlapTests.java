package dev.socketserver.netty.ask;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.socketserver.ManualTimer;
import dev.socketserver.SocketServer;
import dev.socketserver.client.Correlator;
import dev.socketserver.engine.connection.Connection;
import dev.socketserver.engine.requests.PendingRequests;
import dev.socketserver.engine.requests.RequestContext;
import dev.socketserver.engine.requests.SessionRequests;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.stats.Counters;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.spec.RequestOrder;
import dev.socketserver.spec.Requests;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What begins before another thread has ended what was before it.
 */
class RequestOverlapTests {

	private static final Duration LONG = Duration.ofHours(1);

	@RegisterExtension
	private final ServerFixture fixture = new ServerFixture();

	/** What the background got behind its first task, which runs where it is given. */
	private final Queue<Runnable> kept = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean begun = new AtomicBoolean();

	private SessionRequests requests(Session session, @Nullable Correlator correlator, Requests settings) {
		RequestContext context = new RequestContext(correlator, settings, new Counters(), this::background,
				new ManualTimer());
		return new SessionRequests(session, context, new PendingRequests(context), false, null, false);
	}

	private void background(Runnable task) {
		if (this.begun.compareAndSet(false, true)) {
			task.run();
		}
		else {
			this.kept.add(task);
		}
	}

	private static CompletableFuture<Object> ask(SessionRequests requests, Session session, String request) {
		byte[] payload = request.getBytes(UTF_8);
		return requests.ask(payload, payload, null, LONG, LONG, false,
				(completion) -> session.outbox().add(payload, completion));
	}

	/** Returns when the loop has done what it was given before. */
	private static void awaitLoop(Session session) {
		Connection connection = session.state().connection();
		CompletableFuture<Void> done = new CompletableFuture<>();
		connection.executeLater(() -> done.complete(null));
		try {
			Patience.await(done);
		}
		catch (Exception ex) {
			throw new CompletionException(ex);
		}
	}

	private void runKept() {
		for (Runnable task = this.kept.poll(); task != null; task = this.kept.poll()) {
			task.run();
		}
	}

	/** The thread of the first batch notes its end when the loop has begun the next. */
	@Test
	void noTurnBeginsWhileTheNextBatchIsMatched() throws Exception {
		SocketServer server = this.fixture.lines((line) -> "ok " + line, (spec) -> spec);
		try (Peer peer = new Peer(server)) {
			Session session = (Session) this.fixture.firstOpened();
			SessionRequests requests = requests(session, null,
					Requests.DEFAULTS.order(RequestOrder.ONE_AT_A_TIME).reply((payload) -> {
						if (payload.equals("surplus")) {
							awaitLoop(session);
						}
						return !payload.equals("message");
					}));
			CompletableFuture<Object> first = ask(requests, session, "first?");
			CompletableFuture<Object> second = ask(requests, session, "second?");
			assertThat(peer.line()).isEqualTo("first?");
			List<Object> messages = new ArrayList<>();

			requests.match(new Object[] { "message" }, (left, count) -> requests.match(new Object[] { "1", "surplus" },
					(others, number) -> messages.addAll(List.of(others).subList(0, number))));
			runKept();

			assertThat(first).isCompletedWithValue("1");
			assertThat(second).isNotDone();
			assertThat(messages).containsExactly("surplus");
			assertThat(peer.line()).isEqualTo("second?");
		}
	}

	@Test
	void theEndOfTheSessionWaitsForTheNextBatch() throws Exception {
		SocketServer server = this.fixture.lines((line) -> "ok " + line, (spec) -> spec);
		try (Peer peer = new Peer(server)) {
			Session session = (Session) this.fixture.firstOpened();
			SessionRequests requests = requests(session, (payload) -> payload.equals("message") ? null : "key",
					Requests.DEFAULTS);
			CompletableFuture<Object> answered = ask(requests, session, "?");
			assertThat(peer.line()).isEqualTo("?");

			requests.match(new Object[] { "message" },
					(left, count) -> requests.match(new Object[] { "!" }, (others, number) -> {
					}));
			requests.close();
			runKept();

			assertThat(answered).isCompletedWithValue("!");
		}
	}

}
