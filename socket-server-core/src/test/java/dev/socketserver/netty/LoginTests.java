package dev.socketserver.netty;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.framing.Framing;
import dev.socketserver.netty.settings.ChangingServer;
import dev.socketserver.operator.Counter;
import dev.socketserver.operator.CounterSource;
import dev.socketserver.operator.LoginOutcome;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.spec.ExecutionMode;
import dev.socketserver.spec.gate.LoginBy;
import dev.socketserver.spec.gate.Rate;
import dev.socketserver.spec.listen.Tls;
import dev.socketserver.tls.ClientAuth;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** What peers may do before they are logged in. */
class LoginTests {

	/** Set when all is so that only the time has to pass. */
	private static final UnaryOperator<ServerSpec.Builder> IN_A_MOMENT = (spec) -> spec
		.login((login) -> login.timeout(Duration.ofMillis(500)));

	@RegisterExtension
	final ServerFixture fixture = new ServerFixture();

	/** Starts a server whose peers log in, fail to, get bound, or are answered. */
	private SocketServer server(UnaryOperator<ServerSpec.Builder> spec) {
		return changing(spec).server();
	}

	private ChangingServer changing(UnaryOperator<ServerSpec.Builder> spec) {
		SessionHandler handler = (payload, session) -> {
			String line = (String) payload;
			if (line.equals("login")) {
				session.authenticate(() -> "meter");
			}
			else if (line.equals("bind")) {
				session.bind("meter", "7");
			}
			else if (line.startsWith("as ")) {
				session.bind("meter", line.substring(3));
			}
			else if (line.equals("fail")) {
				session.loginFailed("wrong password");
			}
			return line.toUpperCase(Locale.ROOT);
		};
		return new ChangingServer(this.fixture, ServerFixture.messages("login", handler),
				(builder) -> spec.apply(builder.login((login) -> login.timeout(Duration.ofMinutes(5)))));
	}

	private static long count(SocketServer server, LoginOutcome outcome) {
		return ((CounterSource) server.statistics()).sum(Counter.LOGINS, outcome);
	}

	private static int open(SocketServer server) {
		return ServerOperations.of(server).unauthenticated();
	}

	@Every.Mode
	void whoeverDoesNotLogInInTimeIsClosedWhateverItSends(ExecutionMode mode) throws Exception {
		ChangingServer changing = changing((spec) -> spec.execution((execution) -> execution.mode(mode))
			.login((login) -> login.messages(Integer.MAX_VALUE)));
		SocketServer server = changing.server();

		try (Peer talks = new Peer(server); Peer in = new Peer(server)) {
			assertThat(in.ask("login")).isEqualTo("LOGIN");
			assertThat(talks.ask("x")).isEqualTo("X");
			changing.change(IN_A_MOMENT);
			long begun = System.nanoTime();
			String answer = "X";
			while ("X".equals(answer)) {
				assertThat(System.nanoTime() - begun).isLessThan(Patience.stretched(Duration.ofMinutes(1)).toNanos());
				answer = askOrNull(talks, "x");
			}
			CloseStatus status = this.fixture.nextClosed();
			assertThat(status.reason()).isEqualTo(CloseReason.LOGIN_TIMEOUT);
			assertThat(status.detail()).isEqualTo("not logged in 500 ms after the opening");
			assertThat(in.ask("still here")).isEqualTo("STILL HERE");
		}
		assertThat(count(server, LoginOutcome.TIMEOUT)).isEqualTo(1);
		assertThat(count(server, LoginOutcome.SUCCESS)).isEqualTo(1);
	}

	@Test
	void anotherTimeLeavesNothingOfTheOneBefore() throws Exception {
		ScheduledThreadPoolExecutor timer = (ScheduledThreadPoolExecutor) this.fixture.servers.share(Stream::empty)
			.engine()
			.timer();
		ChangingServer changing = changing(UnaryOperator.identity());
		try (Peer silent = new Peer(changing.server())) {
			assertThat(silent.ask("a")).isEqualTo("A");
			int before = timer.getQueue().size();
			for (int i = 1; i <= 20; i++) {
				Duration timeout = Duration.ofHours(i);
				changing.change((spec) -> spec.login((login) -> login.timeout(timeout)));
			}
			assertThat(timer.getQueue()).hasSizeLessThan(before + 10);
		}
	}

	@Test
	void aServerDoesNotAskForTheLoginOfOneThatHadItsName() throws Exception {
		SocketServer before = server(UnaryOperator.identity());
		this.fixture.servers.remove(before.name());
		SocketServer server = this.fixture.lines((line) -> line, UnaryOperator.identity());
		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("a")).isEqualTo("a");
			assertThat(open(server)).isZero();
		}
	}

	private static String askOrNull(Peer peer, String line) {
		try {
			return peer.ask(line);
		}
		catch (IOException ex) {
			return null;
		}
	}

	@Test
	void aPauseOfReadsDoesNotStopTheTime() throws Exception {
		SessionHandler pausing = (payload, session) -> {
			session.pauseReads();
			return null;
		};
		ChangingServer changing = new ChangingServer(this.fixture, ServerFixture.messages("pausing", pausing),
				(spec) -> spec.login((login) -> login.timeout(Duration.ofMinutes(5))));

		try (Peer peer = new Peer(changing.server())) {
			peer.send("x\n");
			Awaitility.await().until(() -> this.fixture.firstOpened().info().readsPaused());
			changing.change(IN_A_MOMENT);
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.LOGIN_TIMEOUT);
		}
	}

	@Test
	void theLastFailedAttemptEndsTheSessionBehindItsReply() throws Exception {
		SocketServer server = server((spec) -> spec.login((login) -> login.attempts(3)));

		try (Peer peer = new Peer(server)) {
			peer.send("fail\nfail\nfail\nfail\n");
			assertThat(List.of(peer.line(), peer.line(), peer.line())).containsOnly("FAIL");
			CloseStatus status = this.fixture.nextClosed();
			assertThat(status.reason()).isEqualTo(CloseReason.LOGIN_FAILED);
			assertThat(status.detail()).isEqualTo("wrong password");
			assertThat(peer.rest()).isEmpty();
		}
		assertThat(count(server, LoginOutcome.FAILED)).isEqualTo(1);
	}

	@Test
	void aNameThatMalformedInputHasMadeIsAFailedLogin() throws Exception {
		SocketServer server = server((spec) -> spec.login((login) -> login.by(LoginBy.IDENTITY)));

		try (Peer peer = new Peer(server)) {
			peer.send(new byte[] { 'a', 's', ' ', (byte) 0xFC, '\n' });
			assertThat(this.fixture.nextClosed().detail()).startsWith("An identity must not have U+FFFD");
		}
		assertThat(count(server, LoginOutcome.FAILED)).isEqualTo(1);
		assertThat(count(server, LoginOutcome.SUCCESS)).isZero();
	}

	@Every.Mode
	void theLastMessageMayStillLogInAndTheNextEndsTheSession(ExecutionMode mode) throws Exception {
		SocketServer server = server(
				(spec) -> spec.execution((execution) -> execution.mode(mode)).login((login) -> login.messages(3)));

		try (Peer good = new Peer(server); Peer bad = new Peer(server)) {
			good.send("a\nb\nlogin\nc\nd\n");
			assertThat(List.of(good.line(), good.line(), good.line(), good.line(), good.line())).containsExactly("A",
					"B", "LOGIN", "C", "D");
			bad.send("a\nb\nc\nlogin\n");
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.LOGIN_FAILED);
		}
	}

	@Test
	void aFrameIsShortUntilTheLogin() throws Exception {
		SocketServer server = server((spec) -> spec.login((login) -> login.frame(100)));

		try (Peer peer = new Peer(server); Peer in = new Peer(server)) {
			in.send("login\n" + "x".repeat(101) + "\n");
			// The second frame may have been cut before the first was handled.
			String first = in.line();
			assertThat(first).isEqualTo("LOGIN");
			peer.send("x".repeat(100) + "\n");
			assertThat(peer.line()).hasSize(100);
			peer.send("x".repeat(101) + "\n");
			Awaitility.await()
				.until(() -> server.statistics().closed().getOrDefault(CloseReason.FRAME_TOO_LARGE, 0L) >= 1);
		}
		try (Peer in = new Peer(server)) {
			assertThat(in.ask("login")).isEqualTo("LOGIN");
			assertThat(in.ask("x".repeat(5_000))).hasSize(5_000);
		}
	}

	/** Also one that only the end of the input completes. */
	@Test
	void theLastFrameIsNoLongerEither() throws Exception {
		SocketServer server = server((spec) -> spec.login((login) -> login.frame(100)));

		try (Peer peer = new Peer(server)) {
			peer.send("x".repeat(101)).endOutput();
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.FRAME_TOO_LARGE);
		}
	}

	@Every.OffLoopMode
	void framesThatAConversationTakesAreMessages(ExecutionMode mode) throws Exception {
		SocketServer server = this.fixture.conversations((conversation) -> {
			for (String line = conversation.receive(); line != null; line = conversation.receive()) {
				if (line.equals("login")) {
					conversation.session().authenticate(() -> "meter");
				}
				conversation.send(line.toUpperCase(Locale.ROOT));
			}
		}, (spec) -> spec.execution((execution) -> execution.mode(mode))
			.login((login) -> login.timeout(Duration.ofMinutes(5)).messages(3)));

		try (Peer good = new Peer(server); Peer bad = new Peer(server)) {
			good.send("a\nb\nlogin\nc\n");
			assertThat(List.of(good.line(), good.line(), good.line(), good.line())).containsExactly("A", "B", "LOGIN",
					"C");
			bad.send("a\nb\nc\nlogin\n");
			assertThat(bad.rest()).isEqualTo("A\nB\nC\n");
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.LOGIN_FAILED);
		}
		assertThat(count(server, LoginOutcome.FAILED)).isEqualTo(1);
	}

	/** Bytes as they are received have neither frames nor messages. */
	@Test
	void aStreamIsNotCounted() throws Exception {
		SocketServer server = this.fixture.streams((in, out, session) -> {
			while (true) {
				byte[] bytes = in.readNBytes(1_000);
				out.write(bytes.length / 100);
				out.flush();
			}
		}, (spec) -> spec.framing(Framing.raw())
			.login((login) -> login.timeout(Duration.ofMinutes(5)).messages(1).frame(10)));

		try (Peer peer = new Peer(server)) {
			for (int i = 0; i < 5; i++) {
				assertThat(peer.send("x".repeat(1_000)).bytes(1)).containsExactly(10);
			}
			assertThat(open(server)).isEqualTo(1);
		}
	}

	private SocketServer bytes(Framing own, Framing other) {
		ServerHandler handler = new ServerHandler.Messages("bytes", PayloadConverter.bytes(), true,
				(spec) -> (payload, session) -> payload);
		return this.fixture.start(handler,
				(spec) -> spec.port(0)
					.framing(own)
					.listener("other", (listener) -> listener.port(0).framing(other))
					.login((login) -> login.timeout(Duration.ofMinutes(5)).messages(2).frame(100)));
	}

	/** Whether there are frames is a matter of the listener, and not of the first one. */
	@Test
	void aStreamIsNotCountedBesideAListenerOfFrames() throws Exception {
		SocketServer server = bytes(Framing.line(), Framing.raw());

		try (Peer raw = new Peer(ServerFixture.port(server, "other"), 0); Peer framed = new Peer(server)) {
			for (int i = 0; i < 3; i++) {
				assertThat(raw.send("x".repeat(101)).bytes(101)).hasSize(101);
			}
			framed.send("a\nb\nc\n");
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.LOGIN_FAILED);
		}
	}

	@Test
	void framesAreCountedAndShortBesideAListenerOfStreams() throws Exception {
		SocketServer server = bytes(Framing.raw(), Framing.line());

		int port = ServerFixture.port(server, "other");
		try (Peer talks = new Peer(port, 0); Peer shouts = new Peer(port, 0); Peer raw = new Peer(server)) {
			assertThat(raw.send("x".repeat(101)).bytes(101)).hasSize(101);
			talks.send("a\nb\nc\n").endOutput();
			assertThat(talks.rest()).isEqualTo("a\nb\n");
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.LOGIN_FAILED);
			shouts.send("x".repeat(101) + "\n").endOutput();
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.FRAME_TOO_LARGE);
		}
	}

	@Test
	void anIdentityLogsInWhereThatIsAsked() throws Exception {
		SocketServer server = server((spec) -> spec.login((login) -> login.by(LoginBy.IDENTITY).messages(2)));

		try (Peer peer = new Peer(server); Peer other = new Peer(server)) {
			other.send("login\nx\nx\n");
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.LOGIN_FAILED);
			assertThat(peer.ask("bind")).isEqualTo("BIND");
			assertThat(List.of(peer.ask("x"), peer.ask("x"), peer.ask("x"))).containsOnly("X");
		}
	}

	@Test
	void broadcastsAreForThoseWhoAreLoggedIn() throws Exception {
		SocketServer server = server((spec) -> spec);

		try (Peer in = new Peer(server); Peer out = new Peer(server)) {
			assertThat(in.ask("login")).isEqualTo("LOGIN");
			assertThat(out.ask("x")).isEqualTo("X");
			server.sessions().forEach((session) -> session.join("all"));

			assertThat(server.broadcast("news")).isEqualTo(1);
			assertThat(server.group("all").broadcast("more")).isEqualTo(1);
			assertThat(List.of(in.line(), in.line())).containsExactly("news", "more");
			assertThat(out.ask("y")).isEqualTo("Y");
			assertThat(open(server)).isEqualTo(1);
		}
		Awaitility.await().until(() -> open(server) == 0);
	}

	@Test
	void aCertificateOfThePeerIsALogin() throws Exception {
		SocketServer server = server(
				(spec) -> spec.tls(Tls.of(Certificates.TRUSTED.bundle("localhost"), ClientAuth.NEED)));

		try (Peer peer = new Peer(server, Certificates.TRUSTED.client("meter"), null)) {
			assertThat(peer.ask("x")).isEqualTo("X");
			assertThat(open(server)).isZero();
			assertThat(count(server, LoginOutcome.SUCCESS)).isEqualTo(1);
		}
	}

	/** Silent peers of one address displace each other, and nobody else. */
	@Test
	void silentPeersOfOneAddressDoNotLockOutOthers() throws Exception {
		SocketServer server = server(
				(spec) -> spec.limits((limits) -> limits.sessions(400)).login((login) -> login.sessions(50)));
		List<Peer> silent = new ArrayList<>();
		try {
			List<Peer> logged = new ArrayList<>();
			for (int i = 0; i < 300; i++) {
				silent.add(new Peer(server, "127.0.1.1"));
				if (i % 10 == 0) {
					Peer peer = new Peer(server, "127.0.2." + (1 + i / 10));
					silent.add(peer);
					assertThat(peer.ask("x")).isEqualTo("X");
					logged.add(peer);
				}
			}
			for (Peer peer : logged) {
				assertThat(peer.ask("login")).isEqualTo("LOGIN");
			}
			Awaitility.await().until(() -> open(server) <= 50);
			assertThat(server.statistics().rejected()).isEmpty();
			assertThat(count(server, LoginOutcome.DISPLACED)).isGreaterThan(200);
			assertThat(count(server, LoginOutcome.SUCCESS)).isEqualTo(30);
			assertThat(this.fixture.nextClosed()).satisfies((status) -> {
				assertThat(status.reason()).isEqualTo(CloseReason.LOGIN_TIMEOUT);
				assertThat(status.detail()).isEqualTo("displaced");
			});
		}
		finally {
			Opened.closeAll(silent);
		}
	}

	/** Who comes counts: an address with as many as another takes from nobody else. */
	@Test
	void anAddressThatHasMostWithItsNewSessionMakesRoomItself() throws Exception {
		SocketServer server = server((spec) -> spec.login((login) -> login.sessions(4)));

		try (Peer first = opened(server, "127.0.1.1");
				Peer second = opened(server, "127.0.1.1");
				Peer third = opened(server, "127.0.1.2");
				Peer fourth = opened(server, "127.0.1.2");
				Peer fifth = opened(server, "127.0.1.2")) {
			assertThat(third.sawReset()).isTrue();
			// Now two have two: the one that has had them for longer makes room.
			try (Peer other = opened(server, "127.0.1.3")) {
				assertThat(first.sawReset()).isTrue();
				for (Peer peer : List.of(second, fourth, fifth, other)) {
					assertThat(peer.ask("y")).isEqualTo("Y");
				}
			}
		}
		assertThat(count(server, LoginOutcome.DISPLACED)).isEqualTo(2);
	}

	/** Sessions open in this order, whichever loop they have. */
	private static Peer opened(SocketServer server, String source) throws IOException {
		Peer peer = new Peer(server, source);
		assertThat(peer.ask("x")).isEqualTo("X");
		return peer;
	}

	@Test
	void halfOfAllSessionsMayBeThoseOfStrangersUnlessItIsSaid() throws Exception {
		SocketServer server = server((spec) -> spec.limits((limits) -> limits.sessions(4)));

		try (Peer first = opened(server, "127.0.1.1");
				Peer second = opened(server, "127.0.1.2");
				Peer third = opened(server, "127.0.1.3")) {
			assertThat(first.sawReset()).isTrue();
			assertThat(List.of(second.ask("login"), third.ask("login"))).containsOnly("LOGIN");
		}
	}

	/** A peer that waits for its rate has no longer for its login. */
	@Test
	void aPauseForARateDoesNotStopTheTime() throws Exception {
		ChangingServer changing = changing((spec) -> spec.rate((rate) -> rate.messages(Rate.messages("1/h"))));

		try (Peer peer = new Peer(changing.server())) {
			peer.send("x\nlogin\n");
			assertThat(peer.line()).isEqualTo("X");
			changing.change(IN_A_MOMENT);
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.LOGIN_TIMEOUT);
		}
		assertThat(count(changing.server(), LoginOutcome.TIMEOUT)).isOne();
	}

	@Test
	void withoutATimeoutNothingHappens() throws Exception {
		SocketServer server = this.fixture.calls((line, session) -> {
			for (int i = 0; i < 10; i++) {
				session.loginFailed("no");
			}
			session.send("ok");
		}, (spec) -> spec);

		try (Peer peer = new Peer(server)) {
			assertThat(peer.ask("x")).isEqualTo("ok");
			SocketSession session = this.fixture.firstOpened();
			assertThat(session.info().state().name()).isEqualTo("OPEN");
		}
		assertThat(Map.of("open", open(server))).containsEntry("open", 0);
	}

	@Test
	void whoHasGotWhatIsALoginNowIsLoggedIn() throws Exception {
		ChangingServer changing = changing(UnaryOperator.identity());
		SocketServer server = changing.server();
		try (Peer bound = new Peer(server); Peer other = new Peer(server)) {
			assertThat(bound.ask("bind")).isEqualTo("BIND");
			assertThat(other.ask("x")).isEqualTo("X");
			assertThat(open(server)).isEqualTo(2);
			changing.change((spec) -> IN_A_MOMENT.apply(spec).login((login) -> login.by(LoginBy.IDENTITY)));
			assertThat(this.fixture.nextClosed().reason()).isEqualTo(CloseReason.LOGIN_TIMEOUT);
			assertThat(bound.ask("y")).isEqualTo("Y");
		}
		assertThat(count(server, LoginOutcome.SUCCESS)).isEqualTo(1);
		assertThat(count(server, LoginOutcome.TIMEOUT)).isEqualTo(1);
	}

}
