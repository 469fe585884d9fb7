package dev.socketserver.netty.connect;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.Received;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.Every;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.Heartbeat;
import dev.socketserver.spec.SocketTransport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Our clients and servers with others that speak the protocol of net.async: frames with a
 * length of four bytes before them, empty ones as heartbeats. The other side is written
 * here once more, with plain sockets.
 */
class ClientHeartbeatTests {

	private static final Duration PERIOD = Duration.ofMillis(50);

	private static final Duration SHORT = Duration.ofMillis(500);

	/** So long that a busy machine does not make a peer look dead. */
	private static final Duration PATIENT = Duration.ofSeconds(15);

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	private static ClientSpec.Builder frames(ClientSpec.Builder spec, Heartbeat heartbeat) {
		return spec.framing(Framing.lengthField().build()).heartbeat(heartbeat);
	}

	@Every.Transport
	void ourClientStaysConnectedToTheirServer(SocketTransport transport) throws Exception {
		try (ServerSocket listener = listener()) {
			SocketClient client = this.fixture.start(listener.getLocalPort(),
					(spec) -> frames(spec, new Heartbeat(PERIOD, PATIENT)).transport(transport));
			try (Other server = new Other(listener.accept(), PERIOD, PATIENT)) {
				// Each receives heartbeats although neither has something to send.
				await().atMost(Patience.limit()).until(() -> server.heartbeats.get() >= 5);
				await().atMost(Patience.limit()).until(() -> client.statistics().bytesReceived() >= 5 * 4);
				Patience.await(client.send("from us"));
				server.put("from them");
				await().atMost(Patience.limit()).until(() -> server.messages.contains("from us"));
				assertThat(ClientFixture.next(client)).isInstanceOf(Received.Connected.class);
				assertThat(ClientFixture.next(client)).isEqualTo(new Received.Payload("from them"));
				assertThat(client.receive(Duration.ZERO)).isNull();
				// Heartbeats are no messages.
				assertThat(server.messages).containsExactly("from us");
				assertThat(client.statistics().messagesReceived()).isOne();
				await().until(() -> client.statistics().messagesSent() > 0);
				assertThat(client.statistics().messagesSent()).isOne();
				assertThat(server.failure).isNull();
				this.fixture.awaitEvents("connected");
			}
			assertThat(ClientFixture.next(client)).isInstanceOf(Received.Disconnected.class);
		}
	}

	@Test
	void theirClientStaysConnectedToOurServer() throws Exception {
		SocketServer server = this.fixture.servers.start(
				ServerHandler.function("echo", PayloadConverter.text(UTF_8), (text) -> "<" + text + ">"),
				(spec) -> spec.framing(Framing.lengthField().build()).heartbeat(new Heartbeat(PERIOD, PATIENT)));
		Socket socket = new Socket();
		socket.connect(ClientFixture.address(server));
		try (Other client = new Other(socket, PERIOD, PATIENT)) {
			await().atMost(Patience.limit()).until(() -> client.heartbeats.get() >= 5);
			client.put("hello");
			await().atMost(Patience.limit()).until(() -> client.messages.contains("<hello>"));
			assertThat(client.failure).isNull();
		}
	}

	@Test
	void theirServerLeavesAClientWithoutHeartbeats() throws Exception {
		try (ServerSocket listener = listener()) {
			this.fixture.start(listener.getLocalPort(), (spec) -> spec.framing(Framing.lengthField().build()));
			try (Other server = new Other(listener.accept(), PERIOD, Duration.ofMillis(400))) {
				await().until(() -> server.failure instanceof SocketTimeoutException);
			}
		}
	}

	@Every.Transport
	void serverThatIsFrozenIsLeftForAnother(SocketTransport transport) throws Exception {
		try (ServerSocket listener = listener()) {
			long before = System.nanoTime();
			SocketClient client = this.fixture.start(listener.getLocalPort(),
					(spec) -> frames(spec, new Heartbeat(PERIOD, Duration.ofMillis(400))).transport(transport));
			try (Socket frozen = listener.accept(); Socket next = listener.accept()) {
				assertThat(System.nanoTime() - before).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(400));
				assertThat(List.of(frozen, next)).allMatch(Socket::isConnected);
				await().until(() -> this.fixture.events.size() >= 3);
				assertThat(this.fixture.events).startsWith("connected", "disconnected HEARTBEAT_TIMEOUT", "connected");
				// The next one does not wait until the end of this one has been counted.
				await().until(() -> client.statistics().closed().containsKey(CloseReason.HEARTBEAT_TIMEOUT));
			}
		}
	}

	/** Also those of a frame that takes longer than the timeout. */
	@Test
	void anyByteShowsThatTheServerIsThere() throws Exception {
		Duration timeout = Duration.ofSeconds(1);
		this.fixture.undisturbed(timeout.dividedBy(2), () -> anyByteShowsThatTheServerIsThere(timeout));
	}

	private void anyByteShowsThatTheServerIsThere(Duration timeout) throws Exception {
		ScheduledExecutorService slow = Executors.newSingleThreadScheduledExecutor();
		try (ServerSocket listener = listener()) {
			SocketClient client = this.fixture.start(listener.getLocalPort(),
					(spec) -> frames(spec, new Heartbeat(PERIOD, timeout)));
			try (Socket server = listener.accept()) {
				ClientFixture.await(client, ClientState.CONNECTED);
				server.getOutputStream().write(new byte[] { 0, 0, 100, 0 });
				slow.scheduleAtFixedRate(() -> write(server, 'x'), 0, 20, TimeUnit.MILLISECONDS);
				this.fixture.awaitEvents("connected");
				long begun = System.nanoTime();
				await().atMost(Patience.limit())
					.until(() -> System.nanoTime() - begun > timeout.plus(timeout.dividedBy(2)).toNanos());
				assertThat(this.fixture.events).containsExactly("connected");
				assertThat(client.statistics().messagesReceived()).isZero();
				slow.shutdown();
				await().atMost(Patience.limit())
					.until(() -> this.fixture.events.contains("disconnected HEARTBEAT_TIMEOUT"));
			}
		}
		finally {
			slow.shutdownNow();
		}
	}

	private static void write(Socket socket, int value) {
		try {
			socket.getOutputStream().write(value);
		}
		catch (IOException ex) {
			// It is over.
		}
	}

	/**
	 * Nobody receives, so that the socket is not read: that is no fault of the server's.
	 */
	@Every.Transport
	void serverThatIsNotReadIsNotLeft(SocketTransport transport) throws Exception {
		this.fixture.undisturbed(SHORT.dividedBy(2), () -> leavesNoServerThatIsNotRead(transport));
	}

	private void leavesNoServerThatIsNotRead(SocketTransport transport) throws Exception {
		try (ServerSocket listener = listener()) {
			SocketClient client = this.fixture.start(listener.getLocalPort(),
					(spec) -> frames(spec, new Heartbeat(PERIOD, SHORT)).transport(transport)
						.inbound((inbound) -> inbound.capacity(2)));
			// It sends no heartbeats.
			try (Other server = new Other(listener.accept(), PATIENT, PATIENT)) {
				for (int i = 0; i < 20; i++) {
					server.put("message " + i);
				}
				// Three times as long as it may be silent.
				this.fixture.awaitEvents("connected");
				await().atMost(Patience.limit()).until(() -> server.heartbeats.get() >= 30);
				assertThat(this.fixture.events).containsExactly("connected");

				assertThat(ClientFixture.next(client)).isInstanceOf(Received.Connected.class);
				for (int i = 0; i < 20; i++) {
					assertThat(ClientFixture.next(client)).isEqualTo(new Received.Payload("message " + i));
				}
				Received last = ClientFixture.next(client);
				assertThat(last).isInstanceOf(Received.Disconnected.class);
				assertThat(((Received.Disconnected) last).status().reason()).isEqualTo(CloseReason.HEARTBEAT_TIMEOUT);
			}
		}
	}

	@Test
	void whoHasSomethingToSaySendsNoHeartbeats() throws Exception {
		Duration period = Duration.ofMillis(500);
		this.fixture.undisturbed(period.dividedBy(2), () -> sendsHeartbeatsOnlyWhileItSaysNothing(period));
	}

	private void sendsHeartbeatsOnlyWhileItSaysNothing(Duration period) throws Exception {
		try (ServerSocket listener = listener()) {
			SocketClient client = this.fixture.start(listener.getLocalPort(),
					(spec) -> frames(spec, new Heartbeat(period, PATIENT)));
			try (Other server = new Other(listener.accept(), PATIENT, PATIENT)) {
				ClientFixture.await(client, ClientState.CONNECTED);
				await().pollInterval(PERIOD).until(() -> {
					client.send("busy");
					return server.messages.size() >= 30;
				});
				// One might be due where the machine stood still.
				assertThat(server.heartbeats.get()).isLessThanOrEqualTo(1);
				int before = server.heartbeats.get();
				await().until(() -> server.heartbeats.get() > before + 1);
			}
		}
	}

	private static ServerSocket listener() throws IOException {
		ServerSocket listener = new ServerSocket();
		listener.setSoTimeout(Patience.millis());
		listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
		return listener;
	}

	/**
	 * One side of net.async's protocol, which is the same for both: a thread reads, a
	 * timer sends a heartbeat when nothing was sent for a period.
	 */
	private static final class Other implements AutoCloseable {

		final AtomicInteger heartbeats = new AtomicInteger();

		final Queue<String> messages = new ConcurrentLinkedQueue<>();

		volatile @Nullable IOException failure;

		private final Socket socket;

		private final long periodNanos;

		private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

		private long saidAt = System.nanoTime();

		Other(Socket socket, Duration period, Duration timeout) throws IOException {
			this.socket = socket;
			this.periodNanos = period.toNanos();
			socket.setSoTimeout((int) timeout.toMillis());
			this.timer.scheduleAtFixedRate(this::beat, 0, period.toMillis(), TimeUnit.MILLISECONDS);
			Thread reader = new Thread(this::read);
			reader.setDaemon(true);
			reader.start();
		}

		private void read() {
			try {
				DataInputStream in = new DataInputStream(this.socket.getInputStream());
				while (true) {
					int length = in.readInt();
					if (length == 0) {
						this.heartbeats.incrementAndGet();
					}
					else {
						this.messages.add(new String(in.readNBytes(length), UTF_8));
					}
				}
			}
			catch (IOException ex) {
				this.failure = ex;
			}
		}

		private void beat() {
			try {
				synchronized (this) {
					if (System.nanoTime() - this.saidAt >= this.periodNanos) {
						put("");
					}
				}
			}
			catch (IOException ex) {
				// The reader sees it too.
			}
		}

		synchronized void put(String message) throws IOException {
			this.saidAt = System.nanoTime();
			byte[] bytes = message.getBytes(UTF_8);
			DataOutputStream out = new DataOutputStream(this.socket.getOutputStream());
			out.writeInt(bytes.length);
			out.write(bytes);
		}

		@Override
		public void close() throws IOException {
			this.timer.shutdownNow();
			this.socket.close();
		}

	}

}
