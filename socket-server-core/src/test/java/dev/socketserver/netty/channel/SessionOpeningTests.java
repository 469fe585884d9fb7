package dev.socketserver.netty.channel;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketSession;
import dev.socketserver.engine.TestDiagnostics;
import dev.socketserver.engine.events.SessionListener;
import dev.socketserver.engine.lane.LaneScheduler;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.session.SessionContext;
import dev.socketserver.engine.session.SessionEvents;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.engine.state.SharedState;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.engine.threads.DaemonThreads;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.resources.EventLoops;
import dev.socketserver.netty.transport.TransportSupport;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.Payloads;
import dev.socketserver.spec.SocketTransport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sessions that open although something is missing.
 */
class SessionOpeningTests {

	@Every.Transport
	void sessionWhoseHostFailsEnds(SocketTransport transport) throws Exception {
		EventLoops loops = new EventLoops(new DaemonThreads(), 1, List::of);
		Host host = new Host();
		try (ServerSocket peers = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			Channel channel = new Bootstrap().group(loops.acquire(transport, false))
				.channelFactory(TransportSupport.of(transport).connections()::get)
				.handler(new ChannelInitializer<SocketChannel>() {

					@Override
					protected void initChannel(SocketChannel connection) {
						connection.pipeline().addLast(new SessionOpening(host, connection));
					}

				})
				.connect(peers.getLocalSocketAddress())
				.sync()
				.channel();
			try (Socket peer = peers.accept()) {
				peer.setSoTimeout(Patience.millis());
				assertThat(Patience.await(host.closed).cause()).isInstanceOf(OutOfMemoryError.class);
				assertThat(peer.getInputStream().read()).isEqualTo(-1);
			}
			finally {
				channel.close().sync();
			}
		}
		finally {
			loops.release(transport);
		}
	}

	/** Has no memory when a session is about to open. */
	private static final class Host implements SessionHost, SessionListener {

		private final CompletableFuture<CloseStatus> closed = new CompletableFuture<>();

		private final SessionContext context = new SessionContext(
				new SharedState(ServerSpec.builder("echo")
					.handler(ServerHandler.function("echo", PayloadConverter.text(UTF_8), (line) -> line))
					.build()
					.session(), new ServerCounters(), MemoryBudget.unlimited(), TestDiagnostics.none()),
				new Payloads(UTF_8, List.of()), new SessionRegistry("echo"), new SessionEvents(this, () -> {
				}), TestDiagnostics.requests(), (name, task) -> task.run());

		@Override
		public SessionContext sessionContext() {
			return this.context;
		}

		@Override
		public List<ConnectionCustomizer> customizers() {
			return List.of();
		}

		@Override
		public LaneScheduler lanes(EventLoop loop) {
			return (lane) -> loop.execute(lane);
		}

		@Override
		public void opening(Session session) {
			throw new OutOfMemoryError("for a test");
		}

		@Override
		public void closed(SocketSession session, CloseStatus status) {
			this.closed.complete(status);
		}

		@Override
		public void connectionEnded(boolean refused) {
		}

	}

}
