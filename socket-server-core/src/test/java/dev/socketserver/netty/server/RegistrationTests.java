package dev.socketserver.netty.server;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

import ch.qos.logback.classic.Level;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerStartException;
import dev.socketserver.ServerStartException.Problem;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.EngineSpec;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.Peer;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.payload.PayloadConverter;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for what listeners are notified of servers that are registered and removed.
 */
class RegistrationTests {

	@RegisterExtension
	final LogLines lines = new LogLines(SocketServer.class);

	private final List<String> events = new CopyOnWriteArrayList<>();

	private final NettySocketServers servers = new NettySocketServers(List.of(new SocketServerListener() {

		@Override
		public void registered(SocketServer server) {
			record("registered", server);
		}

		@Override
		public void started(SocketServer server) {
			record("started", server);
		}

		@Override
		public void stopped(SocketServer server) {
			record("stopped", server);
		}

		@Override
		public void removed(SocketServer server) {
			record("removed", server);
		}

		private void record(String what, SocketServer server) {
			RegistrationTests.this.events.add(what + " " + server.name() + " " + server.state());
		}

	}));

	@AfterEach
	void close() {
		this.servers.close();
	}

	@Test
	void registrationIsNotifiedFirstAndRemovalLast() {
		this.servers.register(spec("upper")).start();

		assertThat(this.servers.remove("upper")).isTrue();

		assertThat(this.events).containsExactly("registered upper STOPPED", "started upper RUNNING",
				"stopped upper STOPPED", "removed upper STOPPED");
	}

	@Test
	void removalOfAServerThatNeverRanIsNotified() {
		this.servers.register(spec("upper"));

		assertThat(this.servers.remove("upper")).isTrue();
		assertThat(this.servers.remove("upper")).isFalse();

		assertThat(this.events).containsExactly("registered upper STOPPED", "removed upper STOPPED");
	}

	@Test
	void aRefusedRegistrationIsNotNotified() {
		this.servers.register(spec("upper"));

		assertThatIllegalArgumentException().isThrownBy(() -> this.servers.register(spec("upper")));

		assertThat(this.events).containsExactly("registered upper STOPPED");
	}

	@Test
	void noServerStartsOnceAllAreClosed() {
		NettySocketServers closing = new NettySocketServers(List.of(onStop(SocketServer::start)));
		SocketServer server = closing.register(spec("upper"));
		server.start();

		closing.close();

		assertThat(server.state()).isEqualTo(ServerState.STOPPED);
		assertThatIllegalStateException().isThrownBy(server::start);
		assertThatIllegalStateException().isThrownBy(() -> closing.register(spec("other")));
	}

	@Test
	void aServerThatIsBeingRemovedIsClosedToo() throws Exception {
		CountDownLatch handling = new CountDownLatch(1);
		CountDownLatch never = new CountDownLatch(1);
		NettySocketServers closing = new NettySocketServers(List.of());
		SocketServer server = closing.register(ServerSpec.builder("upper")
			.handler(ServerHandler.function("waiting", PayloadConverter.text(StandardCharsets.UTF_8), (line) -> {
				handling.countDown();
				Patience.hold(never);
				return line;
			}))
			.drainTimeout(Duration.ofMinutes(10))
			.build());
		server.start();
		try (Peer peer = new Peer(server)) {
			peer.send("a line\n");
			handling.await();
			CompletableFuture<Boolean> removed = CompletableFuture.supplyAsync(() -> closing.remove("upper"));
			Awaitility.await().until(() -> server.state() == ServerState.DRAINING);

			closing.close();

			assertThat(server.state()).isEqualTo(ServerState.STOPPED);
			assertThat(removed.get()).isTrue();
		}
		finally {
			never.countDown();
		}
	}

	@Test
	void allAreClosedByWhoIsNotifiedOfAStop() throws Exception {
		Closing closing = new Closing(1);
		NettySocketServers stopping = closing.servers(onStop((server) -> closing.closeAll()));
		SocketServer server = stopping.register(spec("upper"));
		server.start();

		ServerOperations.of(server).beginStop(Duration.ZERO);

		closing.awaitClosed(List.of(server));
	}

	@Test
	void whoIsNotifiedOfAStopHasItBehindThem() throws Exception {
		CompletableFuture<CompletableFuture<@Nullable Void>> found = new CompletableFuture<>();
		IllegalStateException failure = new IllegalStateException("no");
		try (NettySocketServers shooting = new NettySocketServers(List.of(onStop((server) -> {
			CompletableFuture<@Nullable Void> stopped = server.stopped();
			found.complete(stopped.isDone() ? stopped : new CompletableFuture<>());
		})))) {
			SocketServer server = shooting.register(ServerSpec.builder("shot")
				.handler(ServerHandler.function("failing", PayloadConverter.text(StandardCharsets.UTF_8), (line) -> {
					throw failure;
				}))
				.oneShot(true)
				.build());
			server.start();
			try (Peer peer = new Peer(server)) {
				peer.send("a line\n");
				assertThat(found.get()).failsWithin(Duration.ZERO)
					.withThrowableOfType(ExecutionException.class)
					.havingCause()
					.isSameAs(failure);
			}
		}
	}

	@Test
	void moreEventLoopsThanThereIsMemoryForAreNamed() {
		try (NettySocketServers many = new NettySocketServers(List::of, Integer.MAX_VALUE)) {
			SocketServer server = many.register(spec("upper"));

			assertThatExceptionOfType(ServerStartException.class).isThrownBy(server::start)
				.satisfies((failure) -> assertThat(failure.problem()).isEqualTo(Problem.NO_EVENT_LOOPS))
				.withMessageContaining("2147483647 event loops");
		}
	}

	/** As one that calls System.exit() does, which waits for whoever closes them. */
	@Test
	void aListenerThatDoesNotReturnIsNotWaitedForForEver() {
		CountDownLatch exited = new CountDownLatch(1);
		NettySocketServers stopping = new NettySocketServers(List.of(onStop((server) -> Patience.hold(exited))));
		SocketServer server = stopping.register(spec("upper"));
		server.start();

		try {
			stopping.close();

			assertThat(server.state()).isEqualTo(ServerState.STOPPED);
			assertThat(this.lines.messages(Level.WARN)).containsExactly(
					"'upper' was closed, and has not stopped within ten seconds: a listener may not have returned");
		}
		finally {
			exited.countDown();
		}
	}

	@Test
	void allAreClosedByWhoeverIsNotifiedWhenSeveralStopAtOnce() throws Exception {
		Closing closing = new Closing(2);
		NettySocketServers stopping = closing.servers(onStop((server) -> closing.closeAll()));
		List<SocketServer> servers = List.of(stopping.register(spec("upper")), stopping.register(spec("other")));
		servers.forEach(SocketServer::start);

		servers.forEach((server) -> ServerOperations.of(server).beginStop(Duration.ZERO));

		closing.awaitClosed(servers);
	}

	@Test
	void allAreClosedByWhoeverIsNotifiedWhenSeveralStartAtOnce() throws Exception {
		Closing closing = new Closing(2);
		NettySocketServers starting = closing.servers(new SocketServerListener() {

			@Override
			public void started(SocketServer server) {
				closing.closeAll();
			}

		});
		List<SocketServer> servers = List.of(starting.register(spec("upper")), starting.register(spec("other")));

		servers.forEach((server) -> new Thread(server::start).start());

		closing.awaitClosed(servers);
	}

	/** As System.exit() does, which leaves the rest to threads of its own. */
	@Test
	void whoIsNotifiedOfAStopMayWaitForOthersWhoStopTheServer() throws Exception {
		CountDownLatch stopped = new CountDownLatch(1);
		try (NettySocketServers stopping = new NettySocketServers(List.of(onStop((server) -> {
			CompletableFuture.runAsync(() -> ServerOperations.of(server).beginStop(Duration.ZERO)).join();
			stopped.countDown();
		})))) {
			SocketServer server = stopping.register(spec("upper"));
			server.start();

			ServerOperations.of(server).beginStop(Duration.ZERO);

			stopped.await();
		}
	}

	/** No listener is notified of a start before the stop that was before it. */
	@Test
	void aServerStartsAgainWhenItsStopHasBeenNotified() throws Exception {
		CountDownLatch notifying = new CountDownLatch(1);
		CountDownLatch mayReturn = new CountDownLatch(1);
		List<String> received = new CopyOnWriteArrayList<>();
		try (NettySocketServers stopping = new NettySocketServers(List.of(new SocketServerListener() {

			@Override
			public void started(SocketServer server) {
				received.add("started");
			}

			@Override
			public void stopped(SocketServer server) {
				notifying.countDown();
				Patience.hold(mayReturn);
				received.add("stopped");
			}

		}))) {
			SocketServer server = stopping.register(spec("upper"));
			server.start();
			ServerOperations.of(server).beginStop(Duration.ZERO);
			notifying.await();

			CompletableFuture<Void> again = CompletableFuture.runAsync(server::start);
			assertThat(again).isNotDone();
			mayReturn.countDown();
			again.get();
			assertThat(received).containsExactly("started", "stopped", "started");
		}
	}

	/** A restart is asked for before, and taken back while listeners are notified. */
	@Test
	void aStopTakesARestartBackWhileTheStopBeforeItIsReported() throws Exception {
		CompletableFuture<Boolean> first = new CompletableFuture<>();
		try (NettySocketServers stopping = new NettySocketServers(
				List.of(onStop((server) -> first.complete(ServerOperations.of(server).beginStop(Duration.ZERO)))))) {
			SocketServer server = stopping.register(spec("upper"));
			server.start();
			CompletableFuture<@Nullable Void> stopped = server.stopped();

			server.restart(Duration.ZERO);

			assertThat(first.get()).isTrue();
			stopped.get();
			assertThat(server.state()).isEqualTo(ServerState.STOPPED);
		}
	}

	@Test
	void aRestartThatIsStoppedWhileItStartsIsNoFailure() throws Exception {
		CountDownLatch startsAgain = new CountDownLatch(2);
		CountDownLatch goOn = new CountDownLatch(1);
		try (NettySocketServers stopping = new NettySocketServers(List::of, EngineSpec.defaults().eventLoopThreads(1),
				() -> null, () -> {
					startsAgain.countDown();
					if (startsAgain.getCount() == 0) {
						Patience.hold(goOn);
					}
					return List.of();
				})) {
			SocketServer server = stopping.register(spec("upper"));
			server.start();
			server.restart(Duration.ZERO);
			startsAgain.await();

			assertThat(ServerOperations.of(server).beginStop(Duration.ZERO)).isTrue();
			goOn.countDown();

			server.stopped().get();
			Awaitility.await()
				.until(() -> Thread.getAllStackTraces()
					.keySet()
					.stream()
					.noneMatch((thread) -> thread.getName().equals("socket-server-transition")));
			assertThat(server.state()).isEqualTo(ServerState.STOPPED);
			assertThat(this.lines.messages(Level.ERROR)).isEmpty();
		}
	}

	/** The wait has an end, and what the listeners keep of the server must have one. */
	@Test
	void aRemovalIsNotifiedAlsoWhereTheStopTookTooLongToBeNotified() throws Exception {
		CountDownLatch mayReturn = new CountDownLatch(1);
		CountDownLatch removed = new CountDownLatch(1);
		try (NettySocketServers stopping = new NettySocketServers(List.of(new SocketServerListener() {

			@Override
			public void stopped(SocketServer server) {
				Patience.hold(mayReturn);
			}

			@Override
			public void removed(SocketServer server) {
				removed.countDown();
			}

		}))) {
			stopping.register(builder("upper").drainTimeout(Duration.ZERO).build()).start();

			assertThatIllegalStateException().isThrownBy(() -> stopping.remove("upper"))
				.withMessage("Server 'upper' has not stopped 5 s after its time to stop: "
						+ "a listener may not have returned");
			assertThat(stopping.server("upper")).isEmpty();
			mayReturn.countDown();

			Patience.await(removed);
		}
		finally {
			mayReturn.countDown();
		}
	}

	private static SocketServerListener onStop(Consumer<SocketServer> action) {
		return new SocketServerListener() {

			@Override
			public void stopped(SocketServer server) {
				action.accept(server);
			}

		};
	}

	private static ServerSpec spec(String name) {
		return builder(name).build();
	}

	private static ServerSpec.Builder builder(String name) {
		return ServerSpec.builder(name)
			.handler(ServerHandler.function("upper", PayloadConverter.text(StandardCharsets.UTF_8),
					String::toUpperCase));
	}

	/** Has each of several listeners close all servers, when all of them are notified. */
	private static final class Closing {

		private final CyclicBarrier allAreTold;

		private final CountDownLatch closed;

		private final CompletableFuture<NettySocketServers> servers = new CompletableFuture<>();

		Closing(int listeners) {
			this.allAreTold = new CyclicBarrier(listeners);
			this.closed = new CountDownLatch(listeners);
		}

		NettySocketServers servers(SocketServerListener listener) {
			NettySocketServers made = new NettySocketServers(List.of(listener));
			this.servers.complete(made);
			return made;
		}

		void closeAll() {
			try {
				this.allAreTold.await();
			}
			catch (InterruptedException | BrokenBarrierException ex) {
				throw new IllegalStateException(ex);
			}
			this.servers.join().close();
			this.closed.countDown();
		}

		void awaitClosed(List<SocketServer> servers) throws Exception {
			this.closed.await();
			for (SocketServer server : servers) {
				server.stopped().get();
			}
		}

	}

}
