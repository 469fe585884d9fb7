package dev.socketserver.netty.connect;

import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spi.HandlerExecutor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A stop of a client that meets a connection which is just being made.
 */
class ClientStopTests {

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final Noting payloads = new Noting(new AtomicBoolean());

	/** A payload waits for room. */
	private final CountDownLatch full = new CountDownLatch(1);

	/** The second connection is about to be made. */
	private final CountDownLatch asked = new CountDownLatch(1);

	/** It may be made. */
	private final CountDownLatch go = new CountDownLatch(1);

	/** The client knows of it. */
	private final CountDownLatch made = new CountDownLatch(1);

	private volatile @Nullable Thread stopping;

	@AfterEach
	void endThreads() {
		this.go.countDown();
		this.threads.shutdown();
	}

	@Test
	void connectionThatIsMadeMeanwhileEndsWithTheOthers() throws Exception {
		try (ServerSocket listening = new ServerSocket()) {
			listening.setReceiveBufferSize(4096);
			listening.bind(null);
			SocketClient client = this.fixture.start(1,
					(spec) -> spec.host("localhost")
						.port(() -> port(listening))
						.connectTimeout(Patience.limit())
						.drainTimeout(Duration.ofHours(1))
						.pool((pool) -> pool.size(2))
						.byHand(this.payloads)
						.framing(Framing.line())
						.inbound((in) -> in.capacity(1))
						.outbound((out) -> out.bytes(100_000_000))
						.limits((limits) -> limits.frame(20_000_000))
						.execution((e) -> e.executor(new HandlerExecutor("application", this::execute, false))));
			try (Socket first = listening.accept()) {
				first.getOutputStream().write("fills\nlate\n".getBytes(UTF_8));
				Patience.await(this.full);
				Patience.await(this.asked);
				CompletableFuture<?> sent = client.send("x".repeat(10_000_000));
				this.stopping = Thread.currentThread();
				CompletableFuture<?> stopped = client.stop();
				assertThat(this.made.getCount()).isZero();
				assertThat(sent).as("is on its way").isNotDone();
				first.getInputStream().transferTo(OutputStream.nullOutputStream());
				first.shutdownOutput();
				try (Socket second = listening.accept()) {
					second.setSoTimeout(Patience.millis());
					assertThat(second.getInputStream().read()).isEqualTo(-1);
				}
				assertThat(stopped).succeedsWithin(Patience.limit());
			}
		}
	}

	/** The port of the second connection is known only when that may be made. */
	private int port(ServerSocket listening) {
		if (this.fixture.client().statistics().connected() > 0) {
			this.asked.countDown();
			Patience.hold(this.go);
		}
		return listening.getLocalPort();
	}

	/**
	 * The executor of the application. The stop calls it, as it lets go what waits for
	 * room, and finds it busy until the second connection has opened.
	 */
	private void execute(Runnable task) {
		if (Thread.currentThread() == this.stopping) {
			this.go.countDown();
			Patience.await(this.made);
		}
		else if (this.go.getCount() == 0) {
			this.made.countDown();
		}
		this.threads.execute(() -> {
			task.run();
			if (this.payloads.last().get()) {
				this.full.countDown();
			}
		});
	}

	/**
	 * Reads text, where the handler runs, and notes the payload that has to wait.
	 *
	 * @param last whether it has been read
	 */
	private record Noting(AtomicBoolean last) implements PayloadConverter<String> {

		private static final PayloadConverter<String> TEXT = PayloadConverter.text(UTF_8);

		@Override
		public Class<String> type() {
			return String.class;
		}

		@Override
		public String read(byte[] source, int offset, int length) throws Exception {
			String text = TEXT.read(source, offset, length);
			this.last.compareAndSet(false, text.equals("late"));
			return text;
		}

		@Override
		public byte[] write(String payload) throws Exception {
			return TEXT.write(payload);
		}

	}

}
