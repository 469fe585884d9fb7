package dev.socketserver.netty;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.OutboundFullException;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketServerListener.Alarm;
import dev.socketserver.SocketSession;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.SocketClient;
import dev.socketserver.engine.memory.MemoryGuard;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.connect.NettySocketClients;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.InboundOverflow;
import dev.socketserver.spec.OutboundOverflow;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.connect.Reconnect;
import dev.socketserver.spec.listen.Tls;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The limit of what waits in all sessions, against peers that have the server hold as
 * much as they can.
 */
class MemoryLimitTests {

	private static final long MB = 1024 * 1024;

	/** The peers whose sessions were closed for memory, by port. */
	private final Queue<Integer> closed = new ConcurrentLinkedQueue<>();

	private final Queue<String> alarms = new ConcurrentLinkedQueue<>();

	@RegisterExtension
	final LogLines log = new LogLines(MemoryGuard.class);

	private final SocketServerListener listener = new SocketServerListener() {

		@Override
		public void closed(SocketSession session, CloseStatus status) {
			if (status.reason() == CloseReason.MEMORY) {
				MemoryLimitTests.this.closed.add(session.remoteAddress().getPort());
			}
		}

		@Override
		public void alarm(SocketServer server, Alarm alarm) {
			MemoryLimitTests.this.alarms.add(server.name() + " " + alarm.kind());
		}

	};

	static SocketServer start(NettySocketServers servers, String name, SocketTransport transport) {
		return start(servers, name, transport, null);
	}

	/** Echoes lines; the reply to one that says so has 64 KB. */
	static SocketServer start(NettySocketServers servers, String name, SocketTransport transport, @Nullable Tls tls) {
		String block = "x".repeat(64 * 1024 - 1);
		SocketServer server = servers.register(ServerSpec.builder(name)
			.handler(ServerHandler.function("blocks", PayloadConverter.text(UTF_8),
					(line) -> line.equals("block") ? block : line))
			.transport(transport)
			.limits((l) -> l.frame((int) MB))
			.tls(tls)
			.build());
		server.start();
		return server;
	}

	static Stream<SocketTransport> transports() {
		return ServerFixture.everyTransport();
	}

	@Test
	void whatClientsHoldIsNoAlarmOfTheServerThatIsCalledLikeThem() throws Exception {
		try (ServerSocket filling = filling(); NettySocketServers servers = limited()) {
			SocketServer other = start(servers, "other", SocketTransport.AUTO);
			try (Peer idle = new Peer(start(servers, "one", SocketTransport.AUTO)); Peer holding = new Peer(other)) {
				canBeAsked(other);
				idle.send("x");
				holding.send(new byte[60 * 1024]);
				Awaitility.await().until(() -> received(other) >= 60 * 1024);

				try (NettySocketClients clients = new NettySocketClients(servers, List::of)) {
					fill(clients, filling);
					Awaitility.await().until(() -> !this.alarms.isEmpty());
					assertThat(this.alarms).containsExactly("other MEMORY");
				}
			}
		}
	}

	@Test
	void whatClientsHoldIsLoggedWhereThereIsNoServer() throws Exception {
		try (ServerSocket filling = filling();
				NettySocketServers servers = limited();
				NettySocketClients clients = new NettySocketClients(servers, List::of)) {
			fill(clients, filling);
			Awaitility.await().until(() -> !this.log.messages().isEmpty());
			assertThat(this.log.messages()).singleElement(InstanceOfAssertFactories.STRING)
				.matches("[0-9]+ bytes wait in clients: nearly all of socket.limits.memory = " + MB);
		}
		assertThat(this.alarms).isEmpty();
	}

	/** No session can be cut for it, so that others would be, as long as it waits. */
	@ParameterizedTest
	@EnumSource
	void whatNobodyReceivesCostsOthersNothing(InboundOverflow overflow) throws Exception {
		byte[] lines = ("x".repeat(1023) + "\n").repeat(1024).getBytes(UTF_8);
		try (ServerSocket filling = filling(lines); NettySocketServers servers = limited()) {
			SocketServer server = start(servers, "one", SocketTransport.AUTO);
			try (Peer peer = new Peer(server)) {
				peer.send("x".repeat(8 * 1024));
				try (NettySocketClients clients = new NettySocketClients(servers, List::of)) {
					List<SocketClient> filled = new ArrayList<>();
					for (int i = 0; i < 12; i++) {
						filled.add(clients.register(ClientSpec.builder("client" + i)
							.port(filling.getLocalPort())
							.inbound((inbound) -> inbound.capacity(Integer.MAX_VALUE).overflow(overflow))
							.reconnect(new Reconnect(Duration.ofMillis(10), Duration.ofMillis(10), 0))
							.build()));
					}
					filled.forEach(SocketClient::start);
					Awaitility.await()
						.until(() -> filled.stream()
							.mapToLong((client) -> client.statistics().bytesReceived())
							.sum() > 2 * MB);

					Awaitility.await().until(() -> servers.memoryUsed() <= MB);
				}
				assertThat(this.closed).isEmpty();
				assertThat(peer.ask("")).hasSize(8 * 1024);
			}
		}
	}

	@Test
	void senderOfAClientDoesNotWaitForMemoryThatIsThereAgain() throws Exception {
		List<Peer> peers = new ArrayList<>();
		try (NettySocketServers servers = limited();
				NettySocketClients clients = new NettySocketClients(servers, List::of)) {
			SocketServer server = start(servers, "one", SocketTransport.AUTO);
			while (servers.memoryUsed() <= MB / 2) {
				Peer peer = new Peer(server);
				peers.add(peer);
				peer.send(new byte[60 * 1024]);
				Awaitility.await().until(() -> received(server) == peers.size() * 60 * 1024L);
			}
			SocketClient client = clients.register(ClientSpec.builder("one").port(Ports.free()).build());
			client.start();
			client.send("has room whatever others hold");
			Thread sender = new Thread(() -> client.send("waits"));
			sender.start();
			Awaitility.await().until(() -> sender.getState() == Thread.State.TIMED_WAITING);

			Opened.closeAll(peers);
			Awaitility.await().until(() -> servers.memoryUsed() < MB / 2);
			Awaitility.await().until(() -> !sender.isAlive());
			assertThat(client.statistics().pending()).isEqualTo(2);
		}
	}

	/** It waits in the client or in its session, not in both. */
	@Test
	void payloadOfMoreThanHalfOfTheMemoryIsSent() throws Exception {
		byte[] payload = new byte[700 * 1024];
		try (ServerSocket listening = listening();
				NettySocketServers servers = limited();
				NettySocketClients clients = new NettySocketClients(servers, List::of)) {
			SocketClient client = start(clients, "one", listening, (spec) -> spec);
			CompletableFuture<Void> sent = client.send(payload);
			try (Socket server = listening.accept()) {
				// The session has it, and the system has not taken all of it.
				Awaitility.await().until(() -> client.session().map((own) -> own.info().pendingBytes()).orElse(0L) > 0);
				assertThat(servers.memoryUsed()).isBetween((long) payload.length, payload.length + 1024L);
				server.setSoTimeout(Patience.millis());
				assertThat(server.getInputStream().readNBytes(payload.length)).hasSize(payload.length);
			}
			assertThat(sent).succeedsWithin(Patience.limit());
			assertThat(client.statistics().closed()).doesNotContainKey(CloseReason.MEMORY);
			assertThat(client.statistics().repeated()).isZero();
			Awaitility.await().until(() -> servers.memoryUsed() == 0);
		}
	}

	/** The server of the client that is refused may read as fast as it can. */
	@Test
	void clientIsNotClosedForWhatOthersHold() throws Exception {
		byte[] payload = new byte[12 * (int) MB];
		try (ServerSocket listening = listening();
				NettySocketServers servers = new NettySocketServers(() -> List.of(this.listener),
						EngineSpec.defaults().eventLoopThreads(1).memoryLimit(40 * MB), () -> null, List::of);
				NettySocketClients clients = new NettySocketClients(servers, List::of)) {
			SocketClient holding = clients.register(ClientSpec.builder("holding").port(Ports.free()).build());
			holding.start();
			holding.send(new byte[21 * (int) MB]);
			SocketClient client = start(clients, "one", listening,
					(spec) -> spec.outbound((o) -> o.overflow(OutboundOverflow.CLOSE).bytes(2 * payload.length)));
			try (Socket server = listening.accept()) {
				server.setSoTimeout(Patience.millis());
				CompletableFuture<Void> first = client.send(payload);
				assertThat(client.send("b")).failsWithin(Patience.limit())
					.withThrowableOfType(ExecutionException.class)
					.havingCause()
					.isInstanceOfSatisfying(OutboundFullException.class,
							(full) -> assertThat(full.limit()).isEqualTo("limits.memory"));
				assertThat(server.getInputStream().readNBytes(payload.length)).hasSize(payload.length);
				assertThat(first).succeedsWithin(Patience.limit());
				assertThat(client.statistics().closed()).isEmpty();
			}
		}
	}

	/** What is not read from an accepted connection fits into little. */
	private static ServerSocket listening() throws IOException {
		ServerSocket listening = new ServerSocket();
		listening.setReceiveBufferSize(16 * 1024);
		listening.setSoTimeout(Patience.millis());
		listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
		return listening;
	}

	static SocketClient start(NettySocketClients clients, String name, ServerSocket server,
			UnaryOperator<ClientSpec.Builder> spec) {
		SocketClient client = clients.register(spec.apply(ClientSpec.builder(name)
			.port(server.getLocalPort())
			.framing(Framing.raw())
			.byHand(PayloadConverter.bytes())
			.options(SocketOptions.DEFAULT.sendBuffer(16 * 1024))
			.reconnect(new Reconnect(Duration.ofMillis(10), Duration.ofMillis(10), 0))).build());
		client.start();
		return client;
	}

	private NettySocketServers limited() {
		return new NettySocketServers(() -> List.of(this.listener),
				EngineSpec.defaults().eventLoopThreads(1).memoryLimit(MB), () -> null, List::of);
	}

	/** Sends whoever connects a frame that does not end. */
	private static ServerSocket filling() throws IOException {
		return filling(new byte[(int) MB - 1]);
	}

	private static ServerSocket filling(byte[] with) throws IOException {
		ServerSocket listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
		Thread thread = new Thread(() -> {
			while (!listening.isClosed()) {
				try {
					listening.accept().getOutputStream().write(with);
				}
				catch (IOException ex) {
					// The test has ended, or a client: there may be others.
				}
			}
		});
		thread.setDaemon(true);
		thread.start();
		return listening;
	}

	private static void fill(NettySocketClients clients, ServerSocket from) {
		clients.register(ClientSpec.builder("one").port(from.getLocalPort()).limits((l) -> l.frame((int) MB)).build())
			.start();
	}

	/** A handler of Netty's that expands is not notified of that until it is through. */
	@ParameterizedTest
	@MethodSource("transports")
	void whatIsExpandedWithoutEndIsDropped(SocketTransport transport) throws Exception {
		AtomicLong most = new AtomicLong();
		NettySocketServers[] all = new NettySocketServers[1];
		NettyPipelineCustomizer expanding = (pipeline, spec) -> pipeline.addLast(new ChannelInboundHandlerAdapter() {

			@Override
			public void channelRead(ChannelHandlerContext context, Object message) {
				ReferenceCountUtil.release(message);
				byte[] lines = ("x".repeat(127) + "\n").repeat(512).getBytes(UTF_8);
				for (int i = 0; i < 8_000; i++) {
					context.fireChannelRead(Unpooled.wrappedBuffer(lines));
					most.accumulateAndGet(all[0].memoryUsed(), Math::max);
				}
			}

		});
		try (NettySocketServers servers = new NettySocketServers(() -> List.of(this.listener),
				EngineSpec.defaults().eventLoopThreads(2).memoryLimit(4 * MB), () -> null, () -> List.of(expanding))) {
			all[0] = servers;
			SocketServer server = start(servers, "one", transport);
			try (Peer peer = new Peer(server)) {
				int port = peer.localPort();
				peer.send("x");
				Awaitility.await().until(() -> this.closed.contains(port));
			}
			Awaitility.await().until(() -> servers.memoryUsed() == 0);
		}
		// What exceeded the limit may be gone again before anybody looks.
		assertThat(most.get()).isBetween(MB, 128 * MB);
	}

	@ParameterizedTest
	@MethodSource("transports")
	void theSessionThatHoldsMostIsClosedFirst(SocketTransport transport) throws Exception {
		List<Peer> peers = new ArrayList<>();
		try (NettySocketServers servers = new NettySocketServers(() -> List.of(this.listener),
				EngineSpec.defaults().eventLoopThreads(2).memoryLimit(4 * MB), () -> null, List::of)) {
			SocketServer one = start(servers, "one", transport);
			SocketServer other = start(servers, "other", transport);
			assertThat(servers.memoryLimit()).isEqualTo(4 * MB);
			try {
				// Parts of frames: two sessions with much, others with little.
				for (int i = 0; i < 12; i++) {
					Peer peer = new Peer((i % 2 == 0) ? one : other);
					peers.add(peer);
					int size = switch (i) {
						case 4 -> 900;
						case 7 -> 300;
						default -> 60;
					};
					peer.send(new byte[size * 1024]);
				}
				Awaitility.await().until(() -> received(one) + received(other) == (900 + 300 + 10 * 60) * 1024L);
				assertThat(servers.memoryUsed()).isGreaterThanOrEqualTo((900 + 300 + 10 * 60) * 1024L)
					.isLessThan(4 * MB);
				assertThat(this.closed).isEmpty();

				// More of little ones, until there is too much; then it is looked at
				// after a while.
				for (int more = 0; this.closed.isEmpty() && more < 100; more++) {
					Peer peer = new Peer(one);
					peers.add(peer);
					peer.send(new byte[60 * 1024]);
					Awaitility.await().until(() -> received(one) % 1024 == 0);
					canBeAsked(other);
				}

				Awaitility.await().until(() -> !this.closed.isEmpty());
				assertThat(this.closed.peek()).isEqualTo(peers.get(4).localPort());
				assertThat(peers.get(4).sawReset()).isTrue();
				Awaitility.await().until(() -> List.copyOf(this.alarms).equals(List.of("one MEMORY")));
				canBeAsked(one);
				canBeAsked(other);
				// What was sent before it was cut may be taken in meanwhile.
				Awaitility.await().until(() -> servers.memoryUsed() <= 4 * MB);
			}
			finally {
				Opened.closeAll(peers);
			}
			Awaitility.await().until(() -> one.sessions().count() + other.sessions().count() == 0);
			assertThat(servers.memoryUsed()).isZero();
		}
	}

	private static long received(SocketServer server) {
		return server.sessions().mapToLong((session) -> session.info().bytesReceived()).sum();
	}

	private static void canBeAsked(SocketServer server) throws IOException {
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("hello")).isEqualTo("hello");
		}
	}

	/** Else a thousand such peers would cost gigabytes that are not counted. */
	@ParameterizedTest
	@MethodSource("transports")
	void kernelTakesLittleForAPeerThatReadsNothing(SocketTransport transport) throws Exception {
		assumeTrue(transport != SocketTransport.NIO);
		try (NettySocketServers servers = new NettySocketServers(List.of(this.listener))) {
			SocketServer server = start(servers, "deaf", transport);
			try (Peer deaf = new Peer(server, 16 * 1024)) {
				SocketSession session = ServerFixture.session(server);
				deaf.send("block\n".repeat(200));
				Patience.still(() -> session.info().bytesSent());
				assertThat(session.info().bytesSent()).isLessThan(MB);
			}
		}
	}

}
