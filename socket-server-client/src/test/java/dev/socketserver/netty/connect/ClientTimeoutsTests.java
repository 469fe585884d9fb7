package dev.socketserver.netty.connect;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import dev.socketserver.CloseReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.SocketClient;
import dev.socketserver.engine.watchdog.StuckCalls;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.SocketTransport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What takes too long at a client ends its connection, as it would end a session of a
 * server, and not the client.
 */
@Tag("virtual-threads")
class ClientTimeoutsTests {

	private static final Duration SHORT = Duration.ofMillis(100);

	private static final int LARGE = 16 * 1024 * 1024;

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	@RegisterExtension
	final LogLines lines = new LogLines(StuckCalls.class);

	private final CountDownLatch release = new CountDownLatch(1);

	private ServerSocket server;

	@BeforeEach
	void listen() throws IOException {
		this.server = new ServerSocket();
		// Before the bind, or the system goes by a window that is larger.
		this.server.setReceiveBufferSize(16 * 1024);
		this.server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
		this.server.setSoTimeout(Patience.millis());
	}

	@AfterEach
	void close() throws IOException {
		this.release.countDown();
		this.server.close();
	}

	static Stream<Arguments> timeouts() {
		return ServerFixture.everyTransport()
			.flatMap((transport) -> Stream
				.of(CloseReason.FIRST_FRAME_TIMEOUT, CloseReason.FRAME_TIMEOUT, CloseReason.IDLE_TIMEOUT,
						CloseReason.SESSION_TIMEOUT)
				.map((reason) -> Arguments.of(transport, reason)));
	}

	private static ClientSpec.Builder timeout(ClientSpec.Builder spec, CloseReason reason) {
		return switch (reason) {
			case FIRST_FRAME_TIMEOUT -> spec.timeouts((t) -> t.firstFrame(SHORT));
			case FRAME_TIMEOUT -> spec.timeouts((t) -> t.frame(SHORT));
			case IDLE_TIMEOUT -> spec.timeouts((t) -> t.idle(SHORT));
			case SESSION_TIMEOUT -> spec.timeouts((t) -> t.session(SHORT));
			default -> throw new IllegalArgumentException(reason.name());
		};
	}

	@ParameterizedTest
	@MethodSource("timeouts")
	void connectionOnWhichTheServerTakesTooLongIsMadeAnew(SocketTransport transport, CloseReason reason)
			throws Exception {
		SocketClient client = this.fixture.start(this.server.getLocalPort(),
				(spec) -> timeout(spec.transport(transport), reason));
		try (Socket first = this.server.accept()) {
			first.getOutputStream().write("half a li".getBytes(StandardCharsets.UTF_8));
			this.server.accept().close();
			Awaitility.await().until(() -> this.fixture.events.size() >= 3);
			assertThat(this.fixture.events).startsWith("connected", "disconnected " + reason, "connected");
		}
		// The next one does not wait for the handler to be notified of the end.
		Awaitility.await().untilAsserted(() -> assertThat(client.statistics().closed()).containsKey(reason));
	}

	@Every.Transport
	void whatAServerDoesNotReadIsSentAgainToOneThatDoes(SocketTransport transport) throws Exception {
		byte[] payload = new byte[LARGE];
		for (int i = 0; i < payload.length; i++) {
			payload[i] = (byte) (i * 31);
		}
		SocketClient client = this.fixture.start(this.server.getLocalPort(),
				(spec) -> spec.transport(transport)
					.framing(Framing.lengthField().build())
					.byHand(PayloadConverter.bytes())
					.limits((l) -> l.frame(LARGE))
					.timeouts((t) -> t.write(Duration.ofMillis(500))));
		CompletableFuture<Void> sent = client.send(payload);
		try (Socket first = this.server.accept()) {
			first.getInputStream().readNBytes(1000);
			long repeated = 1;
			while (!readsInTime(payload)) {
				repeated++;
			}
			Patience.await(sent);
			// Listeners are notified on another thread.
			Awaitility.await().until(() -> this.fixture.events.size() >= 2);
			assertThat(this.fixture.events).startsWith("connected", "disconnected " + CloseReason.WRITE_TIMEOUT);
			assertThat(client.statistics().repeated()).isEqualTo(repeated);
		}
	}

	/** On a busy machine it may begin to read too late, and is left, too. */
	private boolean readsInTime(byte[] payload) throws IOException {
		try (Socket next = this.server.accept()) {
			DataInputStream in = new DataInputStream(next.getInputStream());
			assertThat(in.readInt()).isEqualTo(LARGE);
			byte[] read = in.readNBytes(LARGE);
			assertThat(read).isEqualTo(Arrays.copyOf(payload, read.length));
			return read.length == LARGE;
		}
		catch (SocketException | EOFException ex) {
			return false;
		}
	}

	@Every.Mode
	void handlerThatIsStuckIsReportedOnce(ExecutionMode mode) throws Exception {
		SocketClient client = this.fixture
			.start(this.server.getLocalPort(), (spec) -> spec.execution((e) -> e.mode(mode))
				.timeouts((t) -> t.handler(SHORT))
				.handler(ServerHandler.function("lines", PayloadConverter.text(StandardCharsets.UTF_8), this::stick)));
		try (Socket peer = this.server.accept()) {
			peer.getOutputStream().write("stick\n".getBytes(StandardCharsets.UTF_8));

			Awaitility.await().until(() -> client.statistics().stuckSessions() == 1);
			Awaitility.await().until(() -> !sticking(Level.WARN).isEmpty());
			this.release.countDown();

			byte[] reply = peer.getInputStream().readNBytes("stick\n".length());
			assertThat(reply).asString(StandardCharsets.UTF_8).isEqualTo("stick\n");
			Awaitility.await().until(() -> !sticking(Level.INFO).isEmpty());
		}
		Awaitility.await().until(() -> client.statistics().stuckSessions() == 0);
		assertThat(client.statistics().stuckCalls()).isPositive();
		assertThat(sticking(Level.WARN)).singleElement()
			.asString()
			.startsWith("Client 'it', session it-1: handler 'lines' has been in " + ClientTimeoutsTests.class.getName()
					+ ".stick for ");
	}

	private String stick(String line) {
		try {
			this.release.await();
			return line;
		}
		catch (InterruptedException ex) {
			return "interrupted";
		}
	}

	private List<String> sticking(Level level) {
		return this.lines.messages(level).stream().filter((line) -> line.contains(".stick ")).toList();
	}

	/** It is in the way of what the client sends, too. */
	@Every.Mode
	void whatAHandlerHasSentIsPendingUntilTheServerReadsIt(ExecutionMode mode) throws Exception {
		String large = "x".repeat(LARGE);
		SocketClient client = this.fixture.start(this.server.getLocalPort(), (spec) -> spec
			.execution((e) -> e.mode(mode))
			.limits((l) -> l.frame(LARGE))
			.handler(ServerHandler.function("lines", PayloadConverter.text(StandardCharsets.UTF_8), (line) -> large)));
		try (Socket peer = this.server.accept()) {
			assertThat(client.statistics().pendingBytes()).isZero();
			peer.getOutputStream().write("go\n".getBytes(StandardCharsets.UTF_8));
			// What the system takes of it is less than half.
			Awaitility.await().until(() -> client.statistics().pendingBytes() > LARGE / 2);
			CompletableFuture<Void> sent = client.send("y".repeat(100_000));
			assertThat(client.statistics().pendingBytes()).isBetween(LARGE / 2 + 100_000L, LARGE + 100_010L);
			assertThat(client.statistics().pending()).isOne();

			assertThat(peer.getInputStream().readNBytes(LARGE + 1 + 100_001)).hasSize(LARGE + 1 + 100_001);

			Patience.await(sent);
			Awaitility.await().until(() -> client.statistics().pendingBytes() == 0);
		}
	}

}
