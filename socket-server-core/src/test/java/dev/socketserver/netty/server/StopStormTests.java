package dev.socketserver.netty.server;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
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
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.SocketTransport;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Servers that are stopped while connections pour in. What happens goes by a seed, which
 * a failure names: {@code -Dstorm.seed=… -Dstorm.rounds=1} runs the round again.
 */
@Tag("long")
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class StopStormTests {

	private static final int ROUNDS = Rounds.of("storm.rounds", 5, 200);

	private static final long SEED = Long.getLong("storm.seed", 19_671_119L);

	private static final int CLIENTS = 4;

	/** Of this start of the server: notified that it has stopped. */
	private volatile boolean stopped;

	private final AtomicInteger opened = new AtomicInteger();

	/** Connections that were reset before connect had returned: some had a session. */
	private final AtomicInteger reset = new AtomicInteger();

	private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

	private final NettySocketServers servers = new NettySocketServers(List.of(new SocketServerListener() {

		@Override
		public void started(SocketServer server) {
			StopStormTests.this.stopped = false;
		}

		@Override
		public void stopped(SocketServer server) {
			StopStormTests.this.stopped = true;
			if (server.statistics().active() != 0) {
				StopStormTests.this.wrong.add("stopped with " + server.statistics().active() + " sessions");
			}
		}

		@Override
		public void opened(SocketSession session) {
			StopStormTests.this.opened.incrementAndGet();
			if (StopStormTests.this.stopped) {
				StopStormTests.this.wrong.add(session.id() + " opened although the server had stopped");
			}
		}

	}));

	private final ExecutorService threads = Executors.newCachedThreadPool();

	@AfterEach
	void end() {
		this.servers.close();
		this.threads.shutdownNow();
	}

	@Every.Transport
	void noSessionOpensAndNobodyConnectsOnceTheServerHasStopped(SocketTransport transport) throws Exception {
		SocketServer server = this.servers.register(ServerSpec.builder("storm")
			.port(Ports.free())
			.transport(transport)
			.handler(ServerHandler.function("echo", PayloadConverter.text(UTF_8), (line) -> line))
			.build());
		Rounds.run("storm", ROUNDS, SEED, (random) -> round(server, random));
	}

	private void round(SocketServer server, Random random) throws Exception {
		this.opened.set(0);
		this.reset.set(0);
		server.start();
		InetSocketAddress address = server.localAddress();
		List<Future<List<Socket>>> clients = new ArrayList<>();
		int stay = random.nextInt(4);
		for (int i = 0; i < CLIENTS; i++) {
			// Whoever stays keeps the server waiting for a second when it has closed.
			boolean leave = stay > 0;
			clients.add(this.threads.submit(() -> storm(address, leave)));
		}
		int enough = 1 + random.nextInt(50);
		Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> this.opened.get() >= enough);

		switch (random.nextInt(3)) {
			case 0 -> server.stop();
			case 1 -> server.stop(Duration.ZERO);
			default -> Patience.await(server.drain(Duration.ofMillis(random.nextInt(20))));
		}

		assertThat(this.stopped).isTrue();
		assertThat(tryToConnect(address)).isNull();
		int connected = 0;
		for (Future<List<Socket>> client : clients) {
			for (Socket socket : Patience.await(client)) {
				connected++;
				assertEnded(socket);
			}
		}
		assertThat(connected + this.reset.get()).isGreaterThanOrEqualTo(enough);
		assertThat(this.wrong).isEmpty();
	}

	/** Connects again and again until it is refused for good; returns who got through. */
	private List<Socket> storm(InetSocketAddress address, boolean leave) throws IOException {
		List<Socket> connected = new ArrayList<>();
		while (true) {
			boolean before = this.stopped;
			Socket socket = tryToConnect(address);
			if (socket != null) {
				connected.add(socket);
				if (leave) {
					endOutput(socket);
				}
				if (before) {
					this.wrong.add(socket + " connected although the server had stopped");
					return connected;
				}
			}
			else if (before) {
				return connected;
			}
		}
	}

	/** Returns a connection, or {@code null} if it was refused. */
	private @Nullable Socket tryToConnect(InetSocketAddress address) throws IOException {
		Socket socket = new Socket();
		try {
			socket.connect(address, Patience.millis());
		}
		catch (SocketTimeoutException ex) {
			throw ex;
		}
		catch (IOException ex) {
			socket.close();
			// Refused, or reset by a listener that closes at this moment.
			assertThat(ex).isInstanceOfAny(ConnectException.class, SocketException.class);
			if (!(ex instanceof ConnectException)) {
				this.reset.incrementAndGet();
			}
			return null;
		}
		if (socket.getLocalSocketAddress().equals(socket.getRemoteSocketAddress())) {
			// Nobody listens, and the system has chosen the same port for this end.
			socket.close();
			return null;
		}
		return socket;
	}

	private static void endOutput(Socket socket) {
		try {
			socket.shutdownOutput();
		}
		catch (IOException ex) {
			// It was reset.
			assertThat(socket.isConnected()).isTrue();
		}
	}

	private static void assertEnded(Socket socket) throws IOException {
		try (socket) {
			socket.setSoTimeout(Patience.millis());
			assertThat(socket.getInputStream().read()).isNegative();
		}
		catch (SocketTimeoutException ex) {
			throw new AssertionError(socket + " was left hanging", ex);
		}
		catch (SocketException ex) {
			// It was reset: that is an end too.
			assertThat(socket.isClosed()).isTrue();
		}
	}

}
