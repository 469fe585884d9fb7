package dev.socketserver.netty.accept;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import ch.qos.logback.classic.Level;
import dev.socketserver.RejectReason;
import dev.socketserver.SocketServer;
import dev.socketserver.address.AddressBan;
import dev.socketserver.address.Cidr;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.network.Proxy;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.operator.AddressBans;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.spec.gate.Offence;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * HAProxy in front of a server, where the machine has it: offences are those of the
 * address in the header, and never its own.
 */
class HaproxyBanTests {

	/** From where HAProxy connects. */
	private static final String PROXY = "127.0.0.1";

	private static final String TOO_LONG = "x".repeat(100) + "\n";

	/** Of version 2 of the protocol, by which a proxy speaks for itself. */
	private static final byte[] LOCAL = { 0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A, 0x20,
			0x00, 0x00, 0x00 };

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final LogLines audit = new LogLines("dev.socketserver.audit");

	@TempDir
	private Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "send-proxy", "send-proxy-v2", "send-proxy-v2 check inter 50ms" })
	void offencesAreThoseOfTheAddressInTheHeader(String option) throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase,
				(spec) -> spec.limits((limits) -> limits.frame(50))
					.proxyProtocol((proxy) -> proxy.mode(ProxyMode.REQUIRED).trusted(List.of(Cidr.of(PROXY))))
					.ban((ban) -> ban.offences(2).exempt(List.of())));
		try (Proxy proxy = Proxy.haproxy(this.directory, port(server), option)) {
			for (int i = 0; i < 5; i++) {
				try (Peer itself = new Peer(server, PROXY)) {
					itself.send(LOCAL).send(TOO_LONG);
					assertThat(itself.rest()).isEmpty();
				}
			}
			for (int i = 0; i < 2; i++) {
				assertThat(answer(proxy, "127.0.0.7", TOO_LONG)).isEmpty();
			}
			Awaitility.await().until(() -> bans(server).count() == 1);

			assertThat(bans(server).list()).extracting(AddressBan::address).containsExactly("127.0.0.7");
			assertThat(bans(server).of(InetAddress.getByName(PROXY))).isNull();
			assertThat(answer(proxy, "127.0.0.7", "x\n")).isEmpty();
			assertThat(answer(proxy, "127.0.0.8", "x\n")).isEqualTo("X\n");
			assertThat(server.statistics().rejected()).containsOnlyKeys(RejectReason.BANNED);
			assertThat(this.audit.messages(Level.INFO)).hasSize(3).noneMatch((line) -> line.contains(PROXY + " "));
		}
	}

	@Test
	void aHandshakeThatFailsIsThatOfTheAddressInTheHeader() throws Exception {
		SocketServer server = this.fixture.lines(String::toUpperCase,
				(spec) -> spec.tls(Certificates.patient(Certificates.TRUSTED.bundle("localhost")))
					.proxyProtocol((proxy) -> proxy.mode(ProxyMode.REQUIRED).trusted(List.of(Cidr.of(PROXY))))
					.ban((ban) -> ban.offences(2).exempt(List.of()).reasons(Set.of(Offence.TLS_FAILED))));
		try (Proxy proxy = Proxy.haproxy(this.directory, port(server), "send-proxy-v2")) {
			for (int i = 0; i < 2; i++) {
				answer(proxy, "127.0.0.7", "no TLS at all, but a line\n");
			}
			Awaitility.await().until(() -> bans(server).count() == 1);
			assertThat(bans(server).list()).extracting(AddressBan::address).containsExactly("127.0.0.7");
		}
	}

	private static int port(SocketServer server) {
		return Objects.requireNonNull(server.localAddress()).getPort();
	}

	private static AddressBans bans(SocketServer server) {
		return ServerOperations.of(server).bans();
	}

	/** Sends something, and reads to the end; nothing if the connection is reset. */
	private static String answer(Proxy proxy, String source, String text) {
		try (Socket peer = proxy.connect(source)) {
			peer.getOutputStream().write(text.getBytes(UTF_8));
			peer.shutdownOutput();
			return new String(peer.getInputStream().readAllBytes(), UTF_8);
		}
		catch (IOException ex) {
			return "";
		}
	}

}
