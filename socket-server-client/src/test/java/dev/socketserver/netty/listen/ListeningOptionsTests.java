package dev.socketserver.netty.listen;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerStartException;
import dev.socketserver.ServerStartException.Problem;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.network.SocketTable;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.transport.TransportSupport;
import dev.socketserver.spec.OnFull;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.SocketTransport;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Options of listening sockets, and of the connections that they accept.
 */
class ListeningOptionsTests {

	private static final int WAIT_MILLIS = 500;

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	/** A peer that does not read acknowledges nothing more when its window is full. */
	@ParameterizedTest
	@MethodSource("dev.socketserver.netty.listen.ListeningTests#nativeTransports")
	void userTimeoutEndsAConnectionWhosePeerAcknowledgesNothing(SocketTransport transport) throws Exception {
		CompletableFuture<Throwable> failure = new CompletableFuture<>();
		SocketServer server = this.fixture.streams((in, out, session) -> {
			try {
				byte[] much = new byte[64 * 1024];
				while (true) {
					out.write(much);
				}
			}
			catch (IOException ex) {
				failure.complete(ex);
			}
		}, (spec) -> spec.transport(transport)
			.options(ListeningTests.options(null, Duration.ofSeconds(1), false, null, null)));
		try (Peer peer = new Peer(server, 4096)) {
			assertThat(Patience.await(failure)).isInstanceOf(IOException.class);
			assertThat(peer.localPort()).isPositive();
		}
	}

	@ParameterizedTest
	@MethodSource("dev.socketserver.netty.listen.ListeningTests#transports")
	void idleConnectionsAreProbedAfterTheTimeThatIsSet(SocketTransport transport) throws Exception {
		assumeTrue(SocketTable.exists());
		SocketServer usual = this.fixture.echo("usual", (spec) -> spec.transport(transport));
		SocketServer later = this.fixture.echo("later", (spec) -> spec.transport(transport)
			.options(ListeningTests.options(Duration.ofSeconds(600), null, false, null, null)));
		SocketServer never = this.fixture.echo("never",
				(spec) -> spec.transport(transport).options(SocketOptions.DEFAULT.keepAlive(false)));
		try (Peer first = new Peer(usual); Peer second = new Peer(later); Peer third = new Peer(never)) {
			first.ask("a");
			second.ask("b");
			third.ask("c");
			Awaitility.await()
				.untilAsserted(() -> assertThat(keepAliveSeconds(ListeningTests.port(usual), first.localPort()))
					.isBetween(30L, 60L));
			Awaitility.await()
				.untilAsserted(() -> assertThat(keepAliveSeconds(ListeningTests.port(later), second.localPort()))
					.isBetween(500L, 600L));
			assertThat(keepAliveSeconds(ListeningTests.port(never), third.localPort())).isZero();
		}
	}

	/** What the kernel says about its timer, which counts hundredths of a second. */
	private static long keepAliveSeconds(int localPort, int remotePort) throws IOException {
		return SocketTable.of("tcp")
			.stream()
			.filter((socket) -> socket.localPort() == localPort && socket.remotePort() == remotePort)
			.findFirst()
			.map((socket) -> (socket.timer() == 2) ? socket.hundredths() / 100 : 0)
			.orElse(0L);
	}

	/**
	 * As the system says of each connection. It may have given a buffer twice what was
	 * asked for.
	 */
	@ParameterizedTest
	@MethodSource("dev.socketserver.netty.listen.ListeningTests#transports")
	void connectionsHaveTheOptionsThatAreSetAndTheUsualOnesOtherwise(SocketTransport transport) throws Exception {
		TransportSupport.Options known = TransportSupport.of(transport).options();
		BlockingQueue<Map<String, Object>> seen = seen(known);
		Duration timeout = (known.userTimeout() != null) ? Duration.ofMillis(7_500) : null;
		SocketServer usual = this.fixture.echo("usual", (spec) -> spec.transport(transport));
		SocketServer other = this.fixture.echo("other",
				(spec) -> spec.transport(transport)
					.options(SocketOptions.DEFAULT.tcpNoDelay(false)
						.keepAliveIdle(Duration.ofSeconds(90))
						.keepAliveInterval(Duration.ofSeconds(7))
						.keepAliveCount(2)
						.userTimeout(timeout)
						.sendBuffer(16 * 1024)));
		SocketServer none = this.fixture.echo("none",
				(spec) -> spec.transport(transport).options(SocketOptions.DEFAULT.keepAlive(false)));

		assertThat(ListeningTests.ask("127.0.0.1", ListeningTests.port(usual))).isEqualTo("usual x\n");
		assertThat(seen.take()).containsEntry("noDelay", true)
			.containsEntry("keepAlive", true)
			.containsEntry("idle", 60)
			.containsEntry("interval", 15)
			.containsEntry("count", 4)
			.containsEntry("userTimeout", (timeout != null) ? 120_000 : "none")
			.containsEntry("unsentBytes", (known.unsentBytes() != null) ? 128L * 1024 : "none");
		assertThat(ListeningTests.ask("127.0.0.1", ListeningTests.port(other))).isEqualTo("other x\n");
		assertThat(seen.take()).containsEntry("noDelay", false)
			.containsEntry("keepAlive", true)
			.containsEntry("idle", 90)
			.containsEntry("interval", 7)
			.containsEntry("count", 2)
			.containsEntry("userTimeout", (timeout != null) ? 7_500 : "none")
			.hasEntrySatisfying("sendBuffer", (size) -> assertThat((Integer) size).isBetween(16 * 1024, 2 * 16 * 1024));
		assertThat(ListeningTests.ask("127.0.0.1", ListeningTests.port(none))).isEqualTo("none x\n");
		assertThat(seen.take()).containsEntry("noDelay", true).containsEntry("keepAlive", false);
	}

	/** Which the system prefers to the count of probes; never shorter than a write. */
	@ParameterizedTest
	@MethodSource("dev.socketserver.netty.listen.ListeningTests#nativeTransports")
	void usualUserTimeoutIsTheLongerOfProbesAndWrites(SocketTransport transport) throws Exception {
		BlockingQueue<Map<String, Object>> seen = seen(TransportSupport.of(transport).options());

		assertThat(usualUserTimeout(seen, transport, Duration.ofSeconds(5), Duration.ofSeconds(1), 2))
			.isEqualTo(30_000);
		assertThat(usualUserTimeout(seen, transport, Duration.ofSeconds(600), null, null)).isEqualTo(660_000);
		assertThat(usualUserTimeout(seen, transport, Duration.ofSeconds(32_767), Duration.ofSeconds(32_767), 127))
			.isEqualTo(Integer.MAX_VALUE);
	}

	private Object usualUserTimeout(BlockingQueue<Map<String, Object>> seen, SocketTransport transport, Duration idle,
			@Nullable Duration interval, @Nullable Integer count) throws Exception {
		String name = "idle-" + idle.toSeconds();
		SocketServer server = this.fixture.echo(name, (spec) -> spec.transport(transport)
			.options(SocketOptions.DEFAULT.keepAliveIdle(idle).keepAliveInterval(interval).keepAliveCount(count)));
		assertThat(ListeningTests.ask("127.0.0.1", ListeningTests.port(server))).isEqualTo(name + " x\n");
		return seen.take().get("userTimeout");
	}

	/** The options of each new connection. */
	private BlockingQueue<Map<String, Object>> seen(TransportSupport.Options known) {
		BlockingQueue<Map<String, Object>> seen = new LinkedBlockingQueue<>();
		this.fixture.customizers
			.add((pipeline, spec) -> seen.add(ListeningTests.options(pipeline.channel().config(), known)));
		return seen;
	}

	/** The side that ends a connection first keeps its port for a while. */
	@ParameterizedTest
	@MethodSource("dev.socketserver.netty.listen.ListeningTests#transports")
	void portIsNotBoundWhileOldConnectionsLingerWhereThatIsAskedFor(SocketTransport transport) throws Exception {
		assumeTrue(SocketTable.exists(), "this is Linux");
		int port = Ports.free();
		SocketServer server = this.fixture.echo("strict",
				(spec) -> spec.transport(transport).port(port).options(SocketOptions.DEFAULT.reuseAddress(false)));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("x")).isEqualTo("strict x");
			ServerFixture.session(server).close();
			assertThat(peer.rest()).isEmpty();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.HANDLER_CLOSED);
		server.stop();

		assertThatExceptionOfType(ServerStartException.class).isThrownBy(server::start)
			.satisfies((ex) -> assertThat(ex.problem()).isEqualTo(Problem.PORT_IN_USE));
	}

	@ParameterizedTest
	@MethodSource("dev.socketserver.netty.listen.ListeningTests#transports")
	void receiveBufferLimitsWhatAPeerCanSendUnread(SocketTransport transport) throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		SocketServer server = this.fixture.streams((in, out, session) -> release.await(),
				(spec) -> spec.transport(transport).options(ListeningTests.options(null, null, false, 8 * 1024, null)));
		try (SocketChannel peer = SocketChannel.open(server.localAddress())) {
			peer.setOption(java.net.StandardSocketOptions.SO_SNDBUF, 8 * 1024);
			peer.configureBlocking(false);
			long[] sent = { 0 };
			Patience.still(() -> {
				try {
					long written;
					do {
						written = peer.write(ByteBuffer.allocate(64 * 1024));
						sent[0] += written;
					}
					while (written > 0 && sent[0] < 16 * 1024 * 1024);
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
				return sent[0];
			});
			// 256 KiB wait in the session.
			assertThat(sent[0]).isLessThan(512 * 1024);
		}
		release.countDown();
	}

	@ParameterizedTest
	@MethodSource("dev.socketserver.netty.listen.ListeningTests#transports")
	void backlogIsWhatIsSetAndTheSystemsChoiceOtherwise(SocketTransport transport) throws Exception {
		SocketServer few = this.fixture.echo("few",
				(spec) -> spec.transport(transport).backlog(8).limits((l) -> l.sessions(1).onFull(OnFull.WAIT)));
		SocketServer many = this.fixture.echo("many",
				(spec) -> spec.transport(transport).limits((l) -> l.sessions(1).onFull(OnFull.WAIT)));
		assertThat(waiting(few, 20)).isBetween(8, 10);
		assertThat(waiting(many, 80)).isEqualTo(80);
	}

	/** How many connections wait beside one that is served. */
	private static int waiting(SocketServer server, int most) throws IOException {
		List<Socket> sockets = new ArrayList<>();
		try (Peer served = new Peer(server)) {
			served.ask("x");
			while (sockets.size() < most) {
				Socket socket = new Socket();
				try {
					socket.connect(server.localAddress(), WAIT_MILLIS);
				}
				catch (IOException ex) {
					socket.close();
					break;
				}
				sockets.add(socket);
			}
			return sockets.size();
		}
		finally {
			Opened.closeAll(sockets);
		}
	}

}
