package dev.socketserver.netty.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.engine.server.ManagedServer;
import dev.socketserver.fixtures.Transitions;
import dev.socketserver.netty.EngineSpec;
import dev.socketserver.netty.NettyPipelineCustomizer;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.payload.PayloadConverter;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import static dev.socketserver.ServerState.DRAINING;
import static dev.socketserver.ServerState.FAILED;
import static dev.socketserver.ServerState.PAUSED;
import static dev.socketserver.ServerState.RUNNING;
import static dev.socketserver.ServerState.STARTING;
import static dev.socketserver.ServerState.STOPPED;
import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Each server has one session, which lasts until its peer or the server ends it.
 */
class ServerStateTests {

	private static final Duration LONG = Duration.ofSeconds(30);

	/** What a start waits for, and perhaps fails with. */
	private CompletableFuture<List<NettyPipelineCustomizer>> starts = new CompletableFuture<>();

	private final AtomicInteger number = new AtomicInteger();

	private final NettySocketServers servers = new NettySocketServers(List::of,
			EngineSpec.defaults().eventLoopThreads(1), () -> null, () -> this.starts.join());

	@AfterEach
	void close() {
		this.servers.close();
	}

	@TestFactory
	Stream<DynamicTest> transitions() {
		return Transitions.of(ServerState.class, Subject::new, (subject) -> subject.server.state())
			.reached(STOPPED, (subject) -> {
			})
			.reached(STARTING, Subject::begin)
			.reached(RUNNING, Subject::start)
			.reached(PAUSED, (subject) -> {
				subject.start();
				subject.server.pause();
			})
			.reached(DRAINING, (subject) -> {
				subject.start();
				subject.server.drain(LONG);
			})
			.reached(FAILED, Subject::startInVain)
			.on("start", Subject::startAgain, Map.of(STOPPED, RUNNING, FAILED, RUNNING))
			.on("start, which cannot listen", Subject::startInVain, Map.of(STOPPED, FAILED))
			.on("listens", Subject::listens, Map.of(STARTING, RUNNING))
			.on("cannot listen", Subject::cannotListen, Map.of(STARTING, FAILED))
			.on("pause", (subject) -> subject.server.pause(), Map.of(RUNNING, PAUSED))
			.on("resume", (subject) -> subject.server.resume(), Map.of(PAUSED, RUNNING))
			.on("drain", (subject) -> subject.server.drain(LONG), Map.of(RUNNING, DRAINING, PAUSED, DRAINING))
			.on("the sessions have ended", Subject::leave, Map.of(DRAINING, STOPPED))
			.on("the sessions are kept", (subject) -> subject.server.closeListener(),
					Map.of(RUNNING, STOPPED, PAUSED, STOPPED))
			.on("restart", (subject) -> subject.server.restart(Duration.ZERO),
					Map.of(PAUSED, RUNNING, DRAINING, RUNNING))
			.on("restart, and stop before that", (subject) -> {
				subject.server.restart(Duration.ZERO);
				subject.stop();
			}, Map.of(RUNNING, STOPPED, PAUSED, STOPPED, DRAINING, STOPPED, FAILED, STOPPED))
			.on("stop", Subject::stop, Map.of(RUNNING, STOPPED, PAUSED, STOPPED, DRAINING, STOPPED, FAILED, STOPPED))
			.on("stop, and the attempt is over", (subject) -> {
				subject.stop();
				subject.listens();
			}, Map.of(STARTING, STOPPED, RUNNING, STOPPED, PAUSED, STOPPED, DRAINING, STOPPED, FAILED, STOPPED))
			.tests();
	}

	private final class Subject implements AutoCloseable {

		private final ManagedServer server = (ManagedServer) ServerStateTests.this.servers
			.register(ServerSpec.builder("test" + ServerStateTests.this.number.incrementAndGet())
				.handler(ServerHandler.function("lines", PayloadConverter.text(UTF_8), (line) -> line))
				.build());

		private @Nullable CompletableFuture<Void> starting;

		private @Nullable Socket peer;

		/** Begins a start on another thread, which waits. */
		void begin() {
			ServerStateTests.this.starts = new CompletableFuture<>();
			this.starting = CompletableFuture.runAsync(this.server::start);
			Awaitility.await().until(() -> this.server.state() == STARTING);
		}

		void listens() {
			ServerStateTests.this.starts.complete(List.of());
			awaitStart();
		}

		void cannotListen() {
			ServerStateTests.this.starts.completeExceptionally(new IllegalArgumentException("not today"));
			awaitStart();
		}

		private void awaitStart() {
			if (this.starting != null) {
				this.starting.handle((started, failure) -> null).join();
			}
		}

		void start() {
			startAgain();
			try {
				InetSocketAddress address = Objects.requireNonNull(this.server.localAddress());
				this.peer = new Socket(address.getAddress(), address.getPort());
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			Awaitility.await().until(() -> this.server.sessions().findAny().isPresent());
		}

		void startAgain() {
			if (this.server.state() != STARTING) {
				ServerStateTests.this.starts = CompletableFuture.completedFuture(List.of());
			}
			this.server.start();
		}

		void startInVain() {
			if (this.server.state() != STARTING) {
				ServerStateTests.this.starts = CompletableFuture
					.failedFuture(new IllegalArgumentException("not today"));
			}
			try {
				this.server.start();
			}
			catch (CompletionException ex) {
				// As it should.
			}
		}

		void stop() {
			this.server.beginStop(Duration.ZERO);
		}

		void leave() {
			try {
				if (this.peer != null) {
					this.peer.close();
				}
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		@Override
		public void close() {
			listens();
			leave();
			this.server.stop(Duration.ZERO);
		}

	}

}
