package dev.socketserver.netty.server;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.EngineSpec;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.Peer;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.payload.PayloadConverter;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sessions that go on although their server does not listen any more.
 */
class KeptSessionsTests {

	/** Is over in no test. */
	private static final Duration LONG = Duration.ofHours(1);

	@ParameterizedTest
	@ValueSource(strings = { "stop", "drain" })
	void theyHaveTheirTimeThoughTheNextStartIsCancelled(String end) throws Exception {
		CountDownLatch called = new CountDownLatch(1);
		CountDownLatch reply = new CountDownLatch(1);
		CountDownLatch start = new CountDownLatch(1);
		AtomicReference<Runnable> whenStarting = new AtomicReference<>(() -> {
		});
		ServerHandler handler = ServerHandler.function("slow", PayloadConverter.text(UTF_8), (line) -> {
			called.countDown();
			Patience.hold(reply);
			return line;
		});
		try (NettySocketServers servers = new NettySocketServers(List::of, EngineSpec.defaults(), () -> {
			whenStarting.get().run();
			return null;
		}, List::of)) {
			SocketServer server = servers.register(ServerSpec.builder("test").handler(handler).build());
			server.start();
			try (Peer peer = new Peer(server).send("work\n")) {
				Patience.await(called);
				server.closeListener();
				whenStarting.set(() -> Patience.hold(start));
				CompletableFuture<?> started = CompletableFuture.runAsync(server::start);
				Awaitility.await().until(() -> server.state() == ServerState.STARTING);
				if (end.equals("stop")) {
					ServerOperations.of(server).beginStop(LONG);
				}
				else {
					server.drain(LONG);
				}
				CompletableFuture<?> stopped = server.stopped();
				start.countDown();
				Awaitility.await().until(started::isDone);
				assertThat(ServerOperations.of(server).endsAsked()).isOne();

				reply.countDown();
				assertThat(peer.line()).isEqualTo("work");
				peer.endOutput();
				Patience.await(stopped);
			}
			assertThat(server.state()).isEqualTo(ServerState.STOPPED);
		}
		finally {
			start.countDown();
			reply.countDown();
		}
	}

}
