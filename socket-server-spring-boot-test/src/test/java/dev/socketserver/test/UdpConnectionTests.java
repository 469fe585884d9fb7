package dev.socketserver.test;

import java.util.Locale;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of servers of UDP. Two servers have one handler: lines over TCP, and datagrams.
 */
@SpringBootTest(properties = { "socket.servers.both.port=4713", "socket.servers.both-udp.port=4713",
		"socket.servers.both-udp.protocol=udp", "socket.servers.both-udp.handler=both",
		"socket.servers.bytes.port=4714", "socket.servers.bytes.protocol=udp",
		"socket.servers.bytes.limits.frame=65507", "socket.servers.lines.port=4715",
		"socket.servers.lines.protocol=udp", "socket.servers.lines.framing=line", "socket.servers.lines.handler=both" })
class UdpConnectionTests {

	@LocalSocketPort("both-udp")
	private int port;

	@SocketConnection("both-udp")
	private SocketTestClient client;

	@Test
	void portIsThatOfTheServer(@Autowired SocketServers servers, @LocalSocketPort("both") int tcp) {
		SocketServer server = servers.get("both-udp");
		assertThat(server.localAddress().getPort()).isEqualTo(this.port).isPositive().isNotEqualTo(4713);
		assertThat(tcp).isPositive().isNotEqualTo(4713);
		assertThat(this.client.ask("hello")).isEqualTo("HELLO");
		assertThat(server.sessions().map(SocketSession::remoteAddress)).contains(this.client.localAddress());
	}

	@Test
	void oneHandlerServesBoth(@SocketConnection("both") SocketTestClient tcp) {
		assertThat(tcp.ask("over tcp")).isEqualTo("OVER TCP");
		assertThat(this.client.ask("over udp")).isEqualTo("OVER UDP");
	}

	@Test
	void aDatagramIsAFrame() {
		this.client.send("two\nlines").send("three").expect("TWO\nLINES").expectBytes("THREE");
		assertThat(this.client).answers("four", "FOUR");
		this.client.inSegmentsOf(2).send("five").expect("FI").expect("VE");
	}

	@Test
	void datagramsOfEverySizeAreNeverCut(@SocketConnection("bytes") SocketTestClient bytes) {
		for (int size : new int[] { 0, 1, 8_193, 65_507 }) {
			assertThat(bytes.ask(new byte[size])).hasSize(size);
		}
	}

	@Test
	void aDatagramHasWholeFrames(@SocketConnection("lines") SocketTestClient lines) {
		lines.sendRaw("one\ntwo\n").expect("ONE").expect("TWO");
		lines.send("three").expectBytes("THREE\n");
	}

	@Test
	void transcriptsArePlayed() {
		this.client.replay("""
				> "hello"
				< "HELLO"
				> "close"
				< "CLOSE"
				! HANDLER_CLOSED
				""");
	}

	@Test
	void theReasonOfATranscriptIsCompared() {
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> this.client.replay("> \"close\"\n< \"CLOSE\"\n! " + CloseReason.IDLE_TIMEOUT + "\n"))
			.withMessageContaining("ended with HANDLER_CLOSED");
	}

	@Test
	void whatNeedsAStreamThrows() {
		assertNeedsAStream("everySplit", this.client::everySplit);
		assertNeedsAStream("glued", this.client::glued);
		assertNeedsAStream("endOutput", this.client::endOutput);
		assertNeedsAStream("expectClosed", this.client::expectClosed);
		assertNeedsAStream("startTls", this.client::startTls);
	}

	private void assertNeedsAStream(String method, ThrowingCallable call) {
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(call)
			.withMessage(
					method + " needs a stream, and 127.0.0.1:" + this.port + " is a port of UDP, which has datagrams");
	}

	/** The application under test. */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Both both() {
			return new Both();
		}

		@Bean
		@SocketHandler("bytes")
		UnaryOperator<byte[]> bytes() {
			return UnaryOperator.identity();
		}

	}

	/** Answers in capitals. */
	@SocketHandler("both")
	static class Both {

		@OnMessage
		String upper(String text, SocketSession session) {
			if (text.equals("close")) {
				session.close();
			}
			return text.toUpperCase(Locale.ROOT);
		}

	}

}
