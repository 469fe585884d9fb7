package dev.socketserver.netty.channel;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.ObjIntConsumer;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SocketServer;
import dev.socketserver.address.Cidr;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.NettyPipelineCustomizer;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.spec.SocketOptions;
import dev.socketserver.spec.SocketTransport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.flow.FlowControlHandler;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests what a {@link NettyPipelineCustomizer} can do to connections.
 */
@Tag("virtual-threads")
class NettyPipelineCustomizerTests {

	private static final Certificates AUTHORITY = Certificates.TRUSTED;

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	@RegisterExtension
	final LogLines log = new LogLines(SessionChannel.class);

	private final List<NettyPipelineCustomizer> customizers = this.fixture.servers.customizers;

	@Every.Way
	void handlersSeeAndChangeWhatComesAndWhatLeaves(ServerFixture.Way way) throws Exception {
		this.customizers.add((pipeline, spec) -> pipeline.addLast(new Shifting(1)));
		SocketServer server = this.fixture.servers.lines((line) -> line.equals("abc") ? "xyz" : line, way.spec());

		try (Peer peer = new Peer(server)) {
			// "abc" and a line feed, and "xyz" and a line feed, each byte one higher.
			peer.send("bcd\u000b");
			assertThat(new String(peer.bytes(4), US_ASCII)).isEqualTo("yz{\u000b");
		}
		assertThat(this.fixture.servers.closed.take().reason()).isEqualTo(CloseReason.PEER_CLOSED);
	}

	@Every.Transport
	void theyAreInTheirOrderWithTheSessionBehindThem(SocketTransport transport) throws Exception {
		List<String> seen = new CopyOnWriteArrayList<>();
		this.customizers.add((pipeline, spec) -> pipeline
			.addLast(new Watching((way, bytes) -> seen.add("first " + way + " " + bytes))));
		this.customizers.add((pipeline, spec) -> pipeline
			.addLast(new Watching((way, bytes) -> seen.add("second " + way + " " + bytes))));
		SocketServer server = this.fixture.servers.lines((line) -> {
			seen.add("handler " + line);
			return line;
		}, (spec) -> spec.transport(transport));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("a")).isEqualTo("a");
		}
		assertThat(seen).startsWith("first in 2", "second in 2", "handler a", "second out 2", "first out 2");
	}

	@Every.Transport
	void firstIsOnTheWireAndLastIsAfterTls(SocketTransport transport) throws Exception {
		AtomicLong wire = new AtomicLong();
		AtomicLong plain = new AtomicLong();
		this.customizers.add((pipeline, spec) -> {
			pipeline.addFirst(new Watching((way, bytes) -> wire.addAndGet(bytes)));
			pipeline.addLast(new Watching((way, bytes) -> plain.addAndGet(bytes)));
		});
		SocketServer server = this.fixture.servers.lines(String::toUpperCase,
				(spec) -> spec.transport(transport).tls(Certificates.patient(AUTHORITY.bundle("localhost"))));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("abc")).isEqualTo("ABC");
		}
		assertThat(plain).hasValue(8);
		assertThat(wire).hasValueGreaterThan(8 + 2 * 16);
	}

	@Every.Transport
	void isCalledAfterTheHeaderOfAProxyOncePerSession(SocketTransport transport) throws Exception {
		List<String> called = new CopyOnWriteArrayList<>();
		AtomicLong plain = new AtomicLong();
		this.customizers.add((pipeline, spec) -> {
			called.add(spec.owner());
			pipeline.addLast(new Watching((way, bytes) -> plain.addAndGet(bytes)));
		});
		SocketServer server = this.fixture.servers.lines(String::toUpperCase, (spec) -> spec.transport(transport)
			.proxyProtocol((p) -> p.mode(ProxyMode.REQUIRED).trusted(List.of(Cidr.of("127.0.0.1/32")))));

		try (Peer peer = new Peer(server)) {
			peer.send("PROXY TCP4 192.0.2.7 198.51.100.9 54321 443\r\n");
			assertThat(peer.ask("abc")).isEqualTo("ABC");
		}
		assertThat(called).containsExactly("server 'test'");
		assertThat(plain).hasValue(8);
		assertThat(this.fixture.servers.firstOpened().remoteAddress().getPort()).isEqualTo(54321);
	}

	@Every.Transport
	void whatAHandlerKeepsIsNotOverwritten(SocketTransport transport) throws Exception {
		this.customizers.add((pipeline, spec) -> pipeline.addLast(new Pairs()));
		SocketServer server = this.fixture.servers.lines((line) -> line, (spec) -> spec.transport(transport));

		try (Peer peer = new Peer(server); Peer other = new Peer(server)) {
			// The first half stays in the decoder while another connection is read.
			peer.send("abc");
			Awaitility.await().until(() -> server.statistics().bytesReceived() == 2);
			assertThat(other.ask("uvw")).isEqualTo("uvw");
			assertThat(peer.ask("defg")).isEqualTo("abcdefg");
		}
	}

	@Every.Transport
	void aSessionTakesNothingButBytes(SocketTransport transport) throws Exception {
		this.customizers.add((pipeline, spec) -> pipeline.addLast(new StringDecoder()));
		SocketServer server = this.fixture.servers.lines((line) -> line, (spec) -> spec.transport(transport));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("abc\n").rest()).isEmpty();
		}
		CloseStatus status = this.fixture.servers.closed.take();
		assertThat(status.reason()).isEqualTo(CloseReason.IO_ERROR);
		assertThat(status.detail()).contains("not a ByteBuf: java.lang.String");
	}

	@Test
	void connectionsOfClientsAreCustomizedToo() throws Exception {
		List<String> called = new CopyOnWriteArrayList<>();
		this.customizers.add((pipeline, spec) -> {
			called.add(spec.owner());
			pipeline.addLast(new Shifting(1));
		});
		SocketServer server = this.fixture.servers.lines(String::toUpperCase, (spec) -> spec);
		SocketClient client = this.fixture.start(server, (spec) -> spec);
		ClientFixture.await(client, ClientState.CONNECTED);

		assertThat(client.ask("abc", Patience.limit())).succeedsWithin(Patience.limit()).isEqualTo("ABC");
		assertThat(called).containsExactlyInAnyOrder("server 'test'", "client 'it'");
	}

	@Every.Transport
	void firstSeesWhatCameWithTheHeaderOfAProxy(SocketTransport transport) throws Exception {
		AtomicLong wire = new AtomicLong();
		this.customizers
			.add((pipeline, spec) -> pipeline.addFirst(new Watching((way, bytes) -> wire.addAndGet(bytes))));
		SocketServer server = this.fixture.servers.lines(String::toUpperCase, (spec) -> spec.transport(transport)
			.proxyProtocol((p) -> p.mode(ProxyMode.OPTIONAL).trusted(List.of(Cidr.of("127.0.0.1/32")))));

		try (Peer peer = new Peer(server)) {
			peer.send("PROXY TCP4 192.0.2.7 198.51.100.9 54321 443\r\nabc\n");
			assertThat(peer.line()).isEqualTo("ABC");
		}
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("abc")).isEqualTo("ABC");
		}
		assertThat(wire).hasValue(16);
	}

	@Every.Way
	void whatAHandlerPassesOnLaterIsHandledAtOnce(ServerFixture.Way way) throws Exception {
		this.customizers.add((pipeline, spec) -> pipeline.addLast(new Reading((context, bytes) -> context.executor()
			.schedule(() -> context.fireChannelRead(bytes), 20, TimeUnit.MILLISECONDS))));
		SocketServer server = this.fixture.servers.lines((line) -> line, way.spec());

		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("abc")).isEqualTo("abc");
		}
	}

	@Every.Way
	void whatAHandlerPassesOnWhileTheSessionReadsComesInOrder(ServerFixture.Way way) throws Exception {
		this.customizers.add((pipeline, spec) -> pipeline.addLast(new Lines(), new FlowControlHandler()));
		SocketServer server = this.fixture.servers.lines((line) -> line,
				(spec) -> way.spec().apply(spec).inbound((inbound) -> inbound.capacity(3)));

		StringBuilder sent = new StringBuilder();
		for (int i = 0; i < 2000; i++) {
			sent.append("line ").append(i).append('\n');
		}
		try (Peer peer = new Peer(server)) {
			peer.send(sent.toString());
			for (int i = 0; i < 2000; i++) {
				assertThat(peer.line()).isEqualTo("line " + i);
			}
		}
	}

	@Every.Way
	void whatAHandlerAnswersByItselfIsNoPartOfWhatIsBeingAborted(ServerFixture.Way way) throws Exception {
		this.customizers.add((pipeline, spec) -> pipeline.addLast(new Answering()));
		SocketServer server = this.fixture.servers.lines((line) -> {
			if (line.startsWith("answer")) {
				return "+" + line;
			}
			long until = System.nanoTime() + 200_000;
			while (System.nanoTime() < until) {
				Thread.onSpinWait();
			}
			return line;
		}, way.spec());

		StringBuilder sent = new StringBuilder();
		for (int i = 0; i < 200; i++) {
			sent.append("line ").append(i).append('\n');
		}
		try (Peer peer = new Peer(server)) {
			peer.send(sent.toString());
			for (int i = 0; i < 200;) {
				String line = peer.line();
				if (!line.startsWith("+")) {
					assertThat(line).isEqualTo("line " + i++);
				}
			}
		}
	}

	@Every.Transport
	void whatHandlersWriteIsNoAnswerOfTls(SocketTransport transport) throws Exception {
		this.customizers.add((pipeline, spec) -> pipeline.addLast(new Repeating(6)));
		SocketServer server = this.fixture.servers.lines((line) -> line.equals("much") ? "x".repeat(1_000_000) : null,
				(spec) -> spec.transport(transport)
					.options(SocketOptions.DEFAULT.sendBuffer(4 * 1024))
					.tls(Certificates.patient(AUTHORITY.bundle("localhost"))));

		try (Peer peer = new Peer(server, 4 * 1024)) {
			peer.send("much\n");
			Awaitility.await().until(() -> server.statistics().messagesHandled() == 1);
			peer.send("more\n");
			Awaitility.await().until(() -> server.statistics().bytesReceived() == 10);
			assertThat(peer.bytes(6_000_006)).hasSize(6_000_006);
		}
		assertThat(this.fixture.servers.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
	}

	@Tag("long")
	@Every.OneTransport
	void whatComesAfterTheLastReplyFailsInNoHandler(SocketTransport transport) throws Exception {
		this.customizers
			.add((pipeline, spec) -> pipeline.addLast(new Reading(NettyPipelineCustomizerTests::passOnUnlessX)));
		SocketServer server = this.fixture.servers.lines((line) -> "y".repeat(100_000),
				(spec) -> spec.transport(transport).requestsPerSession(1));

		try (Peer peer = new Peer(server, 4 * 1024)) {
			peer.send("abc\n");
			Awaitility.await().until(() -> server.statistics().messagesSent() == 1);
			// A connection that is closed before all of that was read is reset.
			peer.send("x".repeat(1_000_000));
			assertThat(this.fixture.servers.nextClosed().reason()).isEqualTo(CloseReason.REQUESTS_DONE);
			assertThat(peer.rest()).hasSize(100_001);
		}
		assertThat(this.log.events()).isEmpty();
	}

	@Every.Transport
	void whatHandlersWriteThemselvesLeavesBeforeTheEnd(SocketTransport transport) throws Exception {
		this.customizers.add((pipeline, spec) -> pipeline.addLast(new Greeting(8_000_000)));
		SocketServer server = this.fixture.servers.lines((line) -> null,
				(spec) -> spec.transport(transport).requestsPerSession(1));

		try (Peer peer = new Peer(server, 4 * 1024)) {
			assertThat(peer.send("abc\n").rest()).hasSize(8_000_000);
		}
		assertThat(this.fixture.servers.nextClosed().reason()).isEqualTo(CloseReason.REQUESTS_DONE);
		try (Peer peer = new Peer(server, 4 * 1024)) {
			assertThat(peer.endOutput().rest()).hasSize(8_000_000);
		}
		assertThat(this.fixture.servers.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
	}

	@Every.OneTransport
	void whatHandlersWriteThemselvesDoesNotKeepASessionOfWhoReadsNothing(SocketTransport transport) throws Exception {
		this.customizers.add((pipeline, spec) -> pipeline.addLast(new Greeting(32_000_000)));
		SocketServer server = this.fixture.servers.lines((line) -> line, (spec) -> spec.transport(transport));

		try (Peer peer = new Peer(server, 4 * 1024)) {
			peer.endOutput();
			assertThat(this.fixture.servers.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
			assertThat(peer.sawReset()).isTrue();
		}
	}

	/** What begins with an x it cannot read. */
	private static void passOnUnlessX(ChannelHandlerContext context, ByteBuf bytes) {
		if (bytes.getByte(0) == 'x') {
			bytes.release();
			throw new IllegalStateException("not this");
		}
		context.fireChannelRead(bytes);
	}

	/** Does with what is received what the test says. */
	static final class Reading extends ChannelInboundHandlerAdapter {

		private final BiConsumer<ChannelHandlerContext, ByteBuf> action;

		Reading(BiConsumer<ChannelHandlerContext, ByteBuf> action) {
			this.action = action;
		}

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			this.action.accept(context, (ByteBuf) message);
		}

	}

	/** Writes so many bytes by itself as soon as it can. */
	private static final class Greeting extends ChannelInboundHandlerAdapter {

		private final int bytes;

		Greeting(int bytes) {
			this.bytes = bytes;
		}

		@Override
		public void handlerAdded(ChannelHandlerContext context) {
			context.writeAndFlush(Unpooled.wrappedBuffer(new byte[this.bytes]));
		}

	}

	/** Writes what leaves several times. */
	private static final class Repeating extends ChannelDuplexHandler {

		private final int times;

		Repeating(int times) {
			this.times = times;
		}

		@Override
		public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
			ByteBuf bytes = (ByteBuf) message;
			ByteBuf repeated = context.alloc().buffer(this.times * bytes.readableBytes());
			for (int i = 0; i < this.times; i++) {
				repeated.writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
			}
			bytes.release();
			context.write(repeated, promise);
		}

	}

	/** For each write of the session's, has it read a line, at once. */
	private static final class Answering extends ChannelDuplexHandler {

		@Override
		public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
			boolean answers = ((ByteBuf) message).getByte(0) != '+';
			context.write(message, promise);
			if (answers) {
				context.fireChannelRead(context.alloc().buffer().writeBytes("answer me, please\n".getBytes(US_ASCII)));
				context.fireChannelReadComplete();
			}
		}

	}

	/** Passes on a line after the other. */
	private static final class Lines extends ByteToMessageDecoder {

		@Override
		protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
			int end = in.bytesBefore((byte) '\n');
			if (end >= 0) {
				out.add(in.readRetainedSlice(end + 1));
			}
		}

	}

	/** Lowers each byte that is received, and raises each that is sent. */
	private static final class Shifting extends ChannelDuplexHandler {

		private final int by;

		Shifting(int by) {
			this.by = by;
		}

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			context.fireChannelRead(shifted(context, (ByteBuf) message, -this.by));
		}

		@Override
		public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
			context.write(shifted(context, (ByteBuf) message, this.by), promise);
		}

		private static ByteBuf shifted(ChannelHandlerContext context, ByteBuf bytes, int by) {
			ByteBuf shifted = context.alloc().buffer(bytes.readableBytes());
			while (bytes.isReadable()) {
				shifted.writeByte(bytes.readByte() + by);
			}
			bytes.release();
			return shifted;
		}

	}

	/** Reports how many bytes pass, and which way. */
	private static final class Watching extends ChannelDuplexHandler {

		private final ObjIntConsumer<String> seen;

		Watching(ObjIntConsumer<String> seen) {
			this.seen = seen;
		}

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			this.seen.accept("in", ((ByteBuf) message).readableBytes());
			context.fireChannelRead(message);
		}

		@Override
		public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
			this.seen.accept("out", ((ByteBuf) message).readableBytes());
			context.write(message, promise);
		}

	}

	/** Passes bytes on in pairs, and keeps the odd one until the next is there. */
	private static final class Pairs extends ByteToMessageDecoder {

		@Override
		protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
			if (in.readableBytes() >= 2) {
				out.add(in.readRetainedSlice(2));
			}
		}

	}

}
