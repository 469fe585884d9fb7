package dev.socketserver.actuate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.actuate.SocketServersEndpoint.SocketServerDescriptor;
import dev.socketserver.actuate.SocketServersEndpoint.TrafficDescriptor;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.framing.FramingPreset;
import dev.socketserver.spec.ExecutionMode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.annotation.ReflectiveRuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.Show;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link SocketServersEndpoint}.
 */
class SocketServersEndpointTests {

	@AutoClose
	private final RunningServers running = new RunningServers();

	private final SocketServersEndpoint endpoint = new SocketServersEndpoint(this.running.servers(), List.of(),
			Show.ALWAYS);

	@Test
	void listsServersInTheOrderOfTheirRegistration() {
		this.running.upper("second");
		this.running.servers().register(RunningServers.upperSpec("first").build());

		assertThat(this.endpoint.socketServers().servers()).extracting(SocketServerDescriptor::name)
			.containsExactly("second", "first");
	}

	@Test
	void showsThePresetOfAFraming() {
		this.running.servers()
			.register(RunningServers.upperSpec("devices").framing(FramingPreset.MLLP.framing()).build());

		assertThat(this.endpoint.socketServer("devices").framing()).isEqualTo("mllp");
	}

	@Test
	void describesAServerWithItsTraffic() throws Exception {
		SocketServer server = this.running.upper("upper");
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			assertThat(peer.ask("hello")).isEqualTo("HELLO");
			await().until(() -> server.statistics().messagesSent() == 1);

			SocketServerDescriptor descriptor = this.endpoint.socketServer("upper");

			assertThat(descriptor).isNotNull();
			assertThat(descriptor.state()).isEqualTo(ServerState.RUNNING);
			assertThat(descriptor.address()).isEqualTo("127.0.0.1:" + descriptor.port());
			assertThat(descriptor.port()).isEqualTo(server.localAddress().getPort());
			assertThat(descriptor.handler()).isEqualTo("upper");
			assertThat(descriptor.framing()).isEqualTo("line");
			assertThat(descriptor.transport()).isIn("nio", "epoll");
			assertThat(descriptor.sessions().active()).isOne();
			assertThat(descriptor.sessions().accepted()).isOne();
			assertThat(descriptor.sessions().rejected()).isZero();
			assertThat(descriptor.bytes()).isEqualTo(new TrafficDescriptor(6, 6));
			assertThat(descriptor.messages()).isEqualTo(new TrafficDescriptor(1, 1));
			assertThat(descriptor.startedAt()).isEqualTo(server.startedAt());
			assertThat(descriptor.failure()).isNull();
		}
		await().until(() -> server.statistics().active() == 0);
		assertThat(this.endpoint.socketServer("upper").sessions().closed()).containsEntry(CloseReason.PEER_CLOSED, 1L);
	}

	@Test
	void describesAServerThatDoesNotListen() {
		this.running.servers().register(RunningServers.upperSpec("upper").build());

		SocketServerDescriptor descriptor = this.endpoint.socketServer("upper");

		assertThat(descriptor.state()).isEqualTo(ServerState.STOPPED);
		assertThat(descriptor.address()).isNull();
		assertThat(descriptor.port()).isNull();
		assertThat(descriptor.transport()).isNull();
		assertThat(descriptor.startedAt()).isNull();
	}

	@Test
	void knowsNoOtherServer() {
		this.running.upper("upper");

		assertThat(this.endpoint.socketServer("lower")).isNull();
		assertThatExceptionOfType(InvalidEndpointRequestException.class).isThrownBy(() -> change("lower", "stop"))
			.withMessageContaining("'lower'");
		assertThatExceptionOfType(InvalidEndpointRequestException.class)
			.isThrownBy(() -> this.endpoint.stopSocketServer("lower"));
	}

	@Test
	void stopReturnsBeforeSessionsHaveEnded() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		SocketServer server = this.running.stream("slow", (in, out, session) -> release.await());
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			await().until(() -> server.statistics().active() == 1);

			SocketServerDescriptor descriptor = change("slow", "stop");

			assertThat(descriptor.state()).isEqualTo(ServerState.DRAINING);
			assertThat(descriptor.sessions().active()).isOne();
			assertThatIllegalStateException().isThrownBy(() -> change("slow", "stop"))
				.withMessageContaining("DRAINING");
			assertThatIllegalStateException().isThrownBy(() -> change("slow", "start"))
				.withMessageContaining("DRAINING");
			release.countDown();
			assertThat(peer.read()).isNull();
		}
		await().until(() -> server.state() == ServerState.STOPPED);
	}

	@Test
	void startsAServerThatWasStopped() throws Exception {
		SocketServer server = this.running.upper("upper");
		this.endpoint.stopSocketServer("upper");
		await().until(() -> server.state() == ServerState.STOPPED);

		SocketServerDescriptor descriptor = change("upper", "start");

		assertThat(descriptor.state()).isEqualTo(ServerState.RUNNING);
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			assertThat(peer.ask("again")).isEqualTo("AGAIN");
		}
	}

	@Test
	void refusesWhatDoesNotFitTheState() {
		SocketServer server = this.running.upper("upper");
		assertThatIllegalStateException().isThrownBy(() -> change("upper", "start")).withMessageContaining("RUNNING");

		server.stop();

		assertThatIllegalStateException().isThrownBy(() -> change("upper", "stop")).withMessageContaining("STOPPED");
		assertThatIllegalStateException().isThrownBy(() -> this.endpoint.stopSocketServer("upper"));
	}

	/** Each waits five seconds for its event loop. */
	@Test
	void obeysThoughTheEventLoopDoesNotAnswer() throws Exception {
		CompletableFuture<?> paused = CompletableFuture.runAsync(() -> obeys("pause", null, ServerState.PAUSED),
				(task) -> new Thread(task).start());
		obeys("stop", "keep", ServerState.DRAINING);
		assertThat(paused).succeedsWithin(Patience.limit());
	}

	private static void obeys(String action, @Nullable String sessions, ServerState state) {
		CountDownLatch release = new CountDownLatch(1);
		try (RunningServers alone = new RunningServers(1)) {
			SocketServer server = RunningServers.started(alone.servers(),
					RunningServers.slow("slow", release).execution((e) -> e.mode(ExecutionMode.EVENT_LOOP)).build());
			try (TestPeer peer = TestPeer.connect(server.localAddress())) {
				peer.send("x\n");
				await().until(() -> server.statistics().messagesReceived() == 1);

				SocketServerDescriptor descriptor = new SocketServersEndpoint(alone.servers(), List.of(), Show.ALWAYS)
					.changeSocketServer("slow", action, null, sessions, null, null, null, null);

				assertThat(descriptor.state()).isEqualTo(state);
				release.countDown();
				assertThat(peer.line()).isEqualTo("x");
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			finally {
				release.countDown();
			}
		}
	}

	@Test
	void refusesActionsThatItDoesNotKnow() {
		this.running.upper("upper");

		assertThatExceptionOfType(InvalidEndpointRequestException.class).isThrownBy(() -> change("upper", "explode"))
			.withMessageContaining("'explode'")
			.withMessageContaining("start, stop, restart, pause, resume, drain");
	}

	@Test
	void reportsWhyAServerCannotStart() throws Exception {
		try (ServerSocket taken = new ServerSocket(Ports.free(), 1, InetAddress.getLoopbackAddress())) {
			this.running.servers()
				.register(RunningServers.upperSpec("upper").address("127.0.0.1").port(taken.getLocalPort()).build());

			assertThatIllegalStateException().isThrownBy(() -> change("upper", "start"))
				.withMessageContaining("'upper'")
				.withMessageContaining(String.valueOf(taken.getLocalPort()));

			SocketServerDescriptor descriptor = this.endpoint.socketServer("upper");
			assertThat(descriptor.state()).isEqualTo(ServerState.FAILED);
			assertThat(descriptor.failure()).contains(String.valueOf(taken.getLocalPort()));
		}
		assertThat(change("upper", "start").failure()).isNull();
	}

	@Test
	void descriptorsCanBeWrittenInANativeImage() {
		RuntimeHints hints = new RuntimeHints();

		new ReflectiveRuntimeHintsRegistrar().registerRuntimeHints(hints, SocketServersEndpointWebExtension.class);
		new ReflectiveRuntimeHintsRegistrar().registerRuntimeHints(hints, SocketSessionsEndpointWebExtension.class);

		assertThat(RuntimeHintsPredicates.reflection().onType(SocketServerDescriptor.class)).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onType(TrafficDescriptor.class)).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onType(SocketSessionsEndpoint.PendingDescriptor.class))
			.accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onType(WebResponses.ErrorDescriptor.class)).accepts(hints);
	}

	@Test
	void whatTheClusterAnswersCanBeWrittenInANativeImage() {
		RuntimeHints hints = new RuntimeHints();

		new ReflectiveRuntimeHintsRegistrar().registerRuntimeHints(hints, SocketClusterEndpointWebExtension.class);

		assertThat(RuntimeHintsPredicates.reflection().onType(SocketClusterEndpoint.RebalanceDescriptor.class))
			.accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onType(WebResponses.ErrorDescriptor.class)).accepts(hints);
	}

	private SocketServerDescriptor change(String server, String action) {
		return this.endpoint.changeSocketServer(server, action, null, null, null, null, null, null);
	}

}
