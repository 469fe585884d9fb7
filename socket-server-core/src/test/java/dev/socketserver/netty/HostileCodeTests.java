package dev.socketserver.netty;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import ch.qos.logback.classic.Level;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.lane.IoThread;
import dev.socketserver.engine.server.ManagedServer;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.fixtures.ThrowingAppender;
import dev.socketserver.fixtures.Undeclared;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.netty.channel.SessionChannel;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.SocketTransport;
import io.netty.channel.epoll.Epoll;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

@Tag("virtual-threads")
@Timeout(60)
@SuppressWarnings("serial")
class HostileCodeTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final LogLines log = new LogLines(SessionChannel.class);

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

	/** Starts a server whose handler runs on the event loop. */
	private SocketServer onEventLoop(NettySocketServers servers, SessionHandler handler) {
		SocketServer server = servers.register(ServerSpec.builder("a")
			.handler(handler(handler))
			.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP))
			.build());
		server.start();
		return server;
	}

	private ServerHandler handler(SessionHandler handler) {
		return new ServerHandler.Messages("hostile", PayloadConverter.text(UTF_8), false, (spec) -> handler);
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
		SocketServer server = this.fixture.start(handler(new SessionHandler() {
			@Override
			public Object received(Object payload, SocketSession session) {
				return payload;
			}

			@Override
			public void closed(SocketSession session, CloseStatus status) {
				throw new Hostile();
			}
		}), way.spec());
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
			awaitEnd(end);
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

	private static void awaitEnd(CountDownLatch end) {
		try {
			end.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
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
		SocketServer server = servers.register(ServerSpec.builder("a").handler(handler(new SessionHandler() {
			@Override
			public void opened(SocketSession session) {
				events.add("opened");
			}

			@Override
			public Object received(Object payload, SocketSession session) {
				return payload;
			}
		})).build());
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

	@Every.Way
	void stopFromTheEndOfASessionReturnsAtOnce(Way way) throws Exception {
		CompletableFuture<Boolean> returned = new CompletableFuture<>();
		AtomicReference<SocketServer> server = new AtomicReference<>();
		server.set(this.fixture.start(handler(new SessionHandler() {
			@Override
			public void opened(SocketSession session) {
				session.closed().whenComplete((status, failure) -> {
					// Far longer than the test waits.
					returned.complete(server.get().stop(Duration.ofSeconds(60)));
				});
			}

			@Override
			public Object received(Object payload, SocketSession session) {
				return payload;
			}
		}), way.spec()));
		try (Peer peer = new Peer(server.get())) {
			peer.ask("x");
		}
		assertThat(returned.get(20, TimeUnit.SECONDS)).isTrue();
		server.get().stopped().get(30, TimeUnit.SECONDS);
	}

	@Every.Way
	void stopFromAListenerOfClosedReturnsAtOnce(Way way) throws Exception {
		CompletableFuture<Boolean> returned = new CompletableFuture<>();
		AtomicReference<SocketServer> server = new AtomicReference<>();
		try (NettySocketServers servers = new NettySocketServers(List.of(new SocketServerListener() {
			@Override
			public void closed(SocketSession session, CloseStatus status) {
				returned.complete(server.get().stop(Duration.ofSeconds(60)));
			}
		}))) {
			server.set(servers.register(
					way.spec().apply(ServerSpec.builder("a").handler(handler((payload, session) -> payload))).build()));
			server.get().start();
			try (Peer peer = new Peer(server.get())) {
				peer.ask("x");
			}
			assertThat(returned.get(20, TimeUnit.SECONDS)).isTrue();
			server.get().stopped().get(30, TimeUnit.SECONDS);
		}
	}

	@Test
	void stopFromAListenerOfStartedLeavesAStoppedServer() {
		try (NettySocketServers servers = new NettySocketServers(List.of(new SocketServerListener() {
			@Override
			public void started(SocketServer server) {
				server.stop(Duration.ofSeconds(5));
			}
		}))) {
			SocketServer server = servers
				.register(ServerSpec.builder("a").handler(handler((payload, session) -> payload)).build());
			for (int i = 0; i < 20; i++) {
				server.start();
				// It is reported after the start, so it cannot have been waited for.
				server.stopped().join();
				assertThat(server.state()).isEqualTo(ServerState.STOPPED);
			}
		}
	}

	@Test
	void converterThatThrowsCallsNoHandler() throws Exception {
		List<Object> got = new CopyOnWriteArrayList<>();
		SocketServer server = this.fixture.start(ServerHandler.function("numbers", new Numbers(), (number) -> {
			got.add(String.valueOf(number));
			return String.valueOf(number);
		}), (spec) -> spec.framing(dev.socketserver.framing.Framing.line()));
		try (Peer peer = new Peer(server)) {
			peer.send("1\n2\nthree\n4\n");
			assertThat(peer.rest()).isEqualTo("1\n2\n");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.DECODE_ERROR);
		assertThat(got).containsExactly("1", "2");
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
	void oldRunOfARemovedServerLeavesItsSuccessorAlone() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		SocketServer old = this.fixture.lines((line) -> {
			try {
				release.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			return line;
		}, (spec) -> spec.execution((e) -> e.mode(ExecutionMode.POOL)));
		try (Peer stuck = new Peer(old)) {
			stuck.send("x\n");
			Awaitility.await().until(() -> old.statistics().messagesReceived() == 1);
			ServerOperations.of(old).beginStop(Duration.ofMillis(700));
			this.fixture.servers.remove("test");
			SocketServer successor = this.fixture.lines((line) -> line, (spec) -> spec);
			try (Peer peer = new Peer(successor)) {
				assertThat(peer.ask("x")).isEqualTo("x");
				old.stopped().get(30, TimeUnit.SECONDS);
				assertThat(peer.ask("y")).isEqualTo("y");
			}
		}
		finally {
			release.countDown();
		}
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
			assertThat(outcome.get(30, TimeUnit.SECONDS)).isInstanceOf(dev.socketserver.SessionClosedException.class);
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
			assertThat(thrown.get(30, TimeUnit.SECONDS)).isInstanceOf(IllegalStateException.class);
		}
	}

	@Test
	void streamHandlerMayReadAndWriteOnTwoThreads() throws Exception {
		int lines = 100_000;
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
		try (Peer peer = new Peer(server)) {
			peer.send("x\n").endOutput();
			assertThat(peer.rest()).isEqualTo("x\n");
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
	}

	@Test
	void closingTheEngineFromAnEventLoopDoesNotDeadlock() throws Exception {
		NettySocketServers servers = new NettySocketServers(List::of, 1);
		CompletableFuture<Boolean> done = new CompletableFuture<>();
		SocketServer server = onEventLoop(servers, (payload, session) -> {
			servers.close();
			done.complete(true);
			return null;
		});
		try (Peer peer = new Peer(server)) {
			peer.send("x\n");
			done.get(20, TimeUnit.SECONDS);
			server.stopped().get(20, TimeUnit.SECONDS);
		}
	}

	/** Its loop is the one that the other server needs in order to stop. */
	@Test
	void stopOfAnotherServerFromAnEventLoopReturnsAtOnce() throws Exception {
		try (NettySocketServers servers = new NettySocketServers(List::of, 1)) {
			SocketServer other = servers
				.register(ServerSpec.builder("b").handler(handler((payload, session) -> payload)).build());
			other.start();
			SocketServer server = onEventLoop(servers, (payload, session) ->
			// Far longer than the test waits.
			String.valueOf(other.stop(Duration.ofSeconds(60))));
			try (Peer ofOther = new Peer(other); Peer peer = new Peer(server)) {
				assertThat(ofOther.ask("x")).isEqualTo("x");

				assertThat(peer.ask("stop")).isEqualTo("true");

				assertThat(ofOther.rest()).isEmpty();
				other.stopped().get(20, TimeUnit.SECONDS);
			}
		}
	}

	@Test
	void blockedEventLoopDoesNotKeepTheEngineFromClosing() throws Exception {
		NettySocketServers servers = new NettySocketServers(List::of, 1);
		CountDownLatch release = new CountDownLatch(1);
		SocketServer server = onEventLoop(servers, (payload, session) -> {
			release.await();
			return null;
		});
		try (Peer peer = new Peer(server)) {
			peer.send("x\n");
			Awaitility.await().until(() -> server.statistics().messagesReceived() == 1);
			ServerOperations.of(server).beginStop(Duration.ZERO);
			server.stopped().get(20, TimeUnit.SECONDS);
		}
		finally {
			release.countDown();
		}
	}

	@Test
	void portRefusesThoughItsEventLoopIsBlocked() throws Exception {
		assumeThat(Epoll.isAvailable()).as("sockets can be shut down by any thread").isTrue();
		NettySocketServers servers = new NettySocketServers(List::of, 1);
		CountDownLatch release = new CountDownLatch(1);
		SocketServer server = onEventLoop(servers, (payload, session) -> {
			release.await();
			return null;
		});
		InetSocketAddress address = server.localAddress();
		try (Peer peer = new Peer(server); Socket late = new Socket()) {
			peer.send("x\n");
			Awaitility.await().until(() -> server.statistics().messagesReceived() == 1);
			ServerOperations.of(server).beginStop(Duration.ZERO);
			assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> late.connect(address));
		}
		finally {
			release.countDown();
			servers.close();
		}
	}

	@Test
	void dependentsOfSendsThatBlockDoNotKeepServersFromStopping() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		SocketServer server = this.fixture.start(handler((payload, session) -> {
			session.send("hello").thenRun(() -> {
				try {
					release.await();
				}
				catch (InterruptedException ex) {
					throw new IllegalStateException(ex);
				}
			});
			return null;
		}), (spec) -> spec);
		List<Peer> peers = new ArrayList<>();
		try {
			for (int i = 0; i < 8; i++) {
				Peer peer = new Peer(server);
				peers.add(peer);
				assertThat(peer.ask("x")).isEqualTo("hello");
			}
			ServerOperations.of(server).beginStop(Duration.ofSeconds(1));
			server.stopped().get(20, TimeUnit.SECONDS);
		}
		finally {
			release.countDown();
			for (Peer peer : peers) {
				peer.close();
			}
		}
	}

	@Test
	void hugeTimeoutsOfStopAreTaken() {
		SocketServer server = this.fixture.lines((line) -> line, (spec) -> spec);
		assertThat(server.stop(Duration.ofSeconds(Long.MAX_VALUE))).isTrue();
		assertThat(server.state()).isEqualTo(ServerState.STOPPED);
		server.start();
		assertThat(server.stop(Duration.ofSeconds(-5))).isTrue();
	}

	@ParameterizedTest
	@MethodSource("dev.socketserver.netty.ServerFixture#transports")
	void portRefusesWhenStopReturns(SocketTransport transport) throws Exception {
		int port = Ports.free();
		SocketServer server = this.fixture.lines((line) -> line, (spec) -> spec.transport(transport).port(port));
		int rounds = Rounds.of("refuse.rounds", 40, 1_000);
		for (int round = 0; round < rounds; round++) {
			InetSocketAddress address = server.localAddress();
			assertThat(server.stop()).isTrue();
			try (Socket socket = new Socket()) {
				assertThatExceptionOfType(ConnectException.class).as("round %s", round)
					.isThrownBy(() -> socket.connect(address));
			}
			assertThat(server.state()).isEqualTo(ServerState.STOPPED);
			server.start();
		}
	}

	/** Finds nothing, and fails at the end of the input. */
	private static final class FailsAtTheEnd implements Framing {

		@Override
		public String type() {
			return "hostile";
		}

		@Override
		public FrameDecoder decoder(int maxFrameBytes) {
			return new FrameDecoder() {

				@Override
				public boolean next(FrameInput in) {
					return false;
				}

				@Override
				public boolean last(FrameInput in) throws FramingException {
					throw new Hostile();
				}

			};
		}

		@Override
		public void encode(byte[] payload, FrameOutput out) {
			out.write(payload);
		}

	}

	@Every.Way
	void framingThatFailsAtTheEndOfTheInputClosesTheSession(Way way) throws Exception {
		SocketServer server = this.fixture.start(handler((payload, session) -> payload),
				(spec) -> way.spec().apply(spec).framing(new FailsAtTheEnd()));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("half").endOutput().rest()).isEmpty();
		}
		CloseStatus status = this.fixture.nextClosed();
		assertThat(status.reason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
		assertThat(status.detail()).isEqualTo("the framing failed");
	}

	/** Throws what it declares not to, in one of its methods. */
	private record Sneaking(String where) implements Framing {

		private void at(String method) {
			if (method.equals(this.where)) {
				Undeclared.sneak(new IOException(method));
			}
		}

		@Override
		public String type() {
			return "sneaking";
		}

		@Override
		public FrameDecoder decoder(int maxFrameBytes) {
			at("decoder");
			FrameDecoder lines = Framing.line().decoder(maxFrameBytes);
			return new FrameDecoder() {

				@Override
				public boolean next(FrameInput in) throws FramingException {
					at("next");
					return lines.next(in);
				}

				@Override
				public boolean last(FrameInput in) throws FramingException {
					at("last");
					return lines.last(in);
				}

			};
		}

		@Override
		public void encode(byte[] payload, FrameOutput out) {
			out.write(payload);
			at("encode");
			out.writeByte('\n');
		}

	}

	@ParameterizedTest
	@ValueSource(strings = { "next", "last" })
	void framingThatSneaksACheckedExceptionClosesTheSession(String where) throws Exception {
		SocketServer server = this.fixture.start(handler((payload, session) -> payload),
				(spec) -> spec.framing(new Sneaking(where)));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("half").endOutput().rest()).isEmpty();
		}
		CloseStatus status = this.fixture.nextClosed();
		assertThat(status.reason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
		assertThat(status.detail()).isEqualTo("the framing failed");
	}

	@Test
	void framingThatSneaksACheckedExceptionForItsDecoderHasNoSessionsAndIsLogged() throws Exception {
		SocketServer server = this.fixture.start(handler((payload, session) -> payload),
				(spec) -> spec.framing(new Sneaking("decoder")));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.rest()).isEmpty();
		}
		Awaitility.await().until(() -> ((ManagedServer) server).connections() == 0);
		assertThat(server.statistics().opened()).isZero();
		assertThat(this.log.messages(Level.ERROR)).containsExactly("Server 'test': a session could not be created");
	}

	@Test
	void framingThatSneaksACheckedExceptionForTheFarewellKeepsNobodyFromStopping() throws Exception {
		SocketServer server = this.fixture.start(handler((payload, session) -> null),
				(spec) -> spec.framing(new Sneaking("encode")).farewell("bye"));

		try (Peer peer = new Peer(server)) {
			Awaitility.await().until(() -> server.sessions().count() == 1);
			assertThat(server.stop(Duration.ofSeconds(20))).isTrue();
			assertThat(peer.rest()).isEmpty();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.SERVER_STOPPED);
	}

	@Every.Way
	void framingWithoutADecoderFailsTheHandlerThatAsksForIt(Way way) throws Exception {
		Framing broken = new Framing() {

			@Override
			public String type() {
				return "hostile";
			}

			@Override
			public FrameDecoder decoder(int maxFrameBytes) {
				throw new IllegalStateException("no decoder");
			}

			@Override
			public void encode(byte[] payload, FrameOutput out) {
				out.write(payload);
			}

		};
		SocketServer server = this.fixture.start(handler((payload, session) -> {
			session.framing(broken);
			return payload;
		}), (spec) -> way.spec().apply(spec).framing(Framings.line().switchable(true).build()));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("a\nb\n").rest()).isEmpty();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_ERROR);
	}

}
