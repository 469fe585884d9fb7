package dev.socketserver.spi;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.SessionSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.session.Session;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.InboundOverflow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Messages that are prepared when they arrive, and handled in their order. */
class PreparingHandlerTests {

	private static final int AHEAD = 4;

	@RegisterExtension
	private final ServerFixture fixture = new ServerFixture();

	private final List<Prepared> begun = new CopyOnWriteArrayList<>();

	private final List<String> abandoned = new CopyOnWriteArrayList<>();

	private SocketServer server(UnaryOperator<ServerSpec.Builder> spec) {
		return this.fixture
			.start(new ServerHandler.Messages("preparing", PayloadConverter.text(UTF_8), false, new Handlers()), spec);
	}

	private void awaitBegun(int count) {
		await().atMost(Patience.limit()).until(() -> this.begun.size() == count);
	}

	private void complete(int index) {
		Prepared prepared = this.begun.get(index);
		prepared.future().complete("stored " + prepared.payload());
	}

	@Every.Mode
	void areHandledInTheirOrderHoweverTheyAreCompleted(ExecutionMode mode) throws Exception {
		SocketServer server = server((spec) -> spec.execution((e) -> e.mode(mode)));
		try (Peer peer = new Peer(server)) {
			peer.send("a\nb\nc\nd\ne\nf\n");
			awaitBegun(AHEAD);
			complete(2);
			complete(1);
			complete(3);
			complete(0);
			for (String line : List.of("a", "b", "c", "d")) {
				assertThat(peer.line()).isEqualTo("stored " + line);
			}
			awaitBegun(AHEAD + 2);
			complete(5);
			complete(4);
			assertThat(peer.line()).isEqualTo("stored e");
			assertThat(peer.line()).isEqualTo("stored f");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
	}

	@Test
	void aFailureIsThatOfItsMessage() throws Exception {
		try (Peer peer = new Peer(server(UnaryOperator.identity()))) {
			peer.send("a\nb\nc\n");
			awaitBegun(3);
			this.begun.get(1).future().completeExceptionally(new IllegalStateException("full"));
			complete(2);
			complete(0);
			assertThat(peer.line()).isEqualTo("stored a");
			assertThat(peer.line()).isEqualTo("failed: full");
			assertThat(peer.line()).isEqualTo("stored c");
			assertThat(peer.ask("throws")).isEqualTo("failed: no");
		}
	}

	@Every.Mode
	void theSocketIsNotReadWhileThereIsNoRoom(ExecutionMode mode) throws Exception {
		SocketServer server = server(
				(spec) -> spec.execution((e) -> e.mode(mode)).inbound((inbound) -> inbound.capacity(8)));
		try (Peer peer = new Peer(server)) {
			peer.send("line\n".repeat(100));
			SocketSession session = ServerFixture.session(server);
			await().atMost(Patience.limit()).until(() -> session.info().pendingInbound() == 8);
			for (int i = 0; i < 100; i++) {
				// What is read counts before the handler prepares it.
				awaitBegun(Math.min(100, i + AHEAD));
				complete(i);
				assertThat(peer.line()).isEqualTo("stored line");
			}
			await().atMost(Patience.limit()).until(() -> session.info().pendingInbound() == 0);
		}
	}

	@Test
	void whatIsBeyondMayBeDropped() throws Exception {
		SocketServer server = server(
				(spec) -> spec.inbound((inbound) -> inbound.capacity(AHEAD + 2).overflow(InboundOverflow.DROP_NEWEST)));
		try (Peer peer = new Peer(server)) {
			for (int i = 0; i < AHEAD; i++) {
				peer.send("abcd".charAt(i) + "\n");
				awaitBegun(i + 1);
			}
			peer.send("e\nf\ng\n");
			await().atMost(Patience.limit()).until(() -> server.statistics().inboundDropped() == 1);
			for (int i = 0; i < 6; i++) {
				awaitBegun(Math.min(6, i + AHEAD));
				complete(i);
			}
			assertThat(peer.endOutput().rest())
				.isEqualTo("stored a\nstored b\nstored c\nstored d\nstored e\nstored f\n");
		}
	}

	@Test
	void aStopAwaitsWhatHasBegunAndDropsTheRest() throws Exception {
		SocketServer server = server(UnaryOperator.identity());
		try (Peer peer = new Peer(server)) {
			peer.send("a\nb\nc\nd\ne\nf\n");
			awaitBegun(AHEAD);
			CompletableFuture<?> stopped = CompletableFuture.runAsync(server::stop);
			// The server says that it stops before its sessions do.
			Session session = (Session) this.fixture.firstOpened();
			await().atMost(Patience.limit()).until(session::closing);
			assertThat(server.state()).isEqualTo(ServerState.DRAINING);
			for (int i = 0; i < AHEAD; i++) {
				complete(i);
			}
			assertThat(peer.rest()).isEqualTo("stored a\nstored b\nstored c\nstored d\n");
			stopped.get();
		}
		assertThat(this.begun).hasSize(AHEAD);
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.SERVER_STOPPED);
	}

	@Test
	void aStopDoesNotAwaitLongerThanItIsToDrain() throws Exception {
		SocketServer server = server((spec) -> spec.drainTimeout(Duration.ofMillis(100)));
		try (Peer peer = new Peer(server)) {
			peer.send("a\n");
			awaitBegun(1);
			server.stop();
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.SERVER_STOPPED);
		}
	}

	@Test
	void aLostConnectionAbandonsWhatIsAwaitedAndHandlesWhatIsCompleted() throws Exception {
		try (Peer peer = new Peer(server(UnaryOperator.identity()))) {
			peer.send("a\nb\n");
			awaitBegun(2);
			peer.reset();
			await().atMost(Patience.limit()).until(() -> this.abandoned.equals(List.of("abandoned")));
			complete(0);
			this.begun.get(1).future().completeExceptionally(new IllegalStateException("away"));
			this.fixture.nextClosed();
			assertThat(this.abandoned).containsExactly("abandoned", "handled a", "failed: away");
		}
	}

	/** A message whose preparation the test completes. */
	private record Prepared(Object payload, CompletableFuture<Object> future) {

	}

	private final class Handlers implements PreparingHandlers {

		@Override
		public int ahead() {
			return AHEAD;
		}

		@Override
		public Function<SessionSpec, PreparingHandler> handlers() {
			return this;
		}

		@Override
		public PreparationFigures figures() {
			throw new UnsupportedOperationException();
		}

		@Override
		public PreparingHandler apply(SessionSpec spec) {
			return new Handler();
		}

	}

	private final class Handler implements PreparingHandler {

		private boolean gone;

		@Override
		public CompletionStage<?> prepare(Object payload, SocketSession session, Executor lane) {
			if (payload.equals("throws")) {
				throw new IllegalStateException("no");
			}
			Prepared prepared = new Prepared(payload, new CompletableFuture<>());
			PreparingHandlerTests.this.begun.add(prepared);
			return prepared.future();
		}

		@Override
		public Object received(Object payload, SocketSession session) {
			if (this.gone) {
				PreparingHandlerTests.this.abandoned.add("handled " + payload.toString().substring(7));
			}
			return payload;
		}

		@Override
		public Object failed(Exception failure, SocketSession session) {
			if (this.gone) {
				PreparingHandlerTests.this.abandoned.add("failed: " + failure.getMessage());
			}
			return "failed: " + failure.getMessage();
		}

		@Override
		public void abandon() {
			this.gone = true;
			PreparingHandlerTests.this.abandoned.add("abandoned");
		}

	}

}
