package dev.socketserver.netty.channel;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import ch.qos.logback.classic.Level;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.SessionSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.client.ClientStatistics;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.NettyPipelineCustomizer;
import dev.socketserver.netty.Peer;
import dev.socketserver.spec.SocketTransport;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Customizers and handlers of applications that fail.
 */
@Tag("virtual-threads")
class NettyPipelineFailuresTests {

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	@RegisterExtension
	final LogLines log = new LogLines(SessionChannel.class);

	private final List<NettyPipelineCustomizer> customizers = this.fixture.servers.customizers;

	@Every.Transport
	void aCustomizerThatFailsClosesTheConnectionAndNoOther(SocketTransport transport) throws Exception {
		failsForTheFirstConnectionOnly(transport, (pipeline, spec) -> {
			throw new IOException("no such key");
		});
	}

	@Every.Transport
	void anErrorOfACustomizerClosesTheConnectionToo(SocketTransport transport) throws Exception {
		failsForTheFirstConnectionOnly(transport, (pipeline, spec) -> {
			throw new StackOverflowError();
		});
	}

	private void failsForTheFirstConnectionOnly(SocketTransport transport, NettyPipelineCustomizer failing)
			throws Exception {
		AtomicLong calls = new AtomicLong();
		this.customizers.add((pipeline, spec) -> {
			if (calls.getAndIncrement() == 0) {
				failing.customize(pipeline, spec);
			}
		});
		SocketServer server = this.fixture.servers.lines((line) -> line, (spec) -> spec.transport(transport));

		try (Peer refused = new Peer(server)) {
			assertThat(refused.rest()).isEmpty();
		}
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("abc")).isEqualTo("abc");
		}
		assertThat(this.log.messages(Level.ERROR)).singleElement()
			.asString()
			.contains("Server 'test'", "customizer of its pipeline failed");
		Awaitility.await().until(() -> server.statistics().abandoned() == 1 && server.statistics().active() == 0);
		assertThat(server.statistics().opened()).isEqualTo(1);
	}

	@Every.Transport
	void whatAHandlerThrowsEndsItsSession(SocketTransport transport) throws Exception {
		this.customizers
			.add((pipeline, spec) -> pipeline.addLast(new NettyPipelineCustomizerTests.Reading((context, bytes) -> {
				bytes.release();
				throw new IllegalStateException("not this");
			})));
		assertThatHandlerFails(transport);
	}

	private void assertThatHandlerFails(SocketTransport transport) throws Exception {
		SocketServer server = this.fixture.servers.lines((line) -> line, (spec) -> spec.transport(transport));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("abc\n").rest()).isEmpty();
		}
		assertThatHandlerFailed();
	}

	private void assertThatHandlerFailed() throws Exception {
		CloseStatus status = this.fixture.servers.closed.take();
		assertThat(status.reason()).isEqualTo(CloseReason.IO_ERROR);
		assertThat(status.detail()).isEqualTo("not this");
		assertThat(this.log.messages(Level.ERROR)).singleElement()
			.asString()
			.contains("Server 'test': a handler of the pipeline failed");
	}

	@Test
	void aConnectionOfAClientThatNeverBecomesASessionIsAFailedAttempt() throws Exception {
		this.customizers.add((pipeline, spec) -> {
			if (spec.side() == SessionSpec.Side.CLIENT) {
				throw new IOException("no such key");
			}
		});
		SocketServer server = this.fixture.servers.lines((line) -> line, (spec) -> spec);
		SocketClient client = this.fixture.start(server, (spec) -> spec);
		ClientStatistics counted = client.statistics();

		Awaitility.await().until(() -> counted.attempts() > 2);
		client.close();

		client.closed().get(Patience.limit().toSeconds(), TimeUnit.SECONDS);
		assertThat(counted.connected()).isZero();
		assertThat(counted.failed()).containsOnlyKeys(ConnectFailure.OTHER);
		assertThat(counted.failed().get(ConnectFailure.OTHER) + counted.cancelled()).isEqualTo(counted.attempts());
	}

	@Every.Transport
	void aConnectionThatACustomizerClosesNeverBecomesASession(SocketTransport transport) throws Exception {
		AtomicLong calls = new AtomicLong();
		this.customizers.add((pipeline, spec) -> {
			if (calls.getAndIncrement() == 0) {
				pipeline.channel().close();
			}
		});
		SocketServer server = this.fixture.servers.lines((line) -> line,
				(spec) -> spec.transport(transport).limits((l) -> l.sessions(1)));

		try (Peer refused = new Peer(server)) {
			assertThat(refused.rest()).isEmpty();
		}
		Awaitility.await().until(() -> server.statistics().abandoned() == 1);
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("abc")).isEqualTo("abc");
		}
		Awaitility.await().until(() -> server.statistics().active() == 0);
		assertThat(server.statistics().opened()).isEqualTo(1);
		assertThat(server.statistics().accepted()).isEqualTo(2);
	}

	@Every.Transport
	void aHandlerThatCannotBeAddedClosesTheConnection(SocketTransport transport) throws Exception {
		this.customizers.add((pipeline, spec) -> pipeline.addLast(new ChannelInboundHandlerAdapter() {

			@Override
			public void handlerAdded(ChannelHandlerContext context) {
				throw new IllegalStateException("no such key");
			}

		}));
		SocketServer server = this.fixture.servers.lines((line) -> line, (spec) -> spec.transport(transport));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.rest()).isEmpty();
		}
		assertThat(this.log.messages(Level.ERROR)).singleElement()
			.asString()
			.contains("Server 'test'", "customizer of its pipeline failed");
		Awaitility.await().until(() -> server.statistics().abandoned() == 1);
		assertThat(server.statistics().opened()).isZero();
	}

	@Every.Transport
	void aHandlerThatReleasesTooOftenHarmsNobodyElse(SocketTransport transport) throws Exception {
		this.customizers
			.add((pipeline, spec) -> pipeline.addLast(new NettyPipelineCustomizerTests.Reading((context, bytes) -> {
				boolean bad = bytes.getByte(0) == 'x';
				context.fireChannelRead(bytes);
				if (bad && bytes.refCnt() > 0) {
					bytes.release();
				}
			})));
		SocketServer server = this.fixture.servers.lines((line) -> line, (spec) -> spec.transport(transport));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("abc")).isEqualTo("abc");
			for (int i = 0; i < 8; i++) {
				try (Peer bad = new Peer(server)) {
					assertThat(bad.ask("xyz")).isEqualTo("xyz");
				}
				assertThat(peer.ask("abc")).isEqualTo("abc");
			}
		}
	}

	@Test
	void whatPeersSendForgesNoLinesInWhatHandlersThrow() throws Exception {
		this.customizers
			.add((pipeline, spec) -> pipeline.addLast(new NettyPipelineCustomizerTests.Reading((context, bytes) -> {
				String text = bytes.toString(US_ASCII);
				bytes.release();
				throw new NumberFormatException(text);
			})));
		SocketServer server = this.fixture.servers.lines((line) -> line, (spec) -> spec);

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("1\nERROR forged\n").rest()).isEmpty();
		}
		assertThat(this.log.events()).singleElement()
			.satisfies((event) -> assertThat(event.getThrowableProxy().getMessage()).doesNotContain("\n"));
	}

	@Every.Transport
	void whatAHandlerThrowsForAWriteEndsItsSessionToo(SocketTransport transport) throws Exception {
		this.customizers.add((pipeline, spec) -> pipeline.addLast(new Writing((bytes) -> {
			bytes.release();
			throw new IllegalStateException("not this");
		})));
		assertThatHandlerFails(transport);
	}

	/** Keeps what leaves, does with it what the test says, and never reports it. */
	private static final class Writing extends ChannelDuplexHandler {

		private final Consumer<ByteBuf> action;

		Writing(Consumer<ByteBuf> action) {
			this.action = action;
		}

		@Override
		public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
			this.action.accept((ByteBuf) message);
		}

	}

}
