package dev.socketserver.netty;

import java.net.SocketException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.socketserver.SocketServer;
import dev.socketserver.Transport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ServerLogTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	private final Logger logger = (Logger) LoggerFactory.getLogger(SocketServer.class);

	private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

	@BeforeEach
	void listen() {
		this.lines.start();
		this.logger.addAppender(this.lines);
	}

	@AfterEach
	void leave() {
		this.logger.detachAppender(this.lines);
	}

	private List<String> lines() {
		return List.copyOf(this.lines.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
	}

	@Test
	void oneLineForTheStartAndOneForTheStop() throws Exception {
		SocketServer server = this.fixture.lines(UnaryOperator.identity(), (spec) -> spec.transport(Transport.NIO));
		int port = server.localAddress().getPort();
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("x")).isEqualTo("x");
		}
		this.fixture.nextClosed();
		server.stop();

		assertThat(lines()).containsExactly(
				"'test' listens on 127.0.0.1:" + port + " (loopback only), nio, line framing, handler lines",
				"'test' has stopped after 1 sessions");
	}

	@Test
	void manyRefusedConnectionsAreOneLine() throws Exception {
		SocketServer server = this.fixture.lines(UnaryOperator.identity(), (spec) -> spec.maxSessions(1));

		try (Peer first = new Peer(server)) {
			assertThat(first.ask("x")).isEqualTo("x");
			for (int i = 0; i < 50; i++) {
				try (Peer refused = new Peer(server)) {
					assertThat(refused.sawReset()).isTrue();
				}
				catch (SocketException ex) {
					assertThat(ex).as("refused before connect returned").isNotNull();
				}
			}
		}

		assertThat(server.statistics().rejected().values()).containsExactly(50L);
		assertThat(lines()).filteredOn((line) -> line.contains("refused"))
			.singleElement()
			.asString()
			.startsWith("'test' has refused 1 connections, the last from 127.0.0.1:")
			.endsWith("LIMIT_SESSIONS, with limits.sessions = 1");
	}

}
