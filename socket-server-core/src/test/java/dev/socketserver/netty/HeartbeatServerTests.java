package dev.socketserver.netty;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ConnectionHandler;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.Heartbeat;
import dev.socketserver.spec.SocketTransport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/** Heartbeats over sockets, with a peer that knows nothing of our code. */
@Tag("virtual-threads")
class HeartbeatServerTests {

	private static final Duration PERIOD = Duration.ofMillis(50);

	private static final Duration SHORT = Duration.ofMillis(500);

	/** So long the machine may stand still before a peer is cut that is there. */
	private static final Duration DISTURBANCE = SHORT.dividedBy(4);

	/** How many bytes heartbeats have that are sent for twice as long. */
	private static final int TWICE = (int) (2 * SHORT.dividedBy(PERIOD)) * 4;

	/** So long that a busy machine does not make a peer look dead. */
	private static final Duration PATIENT = Duration.ofSeconds(15);

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	private SocketServer echo(Way way, Heartbeat heartbeat) {
		return this.fixture.lines((text) -> text,
				(spec) -> way.spec().apply(spec).framing(Framing.lengthField().build()).heartbeat(heartbeat));
	}

	@Every.Way
	void sidesThatHaveNothingToSayStayConnected(Way way) throws Exception {
		SocketServer server = echo(way, new Heartbeat(PERIOD, PATIENT));
		try (Peer peer = new Peer(server); Client client = new Client(peer, PERIOD, PATIENT)) {
			SocketSession session = ServerFixture.session(server);
			await().atMost(Patience.limit()).until(() -> client.heartbeats.get() >= 5);
			await().atMost(Patience.limit()).until(() -> session.info().bytesReceived() >= 5 * 4);
			client.put("hello");
			await().until(() -> client.messages.contains("hello"));
			assertThat(session.info().messagesReceived()).isOne();
			// Counted behind those of the session.
			await().until(() -> server.statistics().messagesSent() > 0);
			assertThat(session.info().messagesSent()).isOne();
			assertThat(server.statistics().messagesSent()).isOne();
			assertThat(client.failure).isNull();
			assertThat(this.fixture.closed).isEmpty();
		}
	}

	@Every.Way
	void peerThatIsFrozenIsAborted(Way way) throws Exception {
		SocketServer server = echo(way, new Heartbeat(PERIOD, Duration.ofMillis(400)));
		long before = System.nanoTime();
		try (Peer peer = this.fixture.peerInTime(server, new byte[] { 0, 0, 0, 1, 'a' })) {
			assertThat(peer.localPort()).isPositive();
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HEARTBEAT_TIMEOUT);
			assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofMillis(400));
		}
	}

	@Test
	void anEmptyFarewellWouldBeAHeartbeat() {
		ServerSpec.Builder spec = ServerSpec.builder("frames")
			.handler(ServerHandler.function("frames", PayloadConverter.bytes(), (frame) -> frame))
			.framing(Framing.lengthField().build())
			.heartbeat(Heartbeat.of(PERIOD));

		assertThatIllegalArgumentException().isThrownBy(() -> spec.farewell("").build())
			.withMessageContaining("farewell");
		assertThat(spec.farewell(null).build().farewell()).isNull();
	}

	@Test
	void serverWithoutHeartbeatsIsLeftByAPeerThatExpectsThem() throws Exception {
		SocketServer server = this.fixture.lines((text) -> null, (spec) -> spec.framing(Framing.lengthField().build()));
		try (Peer peer = new Peer(server); Client client = new Client(peer, PERIOD, Duration.ofMillis(400))) {
			await().until(() -> client.failure != null);
			assertThat(client.failure).isInstanceOf(SocketTimeoutException.class);
		}
	}

	@Every.Transport
	void peerThatIsNotReadIsNotCut(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.connections(new ConnectionHandler<Void>() {

			@Override
			public @Nullable Void opened(SocketSession session) {
				session.pauseReads();
				return null;
			}

			@Override
			public @Nullable Void received(@Nullable Void state, ByteBuffer data, SocketSession session) {
				throw new IllegalStateException("Nothing is sent");
			}

		}, (spec) -> spec.transport(transport)
			.framing(Framing.lengthField().build())
			.heartbeat(new Heartbeat(PERIOD, SHORT)));
		// It is cut if its handler has no processor for as long as that.
		this.fixture.undisturbed(server, DISTURBANCE, () -> {
			try (Peer peer = new Peer(server)) {
				SocketSession session = this.fixture.firstOpened();
				assertThat(peer.bytes(TWICE)).containsOnly(0);
				assertThat(this.fixture.closed).isEmpty();
				session.resumeReads();
				assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HEARTBEAT_TIMEOUT);
			}
		});
	}

	@Every.BlockingWay
	void peerWhoseMessagesWaitForTheHandlerIsNotCut(Way way) throws Exception {
		Semaphore handled = new Semaphore(0);
		SocketServer server = this.fixture.lines((text) -> {
			handled.acquireUninterruptibly();
			return text;
		}, (spec) -> way.spec()
			.apply(spec)
			.framing(Framing.lengthField().build())
			.inbound((i) -> i.capacity(1))
			.heartbeat(new Heartbeat(PERIOD, SHORT)));
		this.fixture.undisturbed(server, DISTURBANCE, () -> {
			// No session of an attempt before is left that would take more.
			handled.drainPermits();
			try (Peer peer = new Peer(server)) {
				peer.send("\0\0\0\1a\0\0\0\1b\0\0\0\1c\0\0\0\1d");
				assertThat(peer.bytes(TWICE)).containsOnly(0);
				assertThat(this.fixture.closed).isEmpty();
				handled.release(4);
				DataInputStream in = new DataInputStream(peer.in());
				String messages = "";
				while (messages.length() < 4) {
					messages += new String(in.readNBytes(in.readInt()), UTF_8);
				}
				assertThat(messages).isEqualTo("abcd");
			}
			finally {
				handled.release(4);
			}
		});
	}

	@Every.Transport
	void peerThatReadsSlowlyIsNotCutAndGetsNoHeartbeatsInBetween(SocketTransport transport) throws Exception {
		String large = "x".repeat(8_000_000);
		SocketServer server = this.fixture.lines((text) -> large,
				(spec) -> spec.transport(transport)
					.framing(Framing.lengthField().build())
					.heartbeat(new Heartbeat(PERIOD, Duration.ofSeconds(2))));
		this.fixture.undisturbed(server, Duration.ofSeconds(1), () -> readSlowly(server, large));
	}

	private void readSlowly(SocketServer server, String large) throws Exception {
		try (Peer peer = new Peer(server, 32 * 1024)) {
			SocketSession session = ServerFixture.session(server);
			peer.send("\0\0\0\1a");
			await().until(() -> session.info().pendingBytes() > 0);
			long sent = session.info().bytesSent();
			long end = System.nanoTime() + Duration.ofMillis(2500).toNanos();
			await().atMost(Patience.limit()).pollInterval(PERIOD).until(() -> {
				peer.send("\0\0\0\0");
				return System.nanoTime() > end;
			});
			assertThat(this.fixture.closed).isEmpty();
			// The length of the reply may be counted a moment later. Fifty heartbeats
			// have
			// 200 bytes.
			assertThat(session.info().bytesSent() - sent).isIn(0L, 4L);
			DataInputStream in = new DataInputStream(peer.in());
			int length = in.readInt();
			while (length == 0) {
				length = in.readInt();
			}
			assertThat(new String(in.readNBytes(length), UTF_8)).isEqualTo(large);
		}
	}

	@Every.BlockingWay
	void conversationsHaveHeartbeatsAndNoEmptyMessages(Way way) throws Exception {
		SocketServer server = this.fixture.conversations((conversation) -> {
			for (String text = conversation.receive(); text != null; text = conversation.receive()) {
				try {
					conversation.send(text.equals("nothing") ? "" : text);
				}
				catch (IllegalArgumentException ex) {
					conversation.send("refused");
				}
			}
		}, (spec) -> way.spec()
			.apply(spec)
			.framing(Framing.lengthField().build())
			.heartbeat(new Heartbeat(PERIOD, PATIENT)));
		try (Peer peer = new Peer(server); Client client = new Client(peer, PERIOD, PATIENT)) {
			await().atMost(Patience.limit()).until(() -> client.heartbeats.get() >= 3);
			client.put("one");
			client.put("nothing");
			client.put("two");
			await().until(() -> client.messages.size() == 3);
			assertThat(client.messages).containsExactly("one", "refused", "two");
			assertThat(this.fixture.closed).isEmpty();
		}
	}

	@Test
	void emptyReplyEndsTheSessionAndIsNamed() throws Exception {
		SocketServer server = this.fixture.start(
				ServerHandler.function("f", PayloadConverter.text(UTF_8), (text) -> ""),
				(spec) -> spec.framing(Framing.lengthField().build()).heartbeat(Heartbeat.of(Duration.ofSeconds(5))));
		try (Peer peer = new Peer(server)) {
			peer.send("\0\0\0\1a");
			CloseStatus status = this.fixture.nextClosed();
			assertThat(status.reason()).isEqualTo(CloseReason.HANDLER_ERROR);
			assertThat(status.cause()).hasMessageContaining("an empty frame is a heartbeat");
		}
	}

	/**
	 * A client of the protocol: 4 bytes of length before each message, no message is a
	 * heartbeat, any byte is a sign of life.
	 */
	private static final class Client implements AutoCloseable {

		private final Peer peer;

		private final long period;

		private final Duration timeout;

		private final Queue<String> messages = new ConcurrentLinkedQueue<>();

		private final AtomicInteger heartbeats = new AtomicInteger();

		private volatile @Nullable IOException failure;

		private volatile boolean over;

		private long written = System.nanoTime();

		Client(Peer peer, Duration period, Duration timeout) {
			this.peer = peer;
			this.period = period.toMillis();
			this.timeout = timeout;
			new Thread(this::read, "heartbeat client in").start();
			new Thread(this::beat, "heartbeat client out").start();
		}

		private void read() {
			try {
				this.peer.timeout(this.timeout);
				DataInputStream in = new DataInputStream(this.peer.in());
				while (!this.over) {
					byte[] message = in.readNBytes(in.readInt());
					if (message.length > 0) {
						this.messages.add(new String(message, UTF_8));
					}
					else {
						this.heartbeats.incrementAndGet();
					}
				}
			}
			catch (IOException ex) {
				this.failure = ex;
			}
		}

		private synchronized void beat() {
			try {
				while (!this.over) {
					long idle = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - this.written);
					if (idle >= this.period) {
						put("");
					}
					else {
						wait(this.period - idle);
					}
				}
			}
			catch (IOException | InterruptedException ex) {
				this.over = true;
			}
		}

		synchronized void put(String message) throws IOException {
			byte[] bytes = message.getBytes(UTF_8);
			this.peer.send(ByteBuffer.allocate(4 + bytes.length).putInt(bytes.length).put(bytes).array());
			this.written = System.nanoTime();
		}

		@Override
		public void close() {
			this.over = true;
		}

	}

}
