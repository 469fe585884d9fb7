package dev.socketserver.netty.settings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

import dev.socketserver.CloseReason;
import dev.socketserver.RejectReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.address.Cidr;
import dev.socketserver.engine.server.ManagedServer;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.Peer;
import dev.socketserver.netty.ServerFixture;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.operator.SessionOperations;
import dev.socketserver.operator.SessionRate;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.gate.LoginBy;
import dev.socketserver.spec.gate.OnExceeded;
import dev.socketserver.spec.gate.Rate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rates, logins and bans, the rules of UDP, and how sessions end, for sessions that are
 * open.
 */
class AppliedGateTests {

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	private ChangingServer server(UnaryOperator<ServerSpec.Builder> first) {
		SessionHandler handler = (payload, session) -> {
			String line = (String) payload;
			switch (line) {
				case "login" -> session.authenticate(() -> "meter");
				case "bind" -> session.bind("meter", "7");
				case "fast" -> session.rate(null, null);
				case "slow" -> session.rate("1/h", null);
				case "bad" -> session.offence("bad");
				default -> {
				}
			}
			return line.toUpperCase(Locale.ROOT);
		};
		return new ChangingServer(this.fixture, ServerFixture.messages("gate", handler), first);
	}

	private static SessionRate rate(SocketSession session) {
		return SessionOperations.of(session).rate();
	}

	@Test
	void rateIsThatOfOpenSessionsUnlessTheApplicationHasDecided() throws Exception {
		ChangingServer changing = server(UnaryOperator.identity());
		try (Peer common = new Peer(changing.server())) {
			assertThat(common.ask("a")).isEqualTo("A");
			isDecidedByTheApplicationOrTheSettings(changing, common);
		}
	}

	private void isDecidedByTheApplicationOrTheSettings(ChangingServer changing, Peer common) throws Exception {
		try (Peer fast = new Peer(changing.server())) {
			assertThat(fast.ask("fast")).isEqualTo("FAST");
			changing.change((spec) -> spec
				.rate((rate) -> rate.messages(Rate.messages("2/h")).messagesBurst(2).onExceeded(OnExceeded.PAUSE)));
			SocketSession limited = this.fixture.opened.get(0);
			Patience.within(() -> assertThat(rate(limited)).isEqualTo(new SessionRate("2/h", null, false)));
			assertThat(common.ask("b")).isEqualTo("B");
			assertThat(common.ask("c")).isEqualTo("C");
			common.send("d\n");
			for (int i = 0; i < 10; i++) {
				assertThat(fast.ask("e")).isEqualTo("E");
			}
			Patience.within(() -> assertThat(rate(limited)).isEqualTo(new SessionRate("2/h", null, true)));
			assertThat(rate(this.fixture.opened.get(1))).isNull();
			changing.change((spec) -> spec.rate((rate) -> rate.messages(Rate.messages("1000/s")).messagesBurst(0)));
			assertThat(common.line()).isEqualTo("D");
			assertThat(common.ask("slow")).isEqualTo("SLOW");
			changing.change((spec) -> spec.rate((rate) -> rate.messages(null)));
			Patience.within(() -> assertThat(rate(limited)).isNotNull());
			try (Peer later = new Peer(changing.server())) {
				for (int i = 0; i < 5; i++) {
					assertThat(later.ask("f")).isEqualTo("F");
				}
			}
		}
	}

	@Test
	void sessionsThatLogInHaveTheNewTimeFromTheirBeginning() throws Exception {
		ChangingServer changing = server((spec) -> spec.login((login) -> login.timeout(Duration.ofHours(1))));
		try (Peer in = new Peer(changing.server())) {
			assertThat(in.ask("login")).isEqualTo("LOGIN");
			// A late thread makes it longer now and then.
			Duration most = Duration.ofMillis(100);
			for (int attempt = 1; endsInNewTime(changing).compareTo(most) >= 0; attempt++) {
				assertThat(attempt).isLessThan(10);
			}
			assertThat(in.ask("b")).isEqualTo("B");
			changing.change((spec) -> spec
				.login((login) -> login.timeout(Duration.ofHours(1)).by(LoginBy.IDENTITY).messages(2)));
			try (Peer bound = new Peer(changing.server()); Peer talks = new Peer(changing.server())) {
				assertThat(bound.ask("login")).isEqualTo("LOGIN");
				assertThat(bound.ask("bind")).isEqualTo("BIND");
				assertThat(bound.ask("c")).isEqualTo("C");
				assertThat(talks.ask("d")).isEqualTo("D");
				changing.change((spec) -> spec.login((login) -> login.messages(1)));
				talks.send("e\n");
				assertThat(talks.rest()).isEmpty();
			}
		}
	}

	/** Returns how long a session lives whose time becomes shorter than it is old. */
	private Duration endsInNewTime(ChangingServer changing) throws Exception {
		changing.change((spec) -> spec.login((login) -> login.timeout(Duration.ofHours(1))));
		try (Peer silent = new Peer(changing.server())) {
			assertThat(silent.ask("a")).isEqualTo("A");
			return endsOverdue(changing, silent, Duration.ofMillis(300),
					(spec) -> spec.login((login) -> login.timeout(Duration.ofMillis(200))));
		}
	}

	/** Returns how long a session lives after a change, which is made when it is old. */
	private Duration endsOverdue(ChangingServer changing, Peer silent, Duration age,
			UnaryOperator<ServerSpec.Builder> change) throws Exception {
		long overdue = System.nanoTime() + age.toNanos();
		Patience.within(() -> assertThat(System.nanoTime()).isGreaterThan(overdue));
		long changed = System.nanoTime();
		changing.change(change);
		silent.rest();
		Duration passed = Duration.ofNanos(System.nanoTime() - changed);
		assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.LOGIN_TIMEOUT);
		return passed;
	}

	@Test
	void whoConnectedWithoutALoginHasToLogInFromTheChangeOn() throws Exception {
		ChangingServer changing = server(UnaryOperator.identity());
		try (Peer in = new Peer(changing.server());
				Peer later = new Peer(changing.server());
				Peer talks = new Peer(changing.server())) {
			assertThat(in.ask("login")).isEqualTo("LOGIN");
			assertThat(later.ask("a")).isEqualTo("A");
			assertThat(talks.ask("b")).isEqualTo("B");
			changing.change((spec) -> spec.login((login) -> login.timeout(Duration.ofHours(1)).messages(1)));
			awaitUnauthenticated(changing.server(), 2);
			assertThat(later.ask("login")).isEqualTo("LOGIN");
			assertThat(later.ask("c")).isEqualTo("C");
			assertThat(talks.ask("d")).isEqualTo("D");
			talks.send("e\n");
			assertThat(talks.rest()).isEmpty();
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.LOGIN_FAILED);
			assertThat(in.ask("f")).isEqualTo("F");
			assertThat(in.ask("g")).isEqualTo("G");
		}
		awaitUnauthenticated(changing.server(), 0);
	}

	@Test
	void theTimeForALoginThatIsAskedForLaterIsThatSinceTheOpening() throws Exception {
		// A late thread makes it longer now and then. Since the change it would never be
		// shorter.
		Duration timeout = Duration.ofMillis(200);
		for (int attempt = 1; endsOverdue(timeout).compareTo(timeout) >= 0; attempt++) {
			assertThat(attempt).isLessThan(10);
			this.fixture.servers.remove("test");
			this.fixture.closed.clear();
		}
	}

	/** Returns how long a session without a login lives after one is asked for. */
	private Duration endsOverdue(Duration timeout) throws Exception {
		ChangingServer changing = server(UnaryOperator.identity());
		try (Peer in = new Peer(changing.server()); Peer silent = new Peer(changing.server())) {
			assertThat(in.ask("bind")).isEqualTo("BIND");
			assertThat(silent.ask("login")).isEqualTo("LOGIN");
			Duration passed = endsOverdue(changing, silent, timeout,
					(spec) -> spec.login((login) -> login.timeout(timeout).by(LoginBy.IDENTITY)));
			assertThat(in.ask("a")).isEqualTo("A");
			return passed;
		}
	}

	@Test
	void moreThanMayBeWithoutALoginMakeRoomForEachOther() throws Exception {
		UnaryOperator<ServerSpec.Builder> rates = (spec) -> spec.rate((rate) -> rate.messages(Rate.messages("1000/s")));
		ChangingServer changing = server(rates);
		try (Peer oldest = new Peer(changing.server())) {
			assertThat(oldest.ask("a")).isEqualTo("A");
			try (Peer older = new Peer(changing.server()); Peer last = new Peer(changing.server())) {
				assertThat(older.ask("b")).isEqualTo("B");
				assertThat(last.ask("c")).isEqualTo("C");
				changing.change((spec) -> spec.login((login) -> login.timeout(Duration.ofHours(1)).sessions(2)));
				assertThat(oldest.sawReset()).isTrue();
				assertThat(this.fixture.nextClosed().detail()).isEqualTo("displaced");
				awaitUnauthenticated(changing.server(), 2);
				assertThat(older.ask("d")).isEqualTo("D");
				assertThat(rate(this.fixture.opened.get(1))).isNotNull();
				changing.replace(rates);
				awaitUnauthenticated(changing.server(), 0);
				changing.change((spec) -> spec.login((login) -> login.timeout(Duration.ofHours(1))));
				awaitUnauthenticated(changing.server(), 2);
			}
		}
	}

	@Test
	void eachSessionIsAskedOnceThatOpensDuringTheChange() throws Exception {
		ChangingServer changing = server(UnaryOperator.identity());
		SocketServer server = changing.server();
		int count = 200;
		List<Peer> peers = new CopyOnWriteArrayList<>();
		try {
			CompletableFuture<?> opening = CompletableFuture.runAsync(() -> {
				for (int i = 0; i < count; i++) {
					peers.add(peer(server));
				}
			});
			while (!opening.isDone()) {
				changing.change((spec) -> spec.login((login) -> login.timeout(Duration.ofHours(1))));
				changing.replace(UnaryOperator.identity());
			}
			opening.get();
			changing.change((spec) -> spec.login((login) -> login.timeout(Duration.ofHours(1))));
			Patience.within(() -> assertThat(server.statistics().opened()).isEqualTo(count));
			awaitUnauthenticated(server, count);
			for (Peer peer : peers) {
				assertThat(peer.ask("login")).isEqualTo("LOGIN");
			}
			awaitUnauthenticated(server, 0);
		}
		finally {
			Opened.closeAll(peers);
		}
	}

	@Test
	void peersOfDatagramsHaveToLogInToo() throws Exception {
		ChangingServer changing = new ChangingServer(this.fixture,
				ServerHandler.function("echo", PayloadConverter.bytes(), (bytes) -> bytes),
				(spec) -> spec.udp((udp) -> udp.sessionTimeout(Duration.ofHours(1))));
		try (DatagramSocket peer = new DatagramSocket()) {
			answers(changing.server(), peer);
			changing.change((spec) -> spec.login((login) -> login.timeout(Duration.ofMillis(1))));
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.LOGIN_TIMEOUT);
		}
	}

	private static Peer peer(SocketServer server) {
		try {
			return new Peer(server);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void awaitUnauthenticated(SocketServer server, int count) {
		Patience.within(() -> assertThat(ServerOperations.of(server).unauthenticated()).isEqualTo(count));
	}

	@Test
	void offencesOfOpenSessionsCountFromTheChangeOn() throws Exception {
		ChangingServer changing = server(UnaryOperator.identity());
		SocketServer server = changing.server();
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("bad")).isEqualTo("BAD");
			changing.change((spec) -> spec.ban((ban) -> ban.offences(2).exempt(List.of())));
			assertThat(peer.ask("bad")).isEqualTo("BAD");
			assertThat(ServerOperations.of(server).bans().count()).isZero();
			assertThat(peer.ask("bad")).isEqualTo("BAD");
			assertThat(ServerOperations.of(server).bans().count()).isOne();
			try (Peer banned = new Peer(server)) {
				assertThat(banned.sawReset()).isTrue();
			}
			catch (SocketException ex) {
				// It was refused before it could be set up.
			}
			assertThat(server.statistics().rejected()).containsEntry(RejectReason.BANNED, 1L);
			assertThat(peer.ask("a")).isEqualTo("A");
			changing.change((spec) -> spec.ban((ban) -> ban.exempt(List.of(Cidr.of("127.0.0.0/8")))));
			try (Peer exempt = new Peer(server)) {
				assertThat(exempt.ask("a")).isEqualTo("A");
			}
		}
	}

	@Test
	void datagramsHaveTheNewRules() throws Exception {
		ChangingServer changing = new ChangingServer(this.fixture,
				ServerHandler.function("ten", PayloadConverter.bytes(), (bytes) -> new byte[10]),
				(spec) -> spec.udp((udp) -> udp.sessionTimeout(Duration.ofHours(1)).amplification(3))
					.limits((l) -> l.frame(8)));
		SocketServer server = changing.server();
		try (DatagramSocket peer = new DatagramSocket()) {
			peer.setSoTimeout(Patience.millis());
			peer.connect(server.localAddress());
			peer.send(new DatagramPacket(new byte[1], 1));
			Patience.within(() -> assertThat(server.statistics().datagrams().received()).isOne());
			changing.change((spec) -> spec.udp((udp) -> udp.amplification(100)));
			peer.send(new DatagramPacket(new byte[1], 1));
			peer.receive(new DatagramPacket(new byte[10], 10));
			changing.change((spec) -> spec.limits((l) -> l.frame(5_000)));
			try (DatagramSocket later = new DatagramSocket()) {
				later.setSoTimeout(Patience.millis());
				later.connect(server.localAddress());
				later.send(new DatagramPacket(new byte[4_000], 4_000));
				later.receive(new DatagramPacket(new byte[10], 10));
			}
			long end = System.nanoTime() + Duration.ofMillis(300).toNanos();
			Patience.within(() -> assertThat(System.nanoTime()).isGreaterThan(end));
			changing.change((spec) -> spec.udp((udp) -> udp.sessionTimeout(Duration.ofMillis(200))));
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.IDLE_TIMEOUT);
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.IDLE_TIMEOUT);
			awaitTaken(server, 0);
			changing.change((spec) -> spec.limits((l) -> l.sessions(1))
				.udp((udp) -> udp.evict(false).sessionTimeout(Duration.ofHours(1))));
			answers(server, peer);
			try (DatagramSocket stranger = new DatagramSocket()) {
				stranger.connect(server.localAddress());
				stranger.send(new DatagramPacket(new byte[1], 1));
				Patience.within(() -> assertThat(server.statistics().rejected())
					.containsEntry(RejectReason.LIMIT_SESSIONS, 1L));
			}
		}
	}

	@Test
	void datagramsOfAnAddressAreCountedThatWereThereBefore() throws Exception {
		ChangingServer changing = new ChangingServer(this.fixture,
				ServerHandler.function("echo", PayloadConverter.bytes(), (bytes) -> bytes),
				(spec) -> spec.udp((udp) -> udp.sessionTimeout(Duration.ofHours(1))));
		SocketServer server = changing.server();
		try (DatagramSocket first = new DatagramSocket();
				DatagramSocket second = new DatagramSocket();
				DatagramSocket third = new DatagramSocket()) {
			answers(server, first);
			answers(server, second);
			changing.change((spec) -> spec.limits((l) -> l.sessionsPerAddress(2)));
			third.connect(server.localAddress());
			third.send(new DatagramPacket(new byte[1], 1));
			Patience
				.within(() -> assertThat(server.statistics().rejected()).containsEntry(RejectReason.LIMIT_ADDRESS, 1L));
			server.sessions().findFirst().orElseThrow().close();
			awaitTaken(server, 1);
			answers(server, third);
			server.sessions().forEach(SocketSession::close);
			awaitTaken(server, 0);
			answers(server, first);
			answers(server, second);
			third.send(new DatagramPacket(new byte[1], 1));
			Patience
				.within(() -> assertThat(server.statistics().rejected()).containsEntry(RejectReason.LIMIT_ADDRESS, 2L));
		}
	}

	private static void awaitTaken(SocketServer server, int count) {
		Patience.within(() -> assertThat(((ManagedServer) server).admission().taken()).isEqualTo(count));
	}

	private static void answers(SocketServer server, DatagramSocket peer) throws Exception {
		peer.setSoTimeout(Patience.millis());
		peer.connect(server.localAddress());
		peer.send(new DatagramPacket(new byte[1], 1));
		peer.receive(new DatagramPacket(new byte[1], 1));
	}

	@Test
	void timeToStopAndPlanOfADrainAreTheNewOnes() throws Exception {
		ChangingServer changing = server((spec) -> spec.drainTimeout(Duration.ofHours(1)));
		try (Peer peer = new Peer(changing.server())) {
			assertThat(peer.ask("a")).isEqualTo("A");
			changing.change((spec) -> spec.drainTimeout(Duration.ZERO));
			assertThat(changing.server().stop()).isTrue();
			assertThat(peer.sawReset()).isTrue();
		}
	}

}
