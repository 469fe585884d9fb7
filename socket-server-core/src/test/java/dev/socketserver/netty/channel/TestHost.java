package dev.socketserver.netty.channel;

import java.net.SocketAddress;
import java.util.List;
import java.util.function.Consumer;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
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
import dev.socketserver.netty.transport.TransportSupport;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.Payloads;
import dev.socketserver.spec.SocketTransport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Sends lines back. Runs handlers at once, on the loop.
 */
final class TestHost implements SessionHost {

	private final SessionContext context;

	private final Consumer<Session> opening;

	/**
	 * Creates a host.
	 * @param listener is notified of sessions
	 * @param opening is given a session that is about to open
	 */
	TestHost(SessionListener listener, Consumer<Session> opening) {
		this.context = new SessionContext(
				new SharedState(ServerSpec.builder("echo")
					.handler(ServerHandler.function("echo", PayloadConverter.text(UTF_8), (line) -> line))
					.build()
					.session(), new ServerCounters(), MemoryBudget.unlimited(), TestDiagnostics.none()),
				new Payloads(UTF_8, List.of()), new SessionRegistry("echo"), new SessionEvents(listener, () -> {
				}), TestDiagnostics.requests(), (name, task) -> task.run());
		this.opening = opening;
	}

	/**
	 * Connects to a peer, and opens a session behind other handlers.
	 * @param transport how
	 * @param group has the loop
	 * @param peer listens
	 * @param between stand between the session and the socket
	 */
	Channel connect(SocketTransport transport, EventLoopGroup group, SocketAddress peer, ChannelHandler... between)
			throws InterruptedException {
		return new Bootstrap().group(group)
			.channelFactory(TransportSupport.of(transport).connections()::get)
			.handler(new ChannelInitializer<SocketChannel>() {

				@Override
				protected void initChannel(SocketChannel connection) {
					connection.pipeline().addLast(between).addLast(new SessionOpening(TestHost.this, connection));
				}

			})
			.connect(peer)
			.sync()
			.channel();
	}

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
		this.opening.accept(session);
	}

	@Override
	public void connectionEnded(boolean refused) {
	}

}
