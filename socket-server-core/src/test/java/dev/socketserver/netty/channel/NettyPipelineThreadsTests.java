package dev.socketserver.netty.channel;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketserver.CloseReason;
import dev.socketserver.SocketServer;
import dev.socketserver.engine.server.ManagedServer;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.NettyPipelineCustomizer;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.spec.SocketTransport;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests handlers of a {@link NettyPipelineCustomizer} that run on threads of their own,
 * or take the connection from its event loop.
 */
@Tag("long")
@Tag("virtual-threads")
@SuppressWarnings("deprecation") // threads of handlers: few use them, but may
class NettyPipelineThreadsTests {

	@RegisterExtension
	final ServerFixture servers = new ServerFixture();

	@RegisterExtension
	final LogLines log = new LogLines(SessionChannel.class);

	private final DefaultEventExecutorGroup threads = new DefaultEventExecutorGroup(2);

	@AfterEach
	void end() {
		this.servers.servers.close();
		this.threads.shutdownGracefully(0, 1, TimeUnit.SECONDS);
	}

	private void assertNothingLeft(SocketServer server) {
		Awaitility.await().until(() -> server.statistics().active() == 0 && server.sessions().count() == 0);
		Awaitility.await().until(() -> this.servers.servers.memoryUsed() == 0);
		assertThat(this.servers.opened).hasSize((int) server.statistics().opened());
	}

	@Every.Way
	void handlersOnThreadsOfTheirOwnKeepTheOrder(ServerFixture.Way way) throws Exception {
		this.servers.customizers.add((pipeline, spec) -> {
			pipeline.addFirst(this.threads, new Passing());
			pipeline.addLast(this.threads, new Passing());
			pipeline.addLast(new Passing());
		});
		SocketServer server = this.servers.lines((line) -> line,
				(spec) -> way.spec()
					.apply(spec)
					.inbound((inbound) -> inbound.capacity(3))
					.outbound((o) -> o.capacity(3)));
		StringBuilder sent = new StringBuilder();
		for (int i = 0; i < 2000; i++) {
			sent.append("line ").append(i).append('\n');
		}
		for (int round = 0; round < 5; round++) {
			try (Peer peer = new Peer(server)) {
				for (int i = 0; i < sent.length(); i += 997) {
					peer.send(sent.substring(i, Math.min(sent.length(), i + 997)));
				}
				peer.endOutput();
				assertThat(peer.rest()).isEqualTo(sent.toString());
			}
			assertThat(this.servers.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
		}
		assertNothingLeft(server);
	}

	@Every.Way
	void theLastReplyLeavesThroughThem(ServerFixture.Way way) throws Exception {
		this.servers.customizers.add((pipeline, spec) -> pipeline.addLast(this.threads, new Passing()));
		SocketServer server = this.servers.lines((line) -> line.repeat(10_000),
				(spec) -> way.spec().apply(spec).requestsPerSession(2));
		for (int round = 0; round < 5; round++) {
			try (Peer peer = new Peer(server)) {
				peer.send("abcdefgh\nijklmnop\nnever\n");
				assertThat(peer.rest()).hasSize(160_002);
			}
			assertThat(this.servers.nextClosed().reason()).isEqualTo(CloseReason.REQUESTS_DONE);
		}
		assertNothingLeft(server);
	}

	@Every.Way
	void whatTheyWriteThemselvesLeavesBeforeTheEnd(ServerFixture.Way way) throws Exception {
		this.servers.customizers.add((pipeline, spec) -> pipeline.addLast(this.threads, new LastWord()));
		SocketServer server = this.servers.lines((line) -> line, way.spec());
		for (int round = 0; round < 10; round++) {
			try (Peer peer = new Peer(server)) {
				assertThat(peer.ask("abc")).isEqualTo("abc");
				assertThat(peer.endOutput().rest()).isEqualTo("x".repeat(1_000_000));
			}
			assertThat(this.servers.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
		}
		assertNothingLeft(server);
	}

	@Every.Way
	void stopsEndTheirSessionsToo(ServerFixture.Way way) throws Exception {
		this.servers.customizers.add((pipeline, spec) -> pipeline.addLast(this.threads, new Passing()));
		SocketServer server = this.servers.lines((line) -> line, way.spec());
		for (int round = 0; round < 2; round++) {
			try (Peer peer = new Peer(server); Peer resting = new Peer(server)) {
				peer.send("abcdefgh\n".repeat(50));
				Awaitility.await().until(() -> server.statistics().messagesHandled() > 0);
				resting.ask("a");
				if (round == 0) {
					server.stop();
				}
				else {
					Patience.await(server.drain(Duration.ofMillis(10)));
				}
				assertThat(resting.rest()).isEmpty();
			}
			assertThat(this.servers.nextClosed().reason()).isEqualTo(CloseReason.SERVER_STOPPED);
			assertThat(this.servers.nextClosed().reason()).isEqualTo(CloseReason.SERVER_STOPPED);
			assertThat(this.servers.servers.memoryUsed()).isZero();
			server.start();
		}
	}

	@Every.Way
	void handlersMayLeaveAtAnyMoment(ServerFixture.Way way) throws Exception {
		Queue<Throwable> wrong = new ConcurrentLinkedQueue<>();
		this.servers.customizers.add((pipeline, spec) -> {
			pipeline.addLast(this.threads, new Passing());
			for (int i = 0; i < 10; i++) {
				pipeline.addFirst(new Leaving(1 + 2 * i, wrong)).addLast(new Leaving(2 + 2 * i, wrong));
			}
		});
		SocketServer server = this.servers.lines((line) -> line,
				(spec) -> way.spec().apply(spec).inbound((inbound) -> inbound.capacity(3)));
		for (int round = 0; round < 3; round++) {
			try (Peer peer = new Peer(server)) {
				for (int i = 0; i < 100; i++) {
					assertThat(peer.ask("line " + i)).isEqualTo("line " + i);
				}
				peer.endOutput();
				assertThat(peer.rest()).isEmpty();
			}
			assertThat(this.servers.nextClosed().reason()).isEqualTo(CloseReason.PEER_CLOSED);
		}
		assertThat(wrong).isEmpty();
		assertNothingLeft(server);
	}

	@Every.Transport
	void aHandlerThatCannotBeAddedOnItsThreadEndsTheSession(SocketTransport transport) throws Exception {
		this.servers.customizers.add((pipeline, spec) -> pipeline.addLast(this.threads, new ChannelDuplexHandler() {

			@Override
			public void handlerAdded(ChannelHandlerContext context) {
				throw new IllegalStateException("no such key");
			}

		}));
		SocketServer server = this.servers.lines((line) -> line, (spec) -> spec.transport(transport));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.rest()).isEmpty();
		}
		assertThat(this.servers.nextClosed().reason()).isEqualTo(CloseReason.IO_ERROR);
		assertNothingLeft(server);
	}

	@Every.Transport
	void aConnectionThatAHandlerClosesWhenItIsAddedEnds(SocketTransport transport) throws Exception {
		AtomicInteger how = new AtomicInteger();
		this.servers.customizers.add((pipeline, spec) -> {
			ChannelInboundHandlerAdapter closing = new ChannelInboundHandlerAdapter() {

				@Override
				public void handlerAdded(ChannelHandlerContext context) {
					if (how.get() % 2 == 0) {
						context.close();
					}
					else {
						context.channel().close();
					}
				}

			};
			switch (how.get() / 2) {
				case 0 -> pipeline.addFirst(closing);
				case 1 -> pipeline.addFirst(this.threads, closing);
				default -> pipeline.addLast(this.threads, closing);
			}
		});
		SocketServer server = this.servers.lines((line) -> line,
				(spec) -> spec.transport(transport).limits((l) -> l.sessions(1)));
		for (; how.get() < 6; how.incrementAndGet()) {
			try (Peer peer = new Peer(server)) {
				assertThat(peer.rest()).isEmpty();
			}
			Awaitility.await()
				.until(() -> server.statistics().active() == 0 && server.statistics().abandoned()
						+ server.statistics().closed().values().stream().mapToLong(Long::longValue).sum() == how.get()
								+ 1);
		}
		assertNothingLeft(server);
	}

	@Every.Transport
	void aSessionEndsThatAnotherThreadRemovesWhileItOpens(SocketTransport transport) throws Exception {
		CompletableFuture<ChannelPipeline> customized = new CompletableFuture<>();
		this.servers.customizers.add((pipeline, spec) -> customized.complete(pipeline));
		SocketServer server = this.servers.lines((line) -> line,
				(spec) -> spec.transport(transport)
					.limits((l) -> l.sessions(1).sessionsPerAddress(1))
					.framing(new Line(() -> this.threads.submit(() -> customized.join().removeLast()).sync())));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.rest()).isEmpty();
		}
		assertNothingLeft(server);
		Awaitility.await().until(((ManagedServer) server).admission()::isIdle);
	}

	@Every.Transport
	void badRecordsAreNoFailureOfAHandlerWhereThereIsNoSession(SocketTransport transport) throws Exception {
		CompletableFuture<Void> seen = new CompletableFuture<>();
		this.servers.customizers.add((pipeline, spec) -> {
			pipeline.channel().eventLoop().execute(() -> {
				pipeline.fireExceptionCaught(new DecoderException(new NotSslRecordException("no record")));
				seen.complete(null);
			});
			pipeline.channel().close();
		});
		SocketServer server = this.servers.lines((line) -> line, (spec) -> spec.transport(transport)
			.tls(Certificates.patient(Certificates.TRUSTED.bundle("localhost"))));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.rest()).isEmpty();
			Patience.await(seen);
		}
		assertNothingLeft(server);
		assertThat(server.statistics().abandoned()).isOne();
		assertThat(this.log.messages()).isEmpty();
	}

	/** Passes everything on, from its thread. */
	private static final class Passing extends ChannelDuplexHandler {

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			context.fireChannelRead(message);
		}

		@Override
		public void channelReadComplete(ChannelHandlerContext context) {
			context.fireChannelReadComplete();
		}

		@Override
		public void userEventTriggered(ChannelHandlerContext context, Object event) {
			context.fireUserEventTriggered(event);
		}

		@Override
		public void channelInactive(ChannelHandlerContext context) {
			context.fireChannelInactive();
		}

		@Override
		public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
			context.write(message, context.newPromise()).addListener((written) -> {
				if (written.isSuccess()) {
					promise.setSuccess();
				}
				else {
					promise.setFailure(written.cause());
				}
			});
		}

		@Override
		public void flush(ChannelHandlerContext context) {
			context.flush();
		}

		@Override
		public void read(ChannelHandlerContext context) {
			context.read();
		}

	}

	/** Has something to say when the peer has said everything. */
	private static final class LastWord extends ChannelDuplexHandler {

		@Override
		public void userEventTriggered(ChannelHandlerContext context, Object event) {
			if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent) {
				context.writeAndFlush(Unpooled.wrappedBuffer("x".repeat(1_000_000).getBytes(US_ASCII)));
			}
			context.fireUserEventTriggered(event);
		}

	}

	/** Lines, whose decoder is made after something else was done. */
	private static final class Line implements Framing {

		private final Framing line = Framing.line();

		private final Callable<?> before;

		Line(Callable<?> before) {
			this.before = before;
		}

		@Override
		public String type() {
			return "late";
		}

		@Override
		public FrameDecoder decoder(int maxFrameBytes) {
			try {
				this.before.call();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
			return this.line.decoder(maxFrameBytes);
		}

		@Override
		public void encode(byte[] payload, FrameOutput out) {
			this.line.encode(payload, out);
		}

	}

	/** Leaves behind so many events. */
	private static final class Leaving extends ChannelDuplexHandler {

		private final int at;

		private final Queue<Throwable> wrong;

		private int count;

		Leaving(int at, Queue<Throwable> wrong) {
			this.at = at;
			this.wrong = wrong;
		}

		private void count(ChannelHandlerContext context) {
			if (this.count++ == this.at) {
				context.pipeline().remove(this);
			}
		}

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			count(context);
			context.fireChannelRead(message);
		}

		@Override
		public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
			count(context);
			context.write(message, promise);
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			this.wrong.add(cause);
			context.fireExceptionCaught(cause);
		}

	}

}
