package dev.socketserver.benchmarks.sockets;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.address.Addresses;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.socket.DatagramPacket;

/**
 * One echo server in a JVM of its own, with one event loop. Says where it listens, and
 * ends with its standard input.
 */
final class KindServer {

	/** The longest datagram. */
	private static final int LONGEST = 1_400;

	/** So many are read at once. */
	private static final int AT_ONCE = 64;

	private KindServer() {
	}

	/**
	 * Listens.
	 * @param arguments the kind, and for a Unix socket its path
	 */
	public static void main(String[] arguments) throws IOException, InterruptedException {
		String where = switch (Kind.valueOf(arguments[0])) {
			case UDP_NETTY -> port(netty());
			case UDP_EVENT_LOOP -> ours(datagrams(ExecutionMode.EVENT_LOOP));
			case UDP_VIRTUAL -> ours(datagrams(ExecutionMode.VIRTUAL));
			case TCP -> ours(lines());
			case UNIX -> ours(lines().domainSocket((unix) -> unix.path(arguments[1])));
			case UDP_C -> throw new IllegalArgumentException("It is no program in Java");
		};
		System.out.println("ready " + where);
		while (System.in.read() >= 0) {
			// Nothing is said.
		}
		Runtime.getRuntime().halt(0);
	}

	private static String port(Channel channel) {
		String address = channel.localAddress().toString();
		return address.substring(address.lastIndexOf(':') + 1);
	}

	/** As plain as Netty allows, with as many datagrams a call. */
	private static Channel netty() throws InterruptedException {
		return new Bootstrap().group(new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()))
			.channel(EpollDatagramChannel.class)
			.option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, LONGEST + 1)
			.option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator((LONGEST + 1) * AT_ONCE))
			.handler(new NettyEcho())
			.bind("127.0.0.1", 0)
			.sync()
			.channel();
	}

	private static ServerSpec.Builder datagrams(ExecutionMode mode) {
		return ServerSpec.builder("echo")
			.udp((udp) -> udp)
			.limits((limits) -> limits.frame(LONGEST))
			.execution((execution) -> execution.mode(mode))
			.handler(ServerHandler.function("echo", PayloadConverter.bytes(), (bytes) -> bytes));
	}

	private static ServerSpec.Builder lines() {
		return ServerSpec.builder("echo")
			.framing(Framing.line())
			.execution((execution) -> execution.mode(ExecutionMode.EVENT_LOOP))
			.handler(ServerHandler.function("echo", PayloadConverter.text(StandardCharsets.UTF_8), (line) -> line));
	}

	private static String ours(ServerSpec.Builder spec) {
		var server = new NettySocketServers(List::of, 1).register(spec.build());
		server.start();
		String address = Addresses.format(Objects.requireNonNull(server.localAddress()));
		return address.substring(address.lastIndexOf(':') + 1);
	}

	/** Sends what was read together back together. */
	private static final class NettyEcho extends ChannelInboundHandlerAdapter {

		@Override
		@SuppressWarnings("FutureReturnValueIgnored") // a failure is reported to the
														// pipeline
		public void channelRead(ChannelHandlerContext context, Object message) {
			DatagramPacket packet = (DatagramPacket) message;
			context.write(new DatagramPacket(packet.content(), packet.sender()), context.voidPromise());
		}

		@Override
		public void channelReadComplete(ChannelHandlerContext context) {
			context.flush();
		}

	}

}
