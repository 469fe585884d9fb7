package dev.socketserver.netty.channel;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketSession;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.fixtures.network.SocketTable;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.EngineSpec;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.connect.NettySocketClients;
import dev.socketserver.payload.PayloadConverter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.logging.LogLevel;
import io.netty.handler.logging.LoggingHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.handler.traffic.ChannelTrafficShapingHandler;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many short connections with handlers of Netty's in them, while their server stops and
 * starts. What happens goes by a seed, which a failure names.
 */
@Tag("long")
@Tag("virtual-threads")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
@SuppressWarnings("deprecation") // threads of handlers: few use them, but may
class NettyPipelineStormTests {

	private static final int CONNECTIONS = Rounds.of("pipelines.connections", 30, 1_000);

	private static final long SEED = Long.getLong("pipelines.seed", 19_671_119L);

	private static final int PEERS = 4;

	private static final int CLIENTS = 4;

	private final AtomicInteger opened = new AtomicInteger();

	/** How often each session was reported as ended. */
	private final Map<SocketSession, Integer> closed = new ConcurrentHashMap<>();

	private final DefaultEventExecutorGroup threads = new DefaultEventExecutorGroup(2);

	private final ExecutorService peers = Executors.newCachedThreadPool();

	private final NettySocketServers servers = new NettySocketServers(() -> List.of(new SocketServerListener() {

		@Override
		public void opened(SocketSession session) {
			NettyPipelineStormTests.this.opened.incrementAndGet();
		}

		@Override
		public void closed(SocketSession session, CloseStatus status) {
			NettyPipelineStormTests.this.closed.merge(session, 1, Integer::sum);
		}

	}), EngineSpec.defaults().eventLoopThreads(2), () -> null, () -> List.of((pipeline, spec) -> customize(pipeline)));

	private final NettySocketClients clients = new NettySocketClients(this.servers, List::of);

	static Stream<ServerFixture.Way> ways() {
		return Stream.concat(ServerFixture.ways(), ServerFixture.everyTransport()
			.skip(2)
			.flatMap(
					(transport) -> ServerFixture.modes().map((mode) -> new ServerFixture.Way(transport, mode, false))));
	}

	@AfterEach
	void end() {
		this.clients.close();
		this.servers.close();
		this.peers.shutdownNow();
		this.threads.shutdownGracefully(0, 1, TimeUnit.SECONDS);
	}

	/** By the number of the connection. */
	private void customize(ChannelPipeline pipeline) {
		int number = pipeline.channel().hashCode();
		pipeline.addFirst(new LoggingHandler("none", LogLevel.TRACE));
		if ((number & 1) != 0) {
			pipeline.addLast(new IdleStateHandler(1, 1, 1));
		}
		if ((number & 2) != 0) {
			pipeline.addFirst(new ChannelTrafficShapingHandler(1_000_000, 1_000_000, 50));
		}
		if ((number & 4) != 0) {
			pipeline.addLast(this.threads, new ChannelDuplexHandler() {

				@Override
				public void channelRead(ChannelHandlerContext context, Object message) {
					context.fireChannelRead(message);
				}

			});
		}
		if ((number & 8) != 0) {
			pipeline.addLast(new Leaving());
		}
		if ((number & 48) == 48) {
			pipeline.addLast(new FlowControlHandler());
		}
	}

	@ParameterizedTest
	@MethodSource("ways")
	void sessionsEndAsPromised(ServerFixture.Way way) throws Exception {
		SocketServer server = this.servers.register(way.spec()
			.apply(ServerSpec.builder("storm")
				.port(Ports.free())
				.limits((l) -> l.sessions(100))
				.handler(ServerHandler.function("lines", PayloadConverter.text(UTF_8), (line) -> line)))
			.build());
		server.start();
		List<SocketClient> all = new ArrayList<>();
		if (!way.tls()) {
			for (int i = 0; i < CLIENTS; i++) {
				SocketClient client = this.clients.register(ClientSpec.builder("c" + i)
					.port(server.localAddress().getPort())
					.reconnect(ClientFixture.SOON)
					.build());
				client.start();
				all.add(client);
			}
		}
		List<Future<?>> storm = new ArrayList<>();
		for (int i = 0; i < PEERS; i++) {
			Random random = new Random(SEED + i);
			storm.add(this.peers.submit(() -> {
				for (int j = 0; j < CONNECTIONS; j++) {
					visit(server, random);
				}
				return null;
			}));
		}
		Random random = new Random(SEED);
		for (int i = 0; i < 3; i++) {
			int enough = this.opened.get() + CONNECTIONS / 2;
			Awaitility.await()
				.pollInterval(Duration.ofMillis(5))
				.atMost(2, TimeUnit.MINUTES)
				.until(() -> this.opened.get() >= enough || storm.stream().allMatch(Future::isDone));
			switch (random.nextInt(3)) {
				case 0 -> server.stop();
				case 1 -> server.stop(Duration.ZERO);
				default -> Patience.await(server.drain(Duration.ofMillis(random.nextInt(20))));
			}
			assertThat(server.statistics().active()).isZero();
			server.start();
		}
		for (Future<?> visits : storm) {
			visits.get(5, TimeUnit.MINUTES);
		}
		for (SocketClient client : all) {
			// It may not have noticed yet that its connection ended with the last stop.
			Patience.within(() -> assertThat(client.ask("abc", Patience.limit())).succeedsWithin(Patience.limit())
				.isEqualTo("abc"));
			Patience.await(client.stop());
		}
		Awaitility.await().atMost(1, TimeUnit.MINUTES).until(() -> server.statistics().active() == 0);
		Awaitility.await().until(() -> this.closed.size() == this.opened.get());
		assertThat(this.closed.values()).containsOnly(1);
		assertThat(this.servers.memoryUsed()).isZero();
		server.stop();
		Awaitility.await().until(() -> sockets(server) == 0);
	}

	/** How many sockets of TCP this JVM still has open at the server's port, if known. */
	private static long sockets(SocketServer server) throws IOException {
		int port = server.spec().port();
		// An inode of 0 is no socket of any process.
		return SocketTable.of("tcp")
			.stream()
			.filter((socket) -> (socket.localPort() == port || socket.remotePort() == port) && socket.inode() != 0)
			.count();
	}

	private static void visit(SocketServer server, Random random) {
		int how = random.nextInt(6);
		try (Peer peer = new Peer(server)) {
			switch (how) {
				case 0 -> peer.reset();
				case 1 -> assertThat(peer.ask("line")).isEqualTo("line");
				case 2 -> peer.send("a\nb\nc\n").endOutput().rest();
				case 3 -> peer.send("line\nhalf").reset();
				case 4 -> peer.send("x".repeat(2_000) + "\n");
				default -> peer.endOutput().rest();
			}
		}
		catch (IOException | IllegalStateException ex) {
			// The server stops, or has stopped.
			assertThat(ex).isNotInstanceOf(SocketTimeoutException.class);
		}
	}

	/** Leaves with the first bytes. */
	private static final class Leaving extends ChannelInboundHandlerAdapter {

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			context.pipeline().remove(this);
			context.fireChannelRead(((ByteBuf) message).retain());
			((ByteBuf) message).release();
		}

	}

}
