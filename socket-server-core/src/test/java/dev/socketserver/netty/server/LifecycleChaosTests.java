package dev.socketserver.netty.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.SocketTransport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Everything that can be done to a server, by several threads at once and under clients,
 * and then a stop. What happens goes by a seed, which a failure names:
 * {@code -Dchaos.seed=… -Dchaos.rounds=1} runs the round again.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class LifecycleChaosTests {

	private static final int ROUNDS = Rounds.of("chaos.rounds", 10, 500);

	private static final long SEED = Long.getLong("chaos.seed", 20_040_229L);

	private static final int THREADS = 3;

	private static final int STEPS = 8;

	private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

	private final Queue<String> steps = new ConcurrentLinkedQueue<>();

	private volatile boolean listening;

	private final NettySocketServers servers = new NettySocketServers(List.of(new SocketServerListener() {

		@Override
		public void started(SocketServer server) {
			if (LifecycleChaosTests.this.listening) {
				LifecycleChaosTests.this.wrong.add("started twice");
			}
			LifecycleChaosTests.this.listening = true;
		}

		@Override
		public void stopped(SocketServer server) {
			if (!LifecycleChaosTests.this.listening) {
				LifecycleChaosTests.this.wrong.add("stopped without a start");
			}
			LifecycleChaosTests.this.listening = false;
		}

		@Override
		public void failed(SocketServer server, Throwable cause) {
			LifecycleChaosTests.this.wrong.add("failed: " + cause);
		}

	}));

	private final ExecutorService threads = Executors.newCachedThreadPool();

	@AfterEach
	void end() {
		this.servers.close();
		this.threads.shutdownNow();
	}

	@Every.Transport
	void whateverIsDoneToAServerItStopsAtTheEnd(SocketTransport transport) throws Exception {
		int port = Ports.free();
		SocketServer server = this.servers.register(ServerSpec.builder("chaos")
			.port(port)
			.transport(transport)
			.farewell("bye")
			.handler(ServerHandler.function("echo", PayloadConverter.text(UTF_8), (line) -> line))
			.build());
		for (int round = 0; round < ROUNDS; round++) {
			long seed = SEED + round;
			this.steps.clear();
			try {
				round(server, new InetSocketAddress(InetAddress.getLoopbackAddress(), port), seed);
			}
			catch (Exception | AssertionError ex) {
				throw new AssertionError("-Dchaos.seed=" + seed + " -Dchaos.rounds=1, behind " + this.steps, ex);
			}
		}
	}

	private void round(SocketServer server, InetSocketAddress address, long seed) throws Exception {
		AtomicBoolean over = new AtomicBoolean();
		Future<?> client = this.threads.submit(() -> churn(address, over));
		List<Future<?>> actors = new ArrayList<>();
		for (int i = 0; i < THREADS; i++) {
			Random random = new Random(seed * THREADS + i);
			actors.add(this.threads.submit(() -> act(server, random)));
		}
		for (Future<?> actor : actors) {
			Patience.await(actor);
		}

		ServerOperations.of(server).beginStop(Duration.ofMillis(50));
		Patience.await(server.stopped());

		assertThat(server.state()).isEqualTo(ServerState.STOPPED);
		assertThat(server.localAddress()).isNull();
		assertThat(server.statistics().active()).isZero();
		assertThat(this.listening).isFalse();
		assertThat(this.wrong).isEmpty();
		over.set(true);
		Patience.await(client);
		try (ServerSocket free = new ServerSocket()) {
			free.setReuseAddress(true);
			free.bind(address);
		}
	}

	private void act(SocketServer server, Random random) {
		for (int i = 0; i < STEPS; i++) {
			Duration timeout = Duration.ofMillis(random.nextInt(30));
			int step = random.nextInt(8);
			this.steps.add(step + " while " + server.state());
			try {
				switch (step) {
					case 0, 1 -> server.start();
					case 2 -> server.stop(timeout);
					case 3 -> server.pause();
					case 4 -> server.resume();
					case 5 -> assertThat(server.drain(timeout)).isNotNull();
					case 6 -> server.restart(timeout);
					default -> server.closeListener();
				}
			}
			catch (IllegalStateException ex) {
				// It cannot start now, or somebody has stopped it meanwhile. On a busy
				// machine
				// a stop may take longer than is waited for: that it ends is checked
				// later.
				assertThat(ex.getMessage()).containsAnyOf("start", "has not stopped");
			}
		}
	}

	private static void churn(InetSocketAddress address, AtomicBoolean over) {
		while (!over.get()) {
			try (Socket socket = new Socket()) {
				socket.connect(address, 10_000);
				socket.setSoTimeout(1_000);
				if (socket.getLocalPort() != address.getPort()) {
					socket.getOutputStream().write("echo\n".getBytes(UTF_8));
					assertThat(socket.getInputStream().read()).isNotZero();
				}
			}
			catch (IOException ex) {
				// Refused, or ended, as it should be now and then, or left waiting by a
				// pause.
				Thread.yield();
			}
		}
	}

}
