package dev.socketserver.netty;

import java.time.Duration;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.settings.ChangingServer;
import dev.socketserver.payload.PayloadConverter;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** What is logged of peers that took the port for another one. */
class WrongProtocolTests {

	private static final String CLIENT_HELLO = "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003";

	private static final String PROXY_V2 = "\r\n\r\n\0\r\nQUIT\n\u0021\u0011\0\u000c";

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	private static byte[] bytes(String protocol) {
		return switch (protocol) {
			case "tls" -> CLIENT_HELLO.getBytes(ISO_8859_1);
			case "proxy v1" -> "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n".getBytes(ISO_8859_1);
			case "proxy v2" -> PROXY_V2.getBytes(ISO_8859_1);
			default -> "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(ISO_8859_1);
		};
	}

	@ParameterizedTest
	@CsvSource({ "tls, FRAME_TOO_LARGE, a TLS ClientHello on a plain port", "http, FRAME_TOO_LARGE, an HTTP request",
			"proxy v1, FRAME_TOO_LARGE, 'a PROXY header, but proxy-protocol is off'",
			"proxy v2, FRAME_TOO_LARGE, 'a PROXY header, but proxy-protocol is off'" })
	void isNamedWhereFramesCannotBeCut(String protocol, CloseReason reason, String name) throws Exception {
		SocketServer server = this.fixture.start(
				ServerHandler.function("echo", PayloadConverter.bytes(), (payload) -> payload),
				(spec) -> spec.framing(Framing.lengthField().build()));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send(bytes(protocol)).rest()).isEmpty();
		}
		CloseStatus status = this.fixture.nextClosed();
		assertThat(status.reason()).isEqualTo(reason);
		assertThat(status.detail()).contains(name);
	}

	@ParameterizedTest
	@CsvSource({ "tls, 02, FIRST_FRAME_TIMEOUT, a TLS ClientHello on a plain port",
			"tls, 01, FIRST_FRAME_TIMEOUT, a TLS ClientHello on a plain port",
			"http, 02, FIRST_FRAME_TIMEOUT, an HTTP request", "http, 20, FRAME_TOO_LARGE, an HTTP request",
			"proxy v2, 00, FIRST_FRAME_TIMEOUT, 'a PROXY header, but proxy-protocol is off'" })
	void isNamedWhereItIsDroppedBeforeAFrame(String protocol, String start, CloseReason reason, String name)
			throws Exception {
		ChangingServer changing = resynchronizing(start);

		try (Peer peer = new Peer(changing.server())) {
			peer.send(bytes(protocol));
			if (reason == CloseReason.FIRST_FRAME_TIMEOUT) {
				waitsForAFrameNoLonger(changing, bytes(protocol).length);
			}
			assertThat(peer.rest()).isEmpty();
		}
		CloseStatus status = this.fixture.nextClosed();
		assertThat(status.reason()).isEqualTo(reason);
		assertThat(status.detail()).endsWith("it looks like " + name);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void isNamedWhereNothingEndsTheSessionButThePeerOrItsSilence(boolean silent) throws Exception {
		ChangingServer changing = new ChangingServer(this.fixture,
				ServerHandler.function("echo", PayloadConverter.bytes(), (payload) -> payload),
				(spec) -> spec.framing(Framing.startEnd("hex:02", "hex:ff"))
					.timeouts((t) -> t.idle(Duration.ofHours(1))));

		try (Peer peer = new Peer(changing.server())) {
			peer.send(bytes("http"));
			if (silent) {
				awaitReceived(changing, bytes("http").length);
				changing.change((spec) -> spec.timeouts((t) -> t.idle(Duration.ofMillis(10))));
			}
			else {
				peer.endOutput();
			}
			assertThat(peer.rest()).isEmpty();
		}
		CloseStatus status = this.fixture.nextClosed();
		assertThat(status.reason()).isEqualTo(silent ? CloseReason.IDLE_TIMEOUT : CloseReason.PEER_CLOSED);
		assertThat(status.detail()).endsWith(": it looks like an HTTP request");
	}

	@Test
	void noiseBeforeAFrameIsNoProtocol() throws Exception {
		ChangingServer changing = resynchronizing("02");

		try (Peer peer = new Peer(changing.server())) {
			peer.send("x");
			Awaitility.await().until(() -> ServerFixture.session(changing.server()).info().bytesReceived() == 1);
			peer.send(bytes("http"));
			waitsForAFrameNoLonger(changing, 1 + bytes("http").length);
			assertThat(peer.rest()).isEmpty();
		}
		assertThat(this.fixture.nextClosed().detail()).endsWith("after the opening");
	}

	@Test
	void sessionThatEndsAfterNothingButNoiseSaysSo() throws Exception {
		SocketServer server = resynchronizing("0b").server();

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send("MSH|^~\\&|\r").endOutput().rest()).isEmpty();
		}
		assertThat(this.fixture.nextClosed()).isEqualTo(CloseStatus.of(CloseReason.PEER_CLOSED,
				"the peer closed before a frame, and what it had sent was dropped"));
	}

	/** Drops what precedes a frame. */
	private ChangingServer resynchronizing(String start) {
		return new ChangingServer(this.fixture,
				ServerHandler.function("echo", PayloadConverter.bytes(), (payload) -> payload),
				(spec) -> spec.framing(Framing.startEnd("hex:" + start, "hex:ff")).limits((l) -> l.frame(20)));
	}

	private static void awaitReceived(ChangingServer changing, int bytes) {
		Awaitility.await().until(() -> changing.server().statistics().bytesReceived() == bytes);
	}

	private static void waitsForAFrameNoLonger(ChangingServer changing, int received) {
		awaitReceived(changing, received);
		changing.change((spec) -> spec.timeouts((t) -> t.firstFrame(Duration.ofMillis(1))));
	}

	@ParameterizedTest
	@CsvSource({ "tls, a TLS ClientHello on a plain port", "proxy v1, 'a PROXY header, but proxy-protocol is off'",
			"proxy v2, 'a PROXY header, but proxy-protocol is off'" })
	void isNotHandedOnAsText(String protocol, String name) throws Exception {
		SocketServer server = this.fixture.lines(UnaryOperator.identity(), UnaryOperator.identity());

		try (Peer peer = new Peer(server)) {
			assertThat(peer.send(bytes(protocol)).endOutput().rest()).isEmpty();
		}
		CloseStatus status = this.fixture.nextClosed();
		assertThat(status.reason()).isEqualTo(CloseReason.PROTOCOL_ERROR);
		assertThat(status.detail()).contains(name);
	}

	@ParameterizedTest
	@CsvSource({ "tls, PROTOCOL_ERROR, a TLS ClientHello on a plain port",
			"proxy v1, PROTOCOL_ERROR, 'a PROXY header, but proxy-protocol is off'",
			"http, DECODE_ERROR, an HTTP request" })
	void isNamedWhereAConverterOfTheApplicationMakesSomethingOfText(String protocol, CloseReason reason, String name)
			throws Exception {
		SocketServer server = this.fixture.start(ServerHandler.function("numbers", new Numbers(), Object::toString),
				UnaryOperator.identity());

		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("17")).isEqualTo("17");
		}
		this.fixture.nextClosed();
		try (Peer peer = new Peer(server)) {
			String sent = new String(bytes(protocol), ISO_8859_1);
			peer.send((sent.endsWith("\n") ? sent : sent + "\n").getBytes(ISO_8859_1));
			assertThat(peer.rest()).isEmpty();
		}
		CloseStatus status = this.fixture.nextClosed();
		assertThat(status.reason()).isEqualTo(reason);
		assertThat(status.detail()).contains(name);
	}

	@Test
	void textThatOnlyBeginsLikeAProtocolIsText() throws Exception {
		SocketServer server = this.fixture.lines(UnaryOperator.identity(), UnaryOperator.identity());

		for (String line : new String[] { "GET / HTTP/1.1", "PROXY servers are a topic", "\u0016\u0003" }) {
			try (Peer peer = new Peer(server)) {
				assertThat(peer.ask(line)).isEqualTo(line);
				// Only the beginning of a session shows it.
				assertThat(peer.ask("PROXY TCP4 x")).isEqualTo("PROXY TCP4 x");
			}
		}
	}

	@Test
	void frameOfAPeerThatSpeaksRightIsNotSuspected() throws Exception {
		SocketServer server = this.fixture.start(
				ServerHandler.function("echo", PayloadConverter.bytes(), (payload) -> payload),
				(spec) -> spec.framing(Framing.lengthField().build()));

		try (Peer peer = new Peer(server)) {
			peer.send(new byte[] { 0, 0, 0, 1, 'x' }).bytes(5);
			assertThat(peer.send("GET / HTTP/1.1\r\n".getBytes(UTF_8)).rest()).isEmpty();
		}
		assertThat(this.fixture.nextClosed().detail()).doesNotContain("HTTP");
	}

}
