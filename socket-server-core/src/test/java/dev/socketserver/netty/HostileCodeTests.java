package dev.socketserver.netty;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Undeclared;
import dev.socketserver.fixtures.log.ThrowingAppender;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.operator.IoThread;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

@Tag("virtual-threads")
@SuppressWarnings("serial")
class HostileCodeTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	/** An exception that cannot even be logged. */
	static final class Hostile extends RuntimeException {

		@Override
		public String getMessage() {
			throw new IllegalStateException("no message");
		}

		@Override
		public String toString() {
			throw new IllegalStateException("no text");
		}

	}

	private ServerHandler handler(SessionHandler handler) {
		return ServerFixture.messages("hostile", handler);
	}

	@Every.Way
	void exceptionThatCannotBeLoggedStillClosesTheSession(Way way) throws Exception {
		SocketServer server = this.fixture.lines((line) -> {
			throw new Hostile();
		}, way.spec());
		try (Peer peer = new Peer(server)) {
			peer.send("x\n");
			assertThat(peer.rest()).isEmpty();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_ERROR);
	}

	@Every.Way
	void exceptionThatCannotBeLoggedInClosedStillEndsTheSession(Way way) throws Exception {
		SocketServer server = this.fixture
			.start(handler(TestHandler.of((payload, session) -> payload).closed((session, status) -> {
				throw new Hostile();
			})), way.spec());
		try (Peer peer = new Peer(server)) {
			peer.ask("x");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
		assertThat(server.stop(Duration.ofSeconds(1))).isTrue();
	}

	@Every.OffLoopMode
	void loggerThatThrowsKeepsNothingFromEnding(ExecutionMode mode) throws Exception {
		CountDownLatch stuck = new CountDownLatch(1);
		CountDownLatch end = new CountDownLatch(1);
		SocketServer server = this.fixture.lines((line) -> {
			if (line.equals("fail")) {
				throw new IllegalStateException("This handler throws");
			}
			stuck.countDown();
			Patience.hold(end);
			return line;
		}, (spec) -> spec.execution((e) -> e.mode(mode)).limits((l) -> l.sessions(2)));
		try (Peer peer = new Peer(server);
				Peer other = new Peer(server);
				ThrowingAppender throwing = new ThrowingAppender("dev.socketserver")) {
			assertThat(throwing.getName()).isNull();
			other.send("stay\n");
			stuck.await();
			try (Peer refused = new Peer(server)) {
				assertThat(refused.sawReset()).isTrue();
			}
			catch (SocketException ex) {
				assertThat(ex).as("refused before connect returned").isNotNull();
			}
			Awaitility.await().until(() -> !server.statistics().rejected().isEmpty());
			peer.send("fail\n");
			assertThat(peer.rest()).isEmpty();
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_ERROR);
			// Cut, and left behind two seconds later, with a warning.
			assertThat(server.stop(Duration.ofMillis(1))).isTrue();
			assertThat(server.state()).isEqualTo(ServerState.STOPPED);
		}
		finally {
			end.countDown();
		}
	}

	@Test
	void listenersThatSneakCheckedExceptionsHarmNothing() throws Exception {
		List<String> events = new CopyOnWriteArrayList<>();
		NettySocketServers servers = new NettySocketServers(List.of(new SocketServerListener() {
			@Override
			public void registered(SocketServer server) {
				Undeclared.sneak(new Exception("registered"));
			}

			@Override
			public void started(SocketServer server) {
				Undeclared.sneak(new Exception("started"));
			}

			@Override
			public void stopped(SocketServer server) {
				Undeclared.sneak(new Exception("stopped"));
			}

			@Override
			public void opened(SocketSession session) {
				Undeclared.sneak(new Exception("opened"));
			}

			@Override
			public void closed(SocketSession session, CloseStatus status) {
				Undeclared.sneak(new Exception("closed"));
			}
		}));
		SocketServer server = servers.register(ServerSpec.builder("a")
			.handler(handler(TestHandler.of((payload, session) -> payload).opened((session) -> {
				events.add("opened");
			})))
			.build());
		server.start();
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("x")).isEqualTo("x");
		}
		assertThat(events).containsExactly("opened");
		Awaitility.await().until(() -> server.statistics().active() == 0);
		assertThat(server.stop(Duration.ofSeconds(1))).isTrue();
		assertThat(server.state()).isEqualTo(ServerState.STOPPED);
		servers.close();
	}

	@Every.OffLoopMode
	void prototypesAreNotMadeOnAnEventLoop(ExecutionMode mode) throws Exception {
		List<Boolean> io = new CopyOnWriteArrayList<>();
		SocketServer server = this.fixture
			.start(new ServerHandler.Messages("perSession", PayloadConverter.text(UTF_8), false, (spec) -> {
				io.add(Thread.currentThread() instanceof IoThread);
				return (payload, session) -> payload;
			}), (spec) -> spec.execution((e) -> e.mode(mode)));
		try (Peer peer = new Peer(server)) {
			peer.ask("x");
		}
		assertThat(io).containsExactly(false);
	}

	@Every.OffLoopMode
	void streamPrototypesAreNotMadeOnAnEventLoop(ExecutionMode mode) throws Exception {
		List<Boolean> io = new CopyOnWriteArrayList<>();
		SocketServer server = this.fixture.start(new ServerHandler.Streams("perSession", () -> {
			io.add(Thread.currentThread() instanceof IoThread);
			return (in, out, session) -> in.transferTo(out);
		}), (spec) -> spec.execution((e) -> e.mode(mode)));
		try (Peer peer = new Peer(server)) {
			peer.ask("x");
		}
		assertThat(io).containsExactly(false);
	}

	@Test
	void callbackOfASendAfterTheEndIsStillNotified() throws Exception {
		SocketServer server = this.fixture.lines((line) -> line,
				(spec) -> spec.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP)));
		try (Peer peer = new Peer(server)) {
			peer.ask("x");
			SocketSession session = this.fixture.opened.get(0);
			server.stop(Duration.ZERO);
			Awaitility.await()
				.until(() -> Thread.getAllStackTraces().keySet().stream().noneMatch((t) -> t instanceof IoThread));
			CompletableFuture<Throwable> outcome = new CompletableFuture<>();
			session.send("late", outcome::complete);
			assertThat(Patience.await(outcome)).isInstanceOf(dev.socketserver.SessionClosedException.class);
		}
	}

	@Test
	void derivedFutureRefusesToWaitOnAnEventLoopToo() throws Exception {
		CompletableFuture<Throwable> thrown = new CompletableFuture<>();
		SocketServer server = this.fixture.start(handler((payload, session) -> {
			try {
				session.send("a".repeat(8_000_000)).thenApply((nothing) -> 1).get(2, TimeUnit.SECONDS);
				thrown.complete(new AssertionError("waited"));
			}
			catch (Throwable ex) {
				thrown.complete(ex);
			}
			return null;
		}), (spec) -> spec.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP)));
		try (Peer peer = new Peer(server)) {
			peer.send("x\n");
			assertThat(Patience.await(thrown)).isInstanceOf(IllegalStateException.class);
		}
	}

	@Test
	void streamHandlerMayReadAndWriteOnTwoThreads() throws Exception {
		int lines = 30_000;
		SocketServer server = this.fixture.streams((in, out, session) -> {
			CompletableFuture<Void> written = CompletableFuture.runAsync(() -> {
				try {
					for (int i = 0; i < lines; i++) {
						out.write(String.format(Locale.ROOT, "%07d\n", i).getBytes(UTF_8));
					}
					out.flush();
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
			}, (task) -> new Thread(task).start());
			while (in.read() >= 0) {
				// One byte at a time, so that reading often has to wait.
			}
			written.join();
		}, (spec) -> spec.execution((e) -> e.mode(ExecutionMode.POOL)));
		try (Peer peer = new Peer(server)) {
			CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
				try {
					for (int i = 0; i < 3_000; i++) {
						peer.send("x");
						LockSupport.parkNanos(20_000);
					}
					peer.endOutput();
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
			}, (task) -> new Thread(task).start());
			for (int i = 0; i < lines; i++) {
				assertThat(peer.line()).isEqualTo(String.format(Locale.ROOT, "%07d", i));
			}
			sent.join();
		}
	}

	@Test
	void halfClosedPeerThatWaitsLongerThanTheIdleTimeoutGetsItsAnswer() throws Exception {
		SocketServer server = this.fixture.lines((line) -> {
			try {
				TimeUnit.MILLISECONDS.sleep(900);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			return line;
		}, (spec) -> spec.timeouts((t) -> t.idle(Duration.ofMillis(200))).execution((e) -> e.mode(ExecutionMode.POOL)));
		try (Peer peer = ServerFixture.beforeAccepted(server, () -> new Peer(server).send("x\n").endOutput())) {
			assertThat(peer.rest()).isEqualTo("x\n");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
	}

	@Test
	void hugeTimeoutsOfStopAreTaken() {
		SocketServer server = this.fixture.lines((line) -> line, (spec) -> spec);
		assertThat(server.stop(Duration.ofSeconds(Long.MAX_VALUE))).isTrue();
		assertThat(server.state()).isEqualTo(ServerState.STOPPED);
		server.start();
		assertThat(server.stop(Duration.ofSeconds(-5))).isTrue();
	}

}
