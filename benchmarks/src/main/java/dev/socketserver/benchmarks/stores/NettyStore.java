package dev.socketserver.benchmarks.stores;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.socketserver.fixtures.PostgresServer;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.util.concurrent.Future;

/**
 * What a loop of JDBC batches by hand reaches if it has to receive the messages: lines
 * that a server on plain Netty queues, a thread inserts in batches of what is there, and
 * the server acknowledges after the commit, each connection with one write.
 */
final class NettyStore implements Stores.Load {

	private static final int MAX_LINE = 1024;

	private final PostgresServer database;

	private final int sessions;

	NettyStore(PostgresServer database, int sessions) {
		this.database = database;
		this.sessions = sessions;
	}

	@Override
	public void prepare() throws SQLException {
		BatchLoop.prepare(this.database);
	}

	@Override
	public int run(long end) throws IOException, SQLException, InterruptedException {
		BlockingQueue<Line> lines = new LinkedBlockingQueue<>();
		EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
		try (Connection connection = BatchLoop.connect(this.database)) {
			Thread writer = new Thread(() -> write(connection, lines), "by-hand-jdbc");
			writer.start();
			try (Peers peers = new Peers(listen(loop, lines), this.sessions)) {
				byte[] line = Peers.line(BridgeLoad.LINE);
				for (int peer = 0; peer < this.sessions; peer++) {
					peers.send(peer, line, BridgeLoad.IN_FLIGHT);
				}
				return peers.exchange(end, (peer, count) -> peers.send(peer, line, count));
			}
			finally {
				writer.interrupt();
				writer.join();
			}
		}
		finally {
			loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
		}
	}

	private static int listen(EventLoopGroup loop, BlockingQueue<Line> lines) throws InterruptedException {
		Channel listener = new ServerBootstrap().group(loop)
			.channel(EpollServerSocketChannel.class)
			.childOption(ChannelOption.TCP_NODELAY, true)
			.childHandler(new ChannelInitializer<>() {

				@Override
				protected void initChannel(Channel channel) {
					channel.pipeline().addLast(new LineBasedFrameDecoder(MAX_LINE), new Queueing(lines));
				}

			})
			.bind(new InetSocketAddress("127.0.0.1", 0))
			.sync()
			.channel();
		return ((InetSocketAddress) listener.localAddress()).getPort();
	}

	private static void write(Connection connection, BlockingQueue<Line> lines) {
		List<Line> batch = new ArrayList<>();
		try (PreparedStatement insert = BatchLoop.insertion(connection)) {
			while (!Thread.interrupted()) {
				batch.add(lines.take());
				lines.drainTo(batch, BatchLoop.MOST - 1);
				for (Line each : batch) {
					BatchLoop.add(insert, each.channel().id().asShortText(), each.payload());
				}
				insert.executeBatch();
				connection.commit();
				acknowledge(batch);
				batch.clear();
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			// The time is over.
		}
	}

	private static void acknowledge(List<Line> batch) {
		Map<Channel, Integer> counts = new LinkedHashMap<>();
		batch.forEach((line) -> counts.merge(line.channel(), 1, Integer::sum));
		counts.forEach((channel, count) -> {
			byte[] replies = "ok\n".repeat(count).getBytes(StandardCharsets.UTF_8);
			Future<?> unused = channel.writeAndFlush(Unpooled.wrappedBuffer(replies));
		});
	}

	/**
	 * A line of a connection.
	 *
	 * @param channel the connection
	 * @param payload the line
	 */
	private record Line(Channel channel, byte[] payload) {

	}

	/** Queues lines. */
	private static final class Queueing extends SimpleChannelInboundHandler<ByteBuf> {

		private final BlockingQueue<Line> lines;

		Queueing(BlockingQueue<Line> lines) {
			this.lines = lines;
		}

		@Override
		protected void channelRead0(ChannelHandlerContext context, ByteBuf line) {
			byte[] payload = new byte[line.readableBytes()];
			line.readBytes(payload);
			this.lines.add(new Line(context.channel(), payload));
		}

	}

}
