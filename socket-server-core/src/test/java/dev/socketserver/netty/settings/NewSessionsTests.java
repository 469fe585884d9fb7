package dev.socketserver.netty.settings;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketSession;
import dev.socketserver.address.Cidr;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.spec.ProxyProtocol;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.listen.Tls;
import dev.socketserver.tls.TlsBundle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Settings that sessions have which begin after the change, while those of before keep
 * theirs.
 */
class NewSessionsTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	private static ServerHandler says(String word) {
		return ServerHandler.function("says", PayloadConverter.text(UTF_8), (line) -> word + " " + line);
	}

	private ChangingServer server(UnaryOperator<ServerSpec.Builder> first) {
		return new ChangingServer(this.fixture, says("one"), first);
	}

	@Test
	void handlerServesSessionsThatBeginAfterIt() throws Exception {
		ChangingServer changing = server(UnaryOperator.identity());
		try (Peer before = new Peer(changing.server())) {
			assertThat(before.ask("a")).isEqualTo("one a");
			long version = changing.handler(says("two"));
			try (Peer after = new Peer(changing.server())) {
				assertThat(after.ask("a")).isEqualTo("two a");
				assertThat(before.ask("b")).isEqualTo("one b");
				assertThat(changing.server().sessions().map(SocketSession::settingsVersion)).containsExactly(1L,
						version);
			}
		}
		assertThat(changing.server().spec().handler().name()).isEqualTo("says");
	}

	@Test
	void handlerOfAnotherFormNeedsNoRestart() throws Exception {
		ChangingServer changing = server(UnaryOperator.identity());
		try (Peer before = new Peer(changing.server())) {
			assertThat(before.ask("a")).isEqualTo("one a");
			changing.handler(ServerHandler.stream("stream", (in, out, session) -> out.write(in.readNBytes(3))));
			try (Peer after = new Peer(changing.server())) {
				assertThat(new String(after.send("xyz").bytes(3), UTF_8)).isEqualTo("xyz");
				assertThat(before.ask("b")).isEqualTo("one b");
			}
		}
	}

	@Test
	void framingCharsetAndLengthAreThoseOfTheBeginning() throws Exception {
		ChangingServer changing = server((spec) -> spec.framing(Framing.line()).limits((l) -> l.frame(10)));
		try (Peer before = new Peer(changing.server())) {
			assertThat(before.ask("a")).isEqualTo("one a");
			changing.change((spec) -> spec.framing(Framing.delimiter(";"))
				.charset(StandardCharsets.ISO_8859_1)
				.limits((l) -> l.frame(20)));
			try (Peer after = new Peer(changing.server())) {
				assertThat(new String(after.send("0123456789abcd;").bytes(19), UTF_8)).isEqualTo("one 0123456789abcd;");
				assertThat(before.ask("b")).isEqualTo("one b");
				before.send("0123456789abcd\n");
				assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.FRAME_TOO_LARGE);
			}
		}
	}

	@Test
	void farewellIsSaidInTheFramingOfEachSession() throws Exception {
		ChangingServer changing = server((spec) -> spec.farewell("bye"));
		try (Peer before = new Peer(changing.server())) {
			assertThat(before.ask("a")).isEqualTo("one a");
			changing.change((spec) -> spec.framing(Framing.delimiter(";")).farewell("so long"));
			try (Peer after = new Peer(changing.server())) {
				assertThat(new String(after.send("a;").bytes(6), UTF_8)).isEqualTo("one a;");
				assertThat(changing.server().stop(Duration.ofSeconds(20))).isTrue();
				assertThat(after.rest()).isEqualTo("so long;");
				assertThat(before.rest()).isEqualTo("so long\n");
			}
		}
	}

	@Test
	void heartbeatsBeginWithSessions() throws Exception {
		ChangingServer changing = server((spec) -> spec.framing(Framing.lengthField().width(1).build()));
		try (Peer before = new Peer(changing.server())) {
			assertThat(before.send(new byte[] { 1, 'a' }).bytes(6)).containsExactly(5, 'o', 'n', 'e', ' ', 'a');
			changing.change((spec) -> spec
				.heartbeat((beat) -> beat.period(Duration.ofMillis(50)).timeout(Duration.ofSeconds(100))));
			try (Peer after = new Peer(changing.server())) {
				assertThat(after.bytes(2)).containsExactly(0, 0);
			}
			assertThat(before.send(new byte[] { 1, 'b' }).bytes(6)).containsExactly(5, 'o', 'n', 'e', ' ', 'b');
		}
	}

	@Every.DefaultTransport
	void newBundleIsThatOfConnectionsThatAreAccepted(SocketTransport transport) throws Exception {
		ChangingServer changing = server(
				(spec) -> spec.transport(transport).tls(Certificates.patient(Certificates.TRUSTED.bundle("first"))));
		try (Peer before = new Peer(changing.server())) {
			assertThat(before.ask("a")).isEqualTo("one a");
			changing.change((spec) -> spec.tls(Certificates.patient(Certificates.TRUSTED.bundle("second"))));
			try (Peer after = new Peer(changing.server())) {
				assertThat(after.ask("a")).isEqualTo("one a");
				assertThat(after.certified()).isEqualTo("CN=second");
				assertThat(before.ask("b")).isEqualTo("one b");
				assertThat(before.certified()).isEqualTo("CN=first");
			}
		}
	}

	@Test
	void bundleThatCannotBeUsedChangesNothing() throws Exception {
		ChangingServer changing = server(
				(spec) -> spec.tls(Certificates.patient(Certificates.TRUSTED.bundle("first"))));
		TlsBundle bundle = Certificates.TRUSTED.bundle("second");
		Tls broken = Certificates.patient(bundle);
		bundle.replace(Certificates.material(List.of(), List.of()));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> changing.change((spec) -> spec.tls(broken).farewell("never")))
			.withMessage("ssl.bundle is second, but cannot be used: it has no private key with a certificate");
		assertThat(changing.server().spec().farewell()).isNull();
		try (Peer peer = new Peer(changing.server())) {
			assertThat(peer.ask("a")).isEqualTo("one a");
			assertThat(peer.certified()).isEqualTo("CN=first");
		}
	}

	@Test
	void proxyHeadersAreReadOfConnectionsThatAreAccepted() throws Exception {
		ChangingServer changing = new ChangingServer(this.fixture,
				ServerFixture.messages("remote",
						(line, session) -> session.remoteAddress().getHostString() + " " + line),
				UnaryOperator.identity());
		try (Peer before = new Peer(changing.server())) {
			assertThat(before.ask("a")).isEqualTo("127.0.0.1 a");
			changing.change((spec) -> spec
				.proxyProtocol((p) -> p.mode(ProxyMode.REQUIRED).trusted(List.of(Cidr.of("127.0.0.0/8")))));
			try (Peer after = new Peer(changing.server())) {
				assertThat(after.ask("PROXY TCP4 192.0.2.7 192.0.2.8 5000 6000\r\nb")).isEqualTo("192.0.2.7 b");
				assertThat(before.ask("b")).isEqualTo("127.0.0.1 b");
			}
			changing.change((spec) -> spec.proxyProtocol(ProxyProtocol.DEFAULT));
			try (Peer again = new Peer(changing.server())) {
				assertThat(again.ask("c")).isEqualTo("127.0.0.1 c");
			}
		}
	}

}
