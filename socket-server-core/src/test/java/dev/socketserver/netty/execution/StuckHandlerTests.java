package dev.socketserver.netty.execution;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import ch.qos.logback.classic.Level;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.engine.watchdog.StuckCalls;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.ServerFixture.Way;
import dev.socketserver.payload.PayloadConverter;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Handlers that do not return, over sockets.
 */
@Tag("virtual-threads")
class StuckHandlerTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	private final CountDownLatch release = new CountDownLatch(1);

	@RegisterExtension
	final LogLines lines = new LogLines(StuckCalls.class);

	@AfterEach
	void close() {
		this.release.countDown();
	}

	/** A busy machine may have other calls take long too. */
	private List<String> sticking(Level level) {
		return this.lines.messages(level).stream().filter((line) -> line.contains(".stick ")).toList();
	}

	private String stick(String line) {
		if (line.equals("stick")) {
			try {
				this.release.await();
			}
			catch (InterruptedException ex) {
				return "interrupted";
			}
		}
		return line;
	}

	@Every.Way
	void stuckHandlerIsReportedAndNotInterrupted(Way way) throws Exception {
		SocketServer server = this.fixture.lines(this::stick,
				(spec) -> way.spec().apply(spec).timeouts((t) -> t.handler(Duration.ofMillis(100))));
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("x")).isEqualTo("x");
			peer.send("stick\n");

			Awaitility.await().until(() -> server.statistics().stuckSessions() == 1);
			Awaitility.await().until(() -> !sticking(Level.WARN).isEmpty());
			this.release.countDown();

			assertThat(peer.line()).isEqualTo("stick");
			Awaitility.await().until(() -> !sticking(Level.INFO).isEmpty());
		}
		Awaitility.await().until(() -> server.statistics().stuckSessions() == 0);
		assertThat(server.statistics().stuckCalls()).isPositive();
		assertThat(sticking(Level.WARN)).singleElement()
			.asString()
			.startsWith("Server 'test', session test-1: handler 'lines' has been in "
					+ StuckHandlerTests.class.getName() + ".stick for ");
		assertThat(sticking(Level.INFO)).hasSize(1);
	}

	@Test
	void handlersThatOccupyAThreadMayStay() throws Exception {
		SocketServer server = this.fixture.streams((in, out, session) -> in.transferTo(out),
				(spec) -> spec.timeouts((t) -> t.handler(Duration.ofMillis(10))));
		SocketServer watched = this.fixture.servers.register(ServerSpec.builder("watched")
			.handler(ServerHandler.function("watched", PayloadConverter.text(StandardCharsets.UTF_8), this::stick))
			.timeouts((t) -> t.handler(Duration.ofMillis(10)))
			.build());
		watched.start();
		try (Peer peer = new Peer(server); Peer other = new Peer(watched)) {
			assertThat(peer.ask("x")).isEqualTo("x");
			other.send("stick\n");

			Awaitility.await().until(() -> watched.statistics().stuckCalls() > 0);

			assertThat(server.statistics().stuckCalls()).isZero();
			assertThat(peer.ask("x")).isEqualTo("x");
			this.release.countDown();
			assertThat(other.line()).isEqualTo("stick");
		}
	}

	@Test
	void sessionThatIsStuckWhenTheServerHasStoppedIsNoLongerCounted() throws Exception {
		SocketServer server = this.fixture.lines(this::stick,
				(spec) -> spec.timeouts((t) -> t.handler(Duration.ofMillis(10))));
		try (Peer peer = new Peer(server)) {
			peer.send("stick\n");
			Awaitility.await().until(() -> server.statistics().stuckSessions() == 1);

			server.stop(Duration.ZERO);
			Patience.await(server.stopped());

			Awaitility.await().until(() -> server.statistics().stuckSessions() == 0);
			assertThat(server.statistics().stuckCalls()).isPositive();
		}
	}

}
