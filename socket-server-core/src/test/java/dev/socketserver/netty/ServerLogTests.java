package dev.socketserver.netty;

import java.net.SocketException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import dev.socketserver.LogLines;
import dev.socketserver.SocketServer;
import dev.socketserver.Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ServerLogTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final LogLines lines = new LogLines(SocketServer.class);

	@Test
	void oneLineForTheStartAndOneForTheStop() throws Exception {
		SocketServer server = this.fixture.lines(UnaryOperator.identity(), (spec) -> spec.transport(Transport.NIO));
		int port = server.localAddress().getPort();
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("x")).isEqualTo("x");
		}
		this.fixture.nextClosed();
		server.stop();

		assertThat(this.lines.messages()).containsExactly(
				"'test' listens on 127.0.0.1:" + port + " (loopback only), nio, line framing, handler lines",
				"'test' has stopped after 1 sessions: 1 connections accepted, 0 refused, 1 messages received, 1 sent");
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
		assertThat(this.lines.messages()).filteredOn((line) -> line.contains("refused"))
			.singleElement()
			.asString()
			.startsWith("'test' has refused 1 connections, the last from 127.0.0.1:")
			.endsWith("LIMIT_SESSIONS, with limits.sessions = 1");
	}

}
