package dev.socketserver.netty.channel;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;

import com.sun.management.ThreadMXBean;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.engine.events.SessionListener;
import dev.socketserver.engine.threads.DaemonThreads;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.resources.EventLoops;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.SocketTransport;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoopGroup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that what a session sends passes Netty's pipeline by only where no handler in
 * there wants to see it.
 */
class DirectOutputTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture(1);

	@Every.Transport
	void handlerInFrontOfASessionSeesAllThatLeaves(SocketTransport transport) throws Exception {
		assertThat(reply(transport, new Digits())).isEqualTo("4444");
	}

	@Every.Transport
	void bytesLeaveAsTheyAreWhereThereIsNone(SocketTransport transport) throws Exception {
		assertThat(reply(transport)).isEqualTo("abc\n");
	}

	@Test
	@EnabledIf("io.netty.channel.epoll.Epoll#isAvailable")
	@EnabledForJreRange(min = JRE.JAVA_22)
	void textThatEndsAWriteNeedsNoArray() throws Exception {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		String text = "x".repeat(16 * 1024);
		SocketServer server = this.fixture.start(
				ServerHandler.function("texts", PayloadConverter.text(UTF_8),
						(line) -> line.isEmpty() ? String.valueOf(threads.getCurrentThreadAllocatedBytes()) : text),
				(spec) -> spec.transport(SocketTransport.EPOLL)
					.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP))
					.framing(Framing.lengthField().build()));

		try (Peer peer = new Peer(server)) {
			asks(peer, 2_000, text);
			long before = allocated(peer);
			asks(peer, 100, text);
			assertThat((allocated(peer) - before) / 100).as("bytes allocated for a text")
				.isPositive()
				.isLessThan(text.length() / 2);
		}
	}

	@Test
	@EnabledIf("io.netty.channel.epoll.Epoll#isAvailable")
	void repliesLeaveWhereNettyMayNotUseUnsafe() throws Exception {
		String text = "x".repeat(200_000);
		try (OtherJvm jvm = new OtherJvm(List.of(), List.of("-Dio.netty.noUnsafe=true"), Echo.class);
				Peer peer = new Peer(Integer.parseInt(jvm.next()), 0)) {
			peer.send("abc\n");
			assertThat(new String(peer.bytes(4), UTF_8)).isEqualTo("abc\n");
			peer.send(text + "\n");
			assertThat(new String(peer.bytes(text.length() + 1), UTF_8)).isEqualTo(text + "\n");
		}
	}

	private static void asks(Peer peer, int times, String expected) throws IOException {
		for (int i = 0; i < times; i++) {
			peer.send(new byte[] { 0, 0, 0, 1, 'a' });
			assertThat(peer.bytes(4 + expected.length())).hasSize(4 + expected.length()).endsWith('x');
		}
	}

	private static long allocated(Peer peer) throws IOException {
		peer.send(new byte[4]);
		int length = ByteBuffer.wrap(peer.bytes(4)).getInt();
		return Long.parseLong(new String(peer.bytes(length), UTF_8));
	}

	/** Has a session echo a line, with handlers between it and the socket. */
	private static String reply(SocketTransport transport, ChannelHandler... between) throws Exception {
		EventLoops loops = new EventLoops(new DaemonThreads(), 1, List::of);
		EventLoopGroup group = loops.acquire(transport, false);
		try (ServerSocket peers = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			Channel channel = new TestHost(new SessionListener() {
			}, (session) -> {
			}).connect(transport, group, peers.getLocalSocketAddress(), between);
			try (Socket peer = peers.accept()) {
				peer.setSoTimeout(Patience.millis());
				peer.getOutputStream().write("abc\n".getBytes(UTF_8));
				return new String(peer.getInputStream().readNBytes(4), UTF_8);
			}
			finally {
				channel.close().sync();
			}
		}
		finally {
			loops.release(transport);
		}
	}

	/** Writes, of each byte, how many there are in its buffer. */
	private static final class Digits extends ChannelOutboundHandlerAdapter {

		@Override
		public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
			ByteBuf bytes = (ByteBuf) message;
			int length = bytes.readableBytes();
			bytes.release();
			context.write(context.alloc().buffer().writeBytes(String.valueOf(length).repeat(length).getBytes(UTF_8)),
					promise);
		}

	}

	/** Sends lines back, from a JVM of its own. */
	static final class Echo {

		private Echo() {
		}

		public static void main(String[] args) throws IOException {
			SocketServer server = new NettySocketServers(List.of()).register(ServerSpec.builder("echo")
				.handler(ServerHandler.function("echo", PayloadConverter.text(UTF_8), (line) -> line))
				.transport(SocketTransport.EPOLL)
				.limits((l) -> l.frame(1024 * 1024))
				.build());
			server.start();
			OtherJvm.say("" + Objects.requireNonNull(server.localAddress()).getPort());
			System.in.read();
		}

	}

}
