package dev.socketserver.netty.workaround;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import ch.qos.logback.classic.Level;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.spec.SocketTransport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An error in the midst of I/O, where Netty has no handler to notify, does not end an
 * event loop; nor does one of a task that cannot be logged.
 */
class LoopErrorTests {

	private static final int ERRORS = 3;

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture(1);

	@RegisterExtension
	final LogLines log = new LogLines(ForwardingIoHandler.class);

	@Every.Transport
	void connectionsGoOnAfterAnError(SocketTransport transport) throws Exception {
		SocketServer plain = this.fixture.lines((line) -> "<" + line + ">", (spec) -> spec.transport(transport));
		ShortOfMemory memory = new ShortOfMemory();
		this.fixture.customizers
			.add((pipeline, spec) -> pipeline.channel().config().setOption(ChannelOption.RECVBUF_ALLOCATOR, memory));
		SocketServer failing = this.fixture.servers
			.register(ServerSpec.builder("failing").handler(plain.spec().handler()).transport(transport).build());
		failing.start();
		try (Peer other = new Peer(plain); Peer hit = new Peer(failing)) {
			assertThat(other.ask("one")).isEqualTo("<one>");
			memory.left.set(ERRORS);
			hit.send("two\n");
			if (transport == SocketTransport.IO_URING) {
				// It is notified once of what was received, and cannot go on without
				// that.
				hit.sawReset();
			}
			else {
				assertThat(hit.line()).isEqualTo("<two>");
				assertThat(memory.left).hasNonPositiveValue();
			}
			assertThat(other.ask("three")).isEqualTo("<three>");
			try (Peer next = new Peer(plain)) {
				assertThat(next.ask("four")).isEqualTo("<four>");
			}
			assertThat(this.log.messages(Level.ERROR)).hasSize(1).first().asString().contains("after an error");
		}
	}

	@Every.Transport
	void connectionsGoOnAfterATaskWhoseErrorCannotBeLogged(SocketTransport transport) throws Exception {
		AtomicReference<Channel> channel = new AtomicReference<>();
		this.fixture.customizers.add((pipeline, spec) -> channel.set(pipeline.channel()));
		SocketServer server = this.fixture.lines((line) -> "<" + line + ">", (spec) -> spec.transport(transport));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("one")).isEqualTo("<one>");
			AtomicInteger run = new AtomicInteger();
			for (int i = 0; i < ERRORS; i++) {
				channel.get().eventLoop().execute(() -> {
					run.incrementAndGet();
					throw new NoMemoryForTheLine();
				});
			}
			assertThat(peer.ask("two")).isEqualTo("<two>");
			assertThat(run).hasValue(ERRORS);
			try (Peer next = new Peer(server)) {
				assertThat(next.ask("three")).isEqualTo("<three>");
			}
		}
	}

	/** Logging it fails, too. */
	private static final class NoMemoryForTheLine extends OutOfMemoryError {

		private static final long serialVersionUID = 1L;

		@Override
		public String getMessage() {
			throw new OutOfMemoryError("of the test");
		}

		@Override
		public StackTraceElement[] getStackTrace() {
			throw new OutOfMemoryError("of the test");
		}

	}

	/** Has reads fail before they begin. */
	private static final class ShortOfMemory extends DefaultMaxMessagesRecvByteBufAllocator {

		private final AtomicInteger left = new AtomicInteger();

		@Override
		@SuppressWarnings("deprecation") // of the type that Netty declares
		public Handle newHandle() {
			return new MaxMessageHandle() {

				@Override
				public void reset(ChannelConfig config) {
					if (ShortOfMemory.this.left.getAndDecrement() > 0) {
						throw new OutOfMemoryError("of the test");
					}
					super.reset(config);
				}

				@Override
				public int guess() {
					return 1024;
				}

			};
		}

	}

}
