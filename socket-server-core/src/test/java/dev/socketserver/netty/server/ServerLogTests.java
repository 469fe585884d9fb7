package dev.socketserver.netty.server;

import java.net.SocketException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import ch.qos.logback.classic.Level;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.Numbers;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.SocketTransport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class ServerLogTests {

	private static final Set<CloseReason> TROUBLE = EnumSet.of(CloseReason.ACCESS_DENIED, CloseReason.FRAME_TOO_LARGE,
			CloseReason.LOGIN_FAILED, CloseReason.LOGIN_TIMEOUT, CloseReason.RATE_EXCEEDED, CloseReason.NOT_STORED,
			CloseReason.PROTOCOL_ERROR, CloseReason.DECODE_ERROR, CloseReason.FIRST_FRAME_TIMEOUT,
			CloseReason.FRAME_TIMEOUT, CloseReason.WRITE_TIMEOUT, CloseReason.SLOW_CONSUMER, CloseReason.OVERFLOW,
			CloseReason.MEMORY, CloseReason.EXECUTOR_REJECTED, CloseReason.TLS_FAILED, CloseReason.IO_ERROR);

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final ServerFixture oneLoop = new ServerFixture(1);

	@RegisterExtension
	final LogLines lines = new LogLines(SocketServer.class);

	@Test
	void oneLineForTheStartAndOneForTheStop() throws Exception {
		SocketServer server = this.fixture.lines(UnaryOperator.identity(),
				(spec) -> spec.transport(SocketTransport.NIO).execution((e) -> e.mode(ExecutionMode.EVENT_LOOP)));
		int port = server.localAddress().getPort();
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("x")).isEqualTo("x");
		}
		this.fixture.nextClosed();
		server.stop();

		assertThat(this.lines.messages()).containsExactly(
				"'test' listens on 127.0.0.1:" + port
						+ " (loopback only), nio, line framing, handler lines, execution event-loop",
				"'test' has stopped; since it was created: 1 accepted, 1 opened, 1 closed {PEER_CLOSED=1}, "
						+ "received 2 bytes in 1 message, sent 2 bytes in 1 message, 1 call {SUCCESS=1}");
	}

	@Test
	void manyRefusedConnectionsAreALineOrTwo() throws Exception {
		SocketServer server = this.fixture.lines(UnaryOperator.identity(), (spec) -> spec.limits((l) -> l.sessions(1)));

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
		server.stop();

		assertThat(server.statistics().rejected().values()).containsExactly(50L);
		assertThat(this.lines.messages()).filteredOn((line) -> line.contains("refused"))
			.first()
			.asString()
			.startsWith("'test' has refused a connection from 127.0.0.1:")
			.endsWith(": LIMIT_SESSIONS, with limits.sessions = 1");
		expectFewLines("refused", 50);
	}

	@Test
	void alarmsOfFewSessionsThatComeAndGoAreALineOrTwo() throws Exception {
		// On one thread, so that a session has ended altogether before the next one.
		SocketServer server = this.oneLoop.lines(UnaryOperator.identity(),
				(spec) -> spec.execution((e) -> e.mode(ExecutionMode.EVENT_LOOP)).limits((l) -> l.sessions(1)));

		for (int i = 0; i < 30; i++) {
			try (Peer peer = new Peer(server)) {
				assertThat(peer.ask("x")).isEqualTo("x");
			}
			this.oneLoop.nextClosed();
			int alarms = i + 1;
			await().until(() -> this.oneLoop.alarms.size() == alarms);
		}
		server.stop();

		expectFewLines("are open|SESSIONS", 30);
	}

	@ParameterizedTest
	@ValueSource(ints = { 3, 100 })
	void aFloodOfProtocolErrorsIsALineOrTwo(int count) throws Exception {
		SocketServer server = this.fixture.start(
				ServerHandler.function("bytes", PayloadConverter.bytes(), (bytes) -> bytes),
				(spec) -> spec.framing(Framing.startEnd("\2", "\3")).limits((l) -> l.frame(10)));

		for (int i = 0; i < count; i++) {
			try (Peer peer = new Peer(server)) {
				peer.send("\u0002\u001b[2Jsecret\r\nfrom the peer").rest();
			}
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.FRAME_TOO_LARGE);
		}
		server.stop();

		expectFewLines("FRAME_TOO_LARGE", count);
		assertThat(this.lines.messages()).noneMatch((line) -> line.contains("secret") || line.contains("\u001b"));
	}

	@Test
	void aFloodOfFramesThatCannotBeReadIsALineOrTwo() throws Exception {
		SocketServer server = this.fixture.start(
				ServerHandler.function("numbers", new Numbers(), (number) -> number + 1),
				(spec) -> spec.framing(Framing.line()));

		for (int i = 0; i < 50; i++) {
			try (Peer peer = new Peer(server)) {
				peer.send("secret\n").rest();
			}
			this.fixture.nextClosed();
		}
		server.stop();

		expectFewLines("DECODE_ERROR", 50);
		assertThat(this.lines.messages()).noneMatch((line) -> line.contains("secret"));
	}

	@ParameterizedTest
	@EnumSource(CloseReason.class)
	void onlyAnEndThatIsTroubleIsAWarning(CloseReason reason) throws Exception {
		SocketServer server = this.fixture.lines((line) -> line, (spec) -> spec);

		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("x")).isEqualTo("x");
			ServerFixture.session(server).close(CloseStatus.of(reason));
			peer.rest();
		}
		this.fixture.nextClosed();

		assertThat(this.lines.messages(Level.WARN)).hasSize(TROUBLE.contains(reason) ? 1 : 0)
			.allMatch((line) -> line.endsWith(": " + reason));
	}

	@Test
	void eachOfTenSessionsThatAreDeniedSomethingHasItsLine() throws Exception {
		SocketServer server = this.fixture.lines((line) -> line, (spec) -> spec);
		List<String> denied = new ArrayList<>();

		for (int i = 0; i < 10; i++) {
			try (Peer peer = new Peer(server)) {
				assertThat(peer.ask("x")).isEqualTo("x");
				SocketSession session = ServerFixture.session(server);
				denied.add(session.id());
				session.close(CloseStatus.of(CloseReason.ACCESS_DENIED));
				peer.rest();
			}
			this.fixture.nextClosed();
			await().until(() -> server.sessions().findAny().isEmpty());
		}

		assertThat(this.lines.messages(Level.WARN)).filteredOn((line) -> line.contains(" has closed session "))
			.hasSize(10)
			.allSatisfy((line) -> assertThat(line).contains("has closed session " + denied.remove(0) + " of ",
					": ACCESS_DENIED"));
	}

	@Test
	void detailsAreOnOneLineAndNotTooLong() throws Exception {
		SocketServer server = this.fixture.lines((line) -> line, (spec) -> spec);

		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("x")).isEqualTo("x");
			ServerFixture.session(server)
				.close(CloseStatus.of(CloseReason.PROTOCOL_ERROR, "a\r\nb\u2028" + "c".repeat(10_000)));
			peer.rest();
		}
		this.fixture.nextClosed();

		assertThat(this.lines.messages(Level.WARN)).singleElement()
			.asString()
			.contains("PROTOCOL_ERROR, a\\u000d\\u000ab\\u2028ccc")
			.hasSizeLessThan(400);
	}

	/** One at once, and further ones in one line an interval, and at the end. */
	private void expectFewLines(String what, int count) {
		List<String> about = this.lines.messages(Level.WARN)
			.stream()
			.filter((line) -> Pattern.compile(what).matcher(line).find())
			.toList();
		long logged = about.stream().mapToLong((line) -> {
			Matcher more = Pattern.compile(" (\\d+) more ").matcher(line);
			return more.find() ? Long.parseLong(more.group(1)) : 1;
		}).sum();
		assertThat(logged).as("%s", about).isEqualTo(count);
		assertThat(about.size()).as("%s", about).isBetween(2, 10);
	}

}
