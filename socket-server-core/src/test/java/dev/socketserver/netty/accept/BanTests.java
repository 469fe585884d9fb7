package dev.socketserver.netty.accept;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;

import ch.qos.logback.classic.Level;
import dev.socketserver.CloseReason;
import dev.socketserver.CloseReasonException;
import dev.socketserver.DatagramDrop;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketSession;
import dev.socketserver.address.AddressBan;
import dev.socketserver.address.Cidr;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.network.DatagramPeer;
import dev.socketserver.fixtures.network.UnixPeer;
import dev.socketserver.netty.Certificates;
import dev.socketserver.netty.Every;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.netty.settings.ChangingServer;
import dev.socketserver.operator.AddressBans;
import dev.socketserver.operator.IoThread;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.PayloadException;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.ProxyMode;
import dev.socketserver.spec.SocketTransport;
import dev.socketserver.spec.gate.Offence;
import dev.socketserver.spec.gate.OnExceeded;
import dev.socketserver.spec.gate.Rate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Addresses that are refused for their offences, or because an operator says so. */
class BanTests {

	private static final String TOO_LONG = "x".repeat(100);

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	@RegisterExtension
	final LogLines audit = new LogLines("dev.socketserver.audit");

	private SocketServer server(UnaryOperator<ServerSpec.Builder> spec) {
		return this.fixture.lines(String::toUpperCase,
				(builder) -> spec.apply(builder.limits((limits) -> limits.frame(50))
					.ban((ban) -> ban.offences(2).exempt(List.of(Cidr.of("127.0.9.0/24"))))));
	}

	private static AddressBans bans(SocketServer server) {
		return ServerOperations.of(server).bans();
	}

	private static boolean serves(SocketServer server, String source) {
		try (Peer peer = new Peer(server, source)) {
			return "X".equals(peer.ask("x"));
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Leaves once the server has ended its output, which else waits a second for that.
	 */
	private void offend(SocketServer server, String source) throws Exception {
		try (Peer peer = new Peer(server, source)) {
			peer.send(TOO_LONG + "\n");
			peer.rest();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.FRAME_TOO_LARGE);
	}

	@Every.Transport
	void anAddressThatOffendsIsRefusedAndOthersAndOpenSessionsAreNot(SocketTransport transport) throws Exception {
		SocketServer server = server((spec) -> spec.transport(transport));

		try (Peer open = new Peer(server, "127.0.1.1")) {
			assertThat(open.ask("x")).isEqualTo("X");
			offend(server, "127.0.1.1");
			offend(server, "127.0.1.1");
			Awaitility.await().until(() -> bans(server).count() == 1);

			assertThat(serves(server, "127.0.1.1")).isFalse();
			assertThat(open.ask("y")).isEqualTo("Y");
		}
		try (Peer other = new Peer(server, "127.0.1.2")) {
			assertThat(other.ask("z")).isEqualTo("Z");
		}
		assertThat(server.statistics().rejected()).containsOnlyKeys(RejectReason.BANNED);
		assertThat(this.audit.messages(Level.INFO)).hasSize(3)
			.startsWith("offence server=test address=127.0.1.1 reason=FRAME_TOO_LARGE",
					"offence server=test address=127.0.1.1 reason=FRAME_TOO_LARGE")
			.last()
			.asString()
			.matches("ban server=test address=127\\.0\\.1\\.1 until=\\S+Z");
	}

	/** It may wait there, and the ban is in force all the same. */
	@Test
	void aListenerIsNotifiedInOrderAndNotOnAnIoThread() throws Exception {
		CompletableFuture<?> release = new CompletableFuture<>();
		BlockingQueue<String> notified = new LinkedBlockingQueue<>();
		SocketServerListener listener = new SocketServerListener() {

			@Override
			public void banned(SocketServer server, AddressBan ban) {
				if (Thread.currentThread() instanceof IoThread) {
					notified.add("on an I/O thread");
				}
				else {
					release.join();
					notified.add(ban.address());
				}
			}

		};
		try (NettySocketServers servers = new NettySocketServers(List.of(listener))) {
			SocketServer server = servers.register(ServerSpec.builder("test")
				.handler(ServerHandler.function("upper", PayloadConverter.text(UTF_8), String::toUpperCase))
				.execution((execution) -> execution.mode(ExecutionMode.EVENT_LOOP))
				.limits((limits) -> limits.frame(50))
				.ban((ban) -> ban.offences(1).exempt(List.of()))
				.build());
			server.start();
			for (String source : List.of("127.0.1.1", "127.0.1.2", "127.0.1.3")) {
				try (Peer peer = new Peer(server, source)) {
					peer.send(TOO_LONG + "\n").rest();
				}
				assertThat(serves(server, source)).isFalse();
			}
			release.complete(null);

			assertThat(List.of(Patience.next(notified), Patience.next(notified), Patience.next(notified)))
				.containsExactly("127.0.1.1", "127.0.1.2", "127.0.1.3");
		}
	}

	@Test
	void aBanEndsByItselfAndWhenAnOperatorEndsIt() throws Exception {
		SocketServer server = server((spec) -> spec.ban((ban) -> ban.time(Duration.ofMillis(200))));
		offend(server, "127.0.1.1");
		offend(server, "127.0.1.1");
		Awaitility.await().until(() -> serves(server, "127.0.1.1"));

		InetAddress address = InetAddress.getByName("127.0.1.3");
		AddressBan ban = bans(server).ban(address, Duration.ofDays(10));
		assertThat(ban.reason()).isEqualTo("OPERATOR");
		assertThat(serves(server, "127.0.1.3")).isFalse();
		assertThat(bans(server).remove(address)).isTrue();
		assertThat(serves(server, "127.0.1.3")).isTrue();
	}

	/** As another program wants them, which bans by the lines. */
	@Test
	void offencesAreLinesOfTheLogAlsoWhereTheyDoNotBan() throws Exception {
		SocketServer server = this.fixture.calls((line, session) -> {
			session.offence("guessed " + line);
			session.send("no");
		}, (spec) -> spec.limits((limits) -> limits.frame(50)).ban((ban) -> ban.exempt(List.of())));

		try (Peer peer = new Peer(server)) {
			for (int i = 0; i < 3; i++) {
				assertThat(peer.ask("pin")).isEqualTo("no");
			}
			peer.send(TOO_LONG + "\n");
			peer.rest();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.FRAME_TOO_LARGE);
		assertThat(this.audit.messages(Level.INFO)).containsExactly(
				"offence server=test address=127.0.0.1 reason=guessed pin",
				"offence server=test address=127.0.0.1 reason=guessed pin",
				"offence server=test address=127.0.0.1 reason=guessed pin",
				"offence server=test address=127.0.0.1 reason=FRAME_TOO_LARGE");
		assertThat(bans(server).count()).isZero();
	}

	@Test
	void whatAHandlerCallsAnOffenceCounts() throws Exception {
		SocketServer server = this.fixture.calls((line, session) -> {
			session.offence("guessed " + line + "\n\u0007");
			session.send("no");
		}, (spec) -> spec.ban((ban) -> ban.offences(2).exempt(List.of())));

		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("one")).isEqualTo("no");
			assertThat(peer.ask("two")).isEqualTo("no");
			Awaitility.await().until(() -> bans(server).count() == 1);
			assertThat(bans(server).list()).singleElement()
				.extracting(AddressBan::reason)
				.isEqualTo("guessed two\\u000a\\u0007");
		}
	}

	@Test
	void anAddressWithAPrincipalIsBannedOnlyAfterTwiceTheOffences() throws Exception {
		SocketServer server = server((spec) -> spec);
		try (Peer open = new Peer(server, "127.0.1.1")) {
			assertThat(open.ask("x")).isEqualTo("X");
			SocketSession session = server.sessions().findFirst().orElseThrow();
			session.authenticate(() -> "meter");
			for (int i = 0; i < 3; i++) {
				offend(server, "127.0.1.1");
			}
			Awaitility.await().until(() -> this.audit.messages(Level.INFO).size() == 3);
			assertThat(bans(server).count()).isZero();
			offend(server, "127.0.1.1");
			Awaitility.await().until(() -> bans(server).count() == 1);
		}
	}

	/** The first has no address, and that of the other may be forged. */
	@Test
	void whoHasAPrincipalByAUnixSocketOrByUdpDoesNotSpareAnAddress(@TempDir Path directory) throws Exception {
		String path = directory.resolve("bans.sock").toString();
		SocketServer server = server((spec) -> spec.port(0)
			.listener("unix", (listener) -> listener.domainSocket((socket) -> socket.path(path)))
			.listener("udp", (listener) -> listener.port(0).udp((udp) -> udp)));
		try (UnixPeer local = UnixPeer.connect(Path.of(path)); DatagramPeer datagrams = udp(server)) {
			assertThat(local.ask("x")).isEqualTo("X");
			assertThat(datagrams.ask("x")).isEqualTo("X");
			assertThat(server.sessions()).hasSize(2).allSatisfy((session) -> {
				session.authenticate(() -> "meter");
				assertThat(session.principal()).isNotNull();
			});
			offend(server, "127.0.0.1");
			offend(server, "127.0.0.1");
			assertThat(bans(server).of(InetAddress.getByName("127.0.0.1"))).isNotNull();
		}
	}

	@Test
	void aPeerOfUdpIsServedThoughItsAddressIsBanned() throws Exception {
		SocketServer server = server(
				(spec) -> spec.port(0).listener("udp", (listener) -> listener.port(0).udp((udp) -> udp)));
		bans(server).ban(InetAddress.getByName("127.0.0.1"), null);

		assertThat(serves(server, "127.0.0.1")).isFalse();
		try (DatagramPeer datagrams = udp(server)) {
			datagrams.send("x");
			// Without a session, it would be dropped.
			Awaitility.await()
				.until(() -> !this.fixture.opened.isEmpty()
						|| server.statistics().datagrams().dropped().containsKey(DatagramDrop.REJECTED));
			assertThat(this.fixture.opened).hasSize(1);
			assertThat(datagrams.receive()).isEqualTo("X");
		}
	}

	private static DatagramPeer udp(SocketServer server) throws IOException {
		return new DatagramPeer(
				new InetSocketAddress(InetAddress.getLoopbackAddress(), ServerFixture.port(server, "udp")));
	}

	@Test
	void exemptAddressesAndTrustedBalancersAreNeverBanned() throws Exception {
		SocketServer server = server((spec) -> spec
			.proxyProtocol((proxy) -> proxy.mode(ProxyMode.OPTIONAL).trusted(List.of(Cidr.of("127.0.8.0/24")))));

		for (String source : List.of("127.0.9.1", "127.0.8.1")) {
			for (int i = 0; i < 5; i++) {
				offend(server, source);
			}
			assertThatIllegalArgumentException().isThrownBy(() -> bans(server).ban(InetAddress.getByName(source), null))
				.withMessageContaining("never banned");
		}
		assertThat(bans(server).count()).isZero();
		assertThat(this.audit.messages(Level.INFO)).isEmpty();
	}

	@Test
	void behindABalancerTheAddressInTheHeaderIsBanned() throws Exception {
		SocketServer server = server((spec) -> spec
			.proxyProtocol((proxy) -> proxy.mode(ProxyMode.REQUIRED).trusted(List.of(Cidr.of("127.0.8.0/24")))));

		for (int i = 0; i < 2; i++) {
			try (Peer peer = new Peer(server, "127.0.8.1")) {
				peer.send("PROXY TCP4 192.0.2.1 198.51.100.9 1 2\r\n" + TOO_LONG + "\n");
				peer.rest();
			}
			this.fixture.nextClosed();
		}
		Awaitility.await().until(() -> bans(server).count() == 1);
		try (Peer banned = new Peer(server, "127.0.8.1"); Peer other = new Peer(server, "127.0.8.1")) {
			assertThat(banned.send("PROXY TCP4 192.0.2.1 198.51.100.9 1 2\r\n").sawReset()).isTrue();
			assertThat(other.send("PROXY TCP4 192.0.2.2 198.51.100.9 1 2\r\n").ask("x")).isEqualTo("X");
		}
	}

	/** An IPv6 address is banned with all of its /64, but for those that never are. */
	@Test
	void anExemptAddressBesideABannedOneIsServed() throws Exception {
		SocketServer server = server((spec) -> spec.ban((ban) -> ban.exempt(List.of(Cidr.of("2001:db8:0:1::7"))))
			.proxyProtocol((proxy) -> proxy.mode(ProxyMode.REQUIRED).trusted(List.of(Cidr.of("127.0.8.0/24")))));

		for (int i = 0; i < 2; i++) {
			try (Peer peer = new Peer(server, "127.0.8.1")) {
				peer.send("PROXY TCP6 2001:db8:0:1::" + i + " 2001:db8::9 1 2\r\n" + TOO_LONG + "\n");
				peer.rest();
			}
			this.fixture.nextClosed();
		}
		Awaitility.await().until(() -> bans(server).count() == 1);
		try (Peer banned = new Peer(server, "127.0.8.1"); Peer exempt = new Peer(server, "127.0.8.1")) {
			assertThat(banned.send("PROXY TCP6 2001:db8:0:1:ffff::1 2001:db8::9 1 2\r\n").sawReset()).isTrue();
			assertThat(exempt.send("PROXY TCP6 2001:db8:0:1::7 2001:db8::9 1 2\r\n").ask("x")).isEqualTo("X");
		}
		assertThat(bans(server).of(InetAddress.getByName("2001:db8:0:1::3"))).isNotNull();
	}

	/** A header may write an address of IPv4 as one of IPv6. */
	@Test
	void anAddressOfIpv4IsTheSameWithinIpv6() throws Exception {
		SocketServer server = server((spec) -> spec.ban((ban) -> ban.exempt(List.of(Cidr.of("192.0.2.7"))))
			.proxyProtocol((proxy) -> proxy.mode(ProxyMode.REQUIRED).trusted(List.of(Cidr.of("127.0.8.0/24")))));

		for (String last : List.of("7", "7", "7", "1", "1")) {
			try (Peer peer = new Peer(server, "127.0.8.1")) {
				peer.send("PROXY TCP6 ::ffff:192.0.2." + last + " ::ffff:198.51.100.9 1 2\r\n" + TOO_LONG + "\n");
				peer.rest();
			}
			this.fixture.nextClosed();
		}
		Awaitility.await().until(() -> bans(server).count() == 1);
		assertThat(bans(server).list()).extracting(AddressBan::address).containsExactly("192.0.2.1");
		try (Peer banned = new Peer(server, "127.0.8.1"); Peer exempt = new Peer(server, "127.0.8.1")) {
			assertThat(banned.send("PROXY TCP4 192.0.2.1 198.51.100.9 1 2\r\n").sawReset()).isTrue();
			assertThat(exempt.send("PROXY TCP4 192.0.2.7 198.51.100.9 1 2\r\n").ask("x")).isEqualTo("X");
		}
	}

	/** A header without an address leaves that of the balancer, which is never banned. */
	@Test
	void aBalancerThatNamesNobodyIsNotBanned() throws Exception {
		SocketServer server = server((spec) -> spec
			.proxyProtocol((proxy) -> proxy.mode(ProxyMode.REQUIRED).trusted(List.of(Cidr.of("127.0.8.0/24")))));

		for (int i = 0; i < 5; i++) {
			try (Peer peer = new Peer(server, "127.0.8.1")) {
				peer.send("PROXY UNKNOWN\r\n" + TOO_LONG + "\n");
				peer.rest();
			}
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.FRAME_TOO_LARGE);
		}
		try (Peer peer = new Peer(server, "127.0.8.1")) {
			assertThat(peer.send("PROXY UNKNOWN\r\n").ask("x")).isEqualTo("X");
		}
		assertThat(bans(server).count()).isZero();
		assertThat(this.audit.messages(Level.INFO)).isEmpty();
	}

	@ParameterizedTest
	@EnumSource(names = { "LOGIN_FAILED", "LOGIN_TIMEOUT", "RATE_EXCEEDED", "FIRST_FRAME_TIMEOUT" })
	void eachReasonIsAnOffenceIfItIsAmongThem(Offence reason) throws Exception {
		Duration patient = Duration.ofMinutes(5);
		ChangingServer changing = new ChangingServer(this.fixture,
				ServerHandler.function("lines", PayloadConverter.text(UTF_8), String::toUpperCase),
				(spec) -> spec.limits((limits) -> limits.frame(50))
					.ban((ban) -> ban.offences(1).exempt(List.of()).reasons(Set.of(reason)))
					.login((login) -> login.messages(2)
						.timeout((reason == Offence.LOGIN_TIMEOUT) ? Duration.ofMillis(100) : patient))
					.timeouts((timeouts) -> timeouts
						.firstFrame((reason == Offence.FIRST_FRAME_TIMEOUT) ? Duration.ofMillis(100) : patient))
					.rate((rate) -> rate.messages(Rate.messages("1/h"))
						.messagesBurst((reason == Offence.RATE_EXCEEDED) ? 1 : 100)
						.onExceeded(OnExceeded.CLOSE)));
		SocketServer server = changing.server();

		try (Peer peer = new Peer(server, "127.0.1.1")) {
			if (reason == Offence.LOGIN_FAILED || reason == Offence.RATE_EXCEEDED) {
				peer.send("a\nb\nc\n");
			}
			peer.rest();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.valueOf(reason.name()));
		Awaitility.await().until(() -> bans(server).count() == 1);
		assertThat(bans(server).list()).singleElement().extracting(AddressBan::reason).isEqualTo(reason.name());
		changing.change((spec) -> spec.login((login) -> login.timeout(patient))
			.timeouts((timeouts) -> timeouts.firstFrame(patient)));
		offend(server, "127.0.1.2");
		assertThat(bans(server).list()).extracting(AddressBan::reason).containsOnly(reason.name());
	}

	@ParameterizedTest
	@EnumSource(names = { "PROTOCOL_ERROR", "ACCESS_DENIED", "DECODE_ERROR" })
	void whatAHandlerSaysOfAMessageIsAnOffenceIfItIsAmongThem(Offence reason) throws Exception {
		SessionHandler refusing = (payload, session) -> {
			Exception failure = new IllegalStateException("refused");
			throw (reason == Offence.DECODE_ERROR) ? new PayloadException(String.class, failure)
					: new CloseReasonException(CloseReason.valueOf(reason.name()), failure);
		};
		ServerHandler handler = ServerFixture.messages("refusing", refusing);
		SocketServer server = this.fixture.start(handler,
				(spec) -> spec.ban((ban) -> ban.offences(1).exempt(List.of()).reasons(Set.of(reason))));

		try (Peer peer = new Peer(server, "127.0.1.1")) {
			peer.send("x\n");
			peer.rest();
		}
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.valueOf(reason.name()));
		Awaitility.await().until(() -> bans(server).count() == 1);
		assertThat(bans(server).list()).singleElement().extracting(AddressBan::reason).isEqualTo(reason.name());
		assertThat(serves(server, "127.0.1.1")).isFalse();
	}

	/** To make room for others is no offence. */
	@Test
	void aDisplacedPeerHasNotOffended() throws Exception {
		SocketServer server = server((spec) -> spec.login((login) -> login.timeout(Duration.ofMinutes(5)).sessions(2)));

		try (Peer first = new Peer(server, "127.0.1.1"); Peer second = new Peer(server, "127.0.1.1")) {
			assertThat(first.ask("x")).isEqualTo("X");
			assertThat(second.ask("x")).isEqualTo("X");
			try (Peer third = new Peer(server, "127.0.1.1"); Peer fourth = new Peer(server, "127.0.1.1")) {
				assertThat(third.ask("x")).isEqualTo("X");
				assertThat(fourth.ask("x")).isEqualTo("X");
				assertThat(this.fixture.nextClosed().detail()).isEqualTo("displaced");
				assertThat(this.fixture.nextClosed().detail()).isEqualTo("displaced");
			}
		}
		try (Peer peer = new Peer(server, "127.0.1.1")) {
			peer.send(TOO_LONG + "\n");
			Awaitility.await().until(() -> !this.audit.messages(Level.INFO).isEmpty());
		}
		assertThat(this.audit.messages(Level.INFO))
			.containsExactly("offence server=test address=127.0.1.1 reason=FRAME_TOO_LARGE");
		assertThat(bans(server).count()).isZero();
	}

	/** They are the server's, and not those of one of its runs. */
	@Test
	void bansOutliveARestartAndNobodyIsListedAmongTheEnded() throws Exception {
		SocketServer server = server((spec) -> spec);
		bans(server).ban(InetAddress.getByName("127.0.1.1"), null);
		server.stop();
		server.start();

		assertThat(serves(server, "127.0.1.1")).isFalse();
		assertThat(ServerOperations.of(server).endedSessions()).isEmpty();
		assertThat(server.statistics().rejected()).containsOnlyKeys(RejectReason.BANNED);
		assertThat(serves(server, "127.0.1.2")).isTrue();
	}

	/** To connect and to say nothing is none: the handshake alone proves no ill will. */
	@Test
	void connectionsThatSayNothingAreNoOffences() throws Exception {
		SocketServer server = server((spec) -> spec);

		for (int i = 0; i < 5; i++) {
			new Peer(server, "127.0.1.1").close();
			new Peer(server, "127.0.1.1").reset();
		}
		Awaitility.await().until(() -> server.statistics().accepted() == 10 && server.statistics().active() == 0);
		assertThat(this.audit.messages(Level.INFO)).isEmpty();
		assertThat(serves(server, "127.0.1.1")).isTrue();
	}

	@Test
	void aBannedPeerIsRefusedBeforeItsHandshake() throws Exception {
		SocketServer server = server(
				(spec) -> spec.tls(Certificates.patient(Certificates.TRUSTED.bundle("localhost"))));
		bans(server).ban(InetAddress.getByName("127.0.0.1"), null);

		try (Peer silent = new Peer(Objects.requireNonNull(server.localAddress()).getPort(), 0)) {
			assertThat(silent.sawReset()).isTrue();
		}
		catch (SocketException ex) {
			// The refusal was there before the peer knew that it is connected.
		}
		assertThat(server.statistics().rejected()).containsOnlyKeys(RejectReason.BANNED);
	}

	@Test
	void failedHandshakesAreOffencesWhereThatIsSaid() throws Exception {
		SocketServer server = server((spec) -> spec.tls(Certificates.patient(Certificates.TRUSTED.bundle("localhost")))
			.ban((ban) -> ban.exempt(List.of()).reasons(Set.of(Offence.TLS_FAILED))));

		for (int i = 0; i < 2; i++) {
			try (Peer plain = new Peer(Objects.requireNonNull(server.localAddress()).getPort(), 0)) {
				plain.send("no TLS at all, but a line\n");
				plain.rest();
			}
			catch (IOException ex) {
				// It may see a reset.
			}
		}
		Awaitility.await().until(() -> bans(server).count() == 1);
		assertThat(bans(server).list()).singleElement().extracting(AddressBan::reason).isEqualTo("TLS_FAILED");
	}

}
