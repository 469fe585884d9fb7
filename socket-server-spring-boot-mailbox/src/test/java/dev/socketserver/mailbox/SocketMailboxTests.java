package dev.socketserver.mailbox;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.client.Correlator;
import dev.socketserver.client.RequestNotSentException;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Letters, with the store in memory, over sockets.
 */
class SocketMailboxTests {

	private @Nullable ConfigurableApplicationContext application;

	private SocketMailbox mailbox;

	@AfterEach
	void close() {
		if (this.application != null) {
			this.application.close();
		}
	}

	private ConfigurableApplicationContext run(String... properties) {
		return run(List.of(), properties);
	}

	private ConfigurableApplicationContext run(List<Class<?>> more, String... properties) {
		ConfigurableApplicationContext run = DeviceApplication.run(more, properties);
		this.application = run;
		this.mailbox = run.getBean(SocketMailbox.class);
		return run;
	}

	private Letter post(String key) throws Exception {
		return Patience.await(this.mailbox.post("device", "7", key, "do " + key, null));
	}

	private Letter letter(String key) throws Exception {
		return Patience.await(this.mailbox.letter("device", "7", key)).orElseThrow();
	}

	private void awaitState(String key, LetterState state) {
		Awaitility.await().until(() -> letter(key).state() == state);
	}

	private List<Letter> ended() {
		return this.application.getBean(DeviceApplication.Ended.class).letters;
	}

	/** Runs it with an output that has room for more than the system takes. */
	private void runWithRoom(String... properties) {
		List<String> all = new ArrayList<>(List.of(properties));
		all.add("socket.servers.devices.outbound.bytes=50MB");
		all.add("socket.servers.devices.limits.frame=1MB");
		all.add("socket.servers.devices.options.send-buffer=4KB");
		run(all.toArray(String[]::new));
	}

	/** Sends more to the device than the system takes while its peer does not read. */
	private SocketSession fillOutput() {
		SocketSession session = this.application.getBean(SocketServers.class).find("device", "7").get(0);
		for (int i = 0; i < 12; i++) {
			session.trySend("x".repeat(500_000));
		}
		return session;
	}

	private static void readAll(TestPeer peer) throws Exception {
		for (int i = 0; i < 12; i++) {
			assertThat(peer.line()).hasSize(500_000);
		}
	}

	private TestPeer connect() throws Exception {
		return TestPeer.connect(this.application, "devices");
	}

	@Test
	void whatWaitsIsSentBehindTheReplyToTheLoginOldestFirstAndOneAtATime() throws Exception {
		run();
		for (String key : List.of("a", "b", "c")) {
			assertThat(post(key).state()).isEqualTo(LetterState.WAITING);
		}
		assertThat(Patience.await(this.mailbox.letters("device", "7"))).extracting(Letter::key)
			.containsExactly("a", "b", "c");

		try (TestPeer peer = connect()) {
			assertThat(peer.ask("login 7")).isEqualTo("welcome 7");
			assertThat(peer.line()).isEqualTo("do a");
			assertThat(letter("a").state()).isEqualTo(LetterState.SENT);
			assertThat(letter("b").state()).isEqualTo(LetterState.WAITING);
			assertThat(peer.ask("done")).isEqualTo("do b");
			assertThat(peer.ask("done")).isEqualTo("do c");
			peer.send("done\n");
			awaitState("c", LetterState.DELIVERED);
			assertThat(post("d").state()).isEqualTo(LetterState.WAITING);
			assertThat(peer.line()).isEqualTo("do d");
			peer.send("done\n");
			awaitState("d", LetterState.DELIVERED);
		}

		Awaitility.await().until(() -> ended().size() == 4);
		assertThat(ended()).extracting(Letter::key).containsExactly("a", "b", "c", "d");
		assertThat(ended()).allSatisfy((letter) -> {
			assertThat(letter.state()).isEqualTo(LetterState.DELIVERED);
			assertThat(letter.attempts()).isEqualTo(1);
			assertThat(letter.endedAt()).isAfterOrEqualTo(letter.postedAt());
		});
		assertThat(Patience.await(this.mailbox.letters("device", "7"))).isEmpty();
	}

	@Test
	void aKeyIsStoredOnce() throws Exception {
		run();
		Letter first = post("a");

		assertThat(Patience.await(this.mailbox.post("device", "7", "a", "something else", null))).isEqualTo(first);
		try (TestPeer peer = connect()) {
			peer.ask("login 7");
			assertThat(peer.line()).isEqualTo("do a");
			peer.send("done\n");
			awaitState("a", LetterState.DELIVERED);
			assertThat(post("a").state()).isEqualTo(LetterState.DELIVERED);
		}
	}

	@Test
	void oneThatHasExpiredIsNeverSent() throws Exception {
		run("socket.mailbox.poll=50ms");
		Patience.await(this.mailbox.post("device", "7", "short", "late", Duration.ofMillis(50)));
		post("a");
		awaitState("short", LetterState.EXPIRED);

		try (TestPeer peer = connect()) {
			peer.ask("login 7");
			assertThat(peer.line()).isEqualTo("do a");
		}
		Awaitility.await().until(() -> !ended().isEmpty());
		assertThat(ended().get(0).key()).isEqualTo("short");
		assertThat(ended().get(0).state()).isEqualTo(LetterState.EXPIRED);
	}

	@Test
	void aLetterIsTriedAgainWithAPauseAndThenRefused() throws Exception {
		run("socket.servers.devices.mailbox.timeout=200ms", "socket.servers.devices.mailbox.retry=100ms",
				"socket.servers.devices.mailbox.attempts=2");
		post("a");
		post("b");

		try (TestPeer peer = connect()) {
			peer.ask("login 7");
			assertThat(List.of(peer.line(), peer.line(), peer.line())).containsExactly("do a", "do a", "do b");
			assertThat(letter("a").state()).isEqualTo(LetterState.REFUSED);
			assertThat(letter("a").attempts()).isEqualTo(2);
			assertThat(letter("a").detail())
				.isEqualTo("no acknowledgment in 2 attempts: no acknowledgment within 200 ms");
		}
	}

	@Test
	void anEndOfTheSessionIsAnAttempt() throws Exception {
		run("socket.servers.devices.mailbox.retry=10ms");
		post("a");
		try (TestPeer peer = connect()) {
			peer.ask("login 7");
			assertThat(peer.line()).isEqualTo("do a");
		}
		Awaitility.await().until(() -> letter("a").state() == LetterState.WAITING);
		assertThat(letter("a").attempts()).isEqualTo(1);
		assertThat(letter("a").detail()).isEqualTo("the session ended before the acknowledgment");

		try (TestPeer peer = connect()) {
			peer.ask("login 7");
			assertThat(peer.line()).isEqualTo("do a");
			peer.send("done\n");
			awaitState("a", LetterState.DELIVERED);
			assertThat(letter("a").attempts()).isEqualTo(2);
		}
	}

	@Test
	void theNewestSessionGetsThem() throws Exception {
		run("socket.servers.devices.mailbox.retry=10ms");
		try (TestPeer older = connect()) {
			older.ask("join 7");
			try (TestPeer newer = connect()) {
				newer.ask("join 7");
				post("a");
				assertThat(newer.line()).isEqualTo("do a");
				newer.send("done\n");
				awaitState("a", LetterState.DELIVERED);
			}
			Awaitility.await()
				.until(() -> this.application.getBean(SocketServers.class).find("device", "7").size() == 1);
			post("b");
			assertThat(older.line()).isEqualTo("do b");
		}
	}

	@Test
	void aNewerSessionOfAServerWithOtherLettersDoesNotHoldThemBack() throws Exception {
		run("socket.servers.consoles.port=0", "socket.servers.consoles.handler=devices",
				"socket.servers.consoles.mailbox.identity=operator");
		try (TestPeer device = connect(); TestPeer console = TestPeer.connect(this.application, "consoles")) {
			device.ask("login 7");
			console.ask("login 7");
			post("a");

			assertThat(device.line()).isEqualTo("do a");
		}
	}

	@Test
	void whatWaitsCanBeCancelled() throws Exception {
		run();
		post("a");
		post("b");
		try (TestPeer peer = connect()) {
			peer.ask("login 7");
			assertThat(peer.line()).isEqualTo("do a");
			assertThat(Patience.await(this.mailbox.cancel("device", "7", "a"))).isFalse();
			assertThat(Patience.await(this.mailbox.cancel("device", "7", "b"))).isTrue();
			assertThat(Patience.await(this.mailbox.cancel("device", "7", "b"))).isFalse();
			assertThat(Patience.await(this.mailbox.cancel("device", "7", "none"))).isFalse();
			peer.send("done\n");
			awaitState("a", LetterState.DELIVERED);
		}
		assertThat(letter("b").state()).isEqualTo(LetterState.CANCELLED);
		Awaitility.await().until(() -> ended().size() == 2);
	}

	@Test
	void aFullMailboxTakesNoMore() throws Exception {
		run("socket.mailbox.capacity=2");
		post("a");
		post("b");

		assertThatThrownBy(() -> post("c")).cause()
			.isInstanceOf(MailboxFullException.class)
			.hasMessageContaining("socket.mailbox.capacity");
		assertThat(post("a").key()).isEqualTo("a");
	}

	@Test
	void whatCannotBeALetterIsRefused() {
		run("socket.servers.devices.limits.frame=10", "socket.mailbox.max-ttl=2h", "socket.mailbox.ttl=1h");

		assertThatThrownBy(() -> Patience.await(this.mailbox.post("device", "7", "a", "12345678901", null))).cause()
			.isInstanceOf(IllegalArgumentException.class)
			.hasMessage("A letter of 11 bytes is longer than a frame of server 'devices' may be: limits.frame is 10");
		assertThatThrownBy(() -> Patience.await(this.mailbox.post("user", "7", "a", new Object(), null))).cause()
			.isInstanceOf(IllegalArgumentException.class)
			.hasMessageContaining("java.lang.Object");
		assertThatThrownBy(() -> Patience.await(this.mailbox.post("device", "7", "a", "x", Duration.ofHours(3))))
			.cause()
			.isInstanceOf(IllegalArgumentException.class)
			.hasMessageContaining("socket.mailbox.max-ttl");
		assertThatThrownBy(() -> Patience.await(this.mailbox.post("device", "7", "a", "x", Duration.ZERO))).cause()
			.isInstanceOf(IllegalArgumentException.class);
		Duration forever = ChronoUnit.FOREVER.getDuration();
		assertThatThrownBy(() -> Patience.await(this.mailbox.post("device", "7", "a", "x", forever))).cause()
			.isInstanceOf(IllegalArgumentException.class)
			.hasMessageContaining("socket.mailbox.max-ttl");
		assertThatThrownBy(() -> Patience.await(this.mailbox.post("a:b", "7", "a", "x", null))).cause()
			.isInstanceOf(IllegalArgumentException.class);
	}

	@Test
	void whatIsWrittenMayBeEnough() throws Exception {
		run("socket.servers.devices.mailbox.acknowledge=written");
		post("a");
		post("b");
		try (TestPeer peer = connect()) {
			peer.ask("login 7");
			assertThat(List.of(peer.line(), peer.line())).containsExactly("do a", "do b");
			awaitState("b", LetterState.DELIVERED);
			assertThat(peer.ask("hello")).isEqualTo("echo hello");
		}
	}

	@Test
	void lettersMayWaitForAMessageOfThePeer() throws Exception {
		run("socket.servers.devices.mailbox.send-on=message", "socket.servers.devices.mailbox.active=300ms");
		try (TestPeer peer = connect()) {
			peer.ask("login 7");
			long silent = System.nanoTime();
			Awaitility.await().until(() -> System.nanoTime() - silent > Duration.ofMillis(500).toNanos());
			post("a");
			Awaitility.await()
				.during(Duration.ofMillis(600))
				.until(() -> letter("a").state() == LetterState.WAITING && letter("a").attempts() == 0);
			// One of these is received within the time before somebody looks.
			Awaitility.await().pollInterval(Duration.ofMillis(50)).until(() -> {
				peer.send("quiet\n");
				return letter("a").state() != LetterState.WAITING;
			});
			assertThat(peer.line()).isEqualTo("do a");
			peer.send("done\n");
			awaitState("a", LetterState.DELIVERED);
		}
	}

	@Test
	void lettersReachPeersOfUdp() throws Exception {
		run("socket.servers.devices.protocol=udp", "socket.servers.devices.mailbox.send-on=message",
				"socket.servers.devices.requests=one-at-a-time", "socket.servers.devices.requests-late=100ms");
		post("a");
		InetSocketAddress address = this.application.getBean(SocketServers.class).get("devices").localAddress();
		try (DatagramSocket peer = new DatagramSocket()) {
			peer.connect(address);
			peer.setSoTimeout(Patience.millis());
			assertThat(ask(peer, "login 7")).isEqualTo("welcome 7");
			assertThat(receive(peer)).isEqualTo("do a");
			post("b");
			assertThat(ask(peer, "done")).isEqualTo("do b");
			awaitState("a", LetterState.DELIVERED);
			// Else the session has a request to the end: nobody sees that the peer
			// leaves.
			peer.send(new DatagramPacket("done".getBytes(StandardCharsets.UTF_8), 4));
			awaitState("b", LetterState.DELIVERED);
		}
	}

	@Test
	void lettersFollowAPeerFromOneListenerToAnother() throws Exception {
		String listener = "socket.servers.devices.listeners.datagrams.";
		run(listener + "port=0", listener + "protocol=udp", "socket.servers.devices.mailbox.send-on=message",
				"socket.servers.devices.requests=one-at-a-time", "socket.servers.devices.requests-late=100ms");
		SocketServer server = this.application.getBean(SocketServers.class).get("devices");
		int port = server.listeners()
			.stream()
			.filter((each) -> each.name().equals("datagrams"))
			.findFirst()
			.orElseThrow()
			.port();
		post("a");
		try (DatagramSocket peer = new DatagramSocket(); TestPeer stream = connect()) {
			peer.connect(new InetSocketAddress("127.0.0.1", port));
			peer.setSoTimeout(Patience.millis());
			assertThat(ask(peer, "login 7")).isEqualTo("welcome 7");
			assertThat(receive(peer)).isEqualTo("do a");
			peer.send(new DatagramPacket("done".getBytes(StandardCharsets.UTF_8), 4));
			awaitState("a", LetterState.DELIVERED);

			assertThat(stream.ask("login 7")).isEqualTo("welcome 7");
			post("b");
			assertThat(stream.line()).isEqualTo("do b");
			assertThat(server.find("device", "7")).extracting(SocketSession::listener).containsExactly("main");
			stream.send("done\n");
			awaitState("b", LetterState.DELIVERED);

			assertThat(ask(peer, "login 7")).isEqualTo("welcome 7");
			post("c");
			assertThat(receive(peer)).isEqualTo("do c");
			peer.send(new DatagramPacket("done".getBytes(StandardCharsets.UTF_8), 4));
			awaitState("c", LetterState.DELIVERED);
		}
	}

	private static String ask(DatagramSocket peer, String text) throws IOException {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		peer.send(new DatagramPacket(bytes, bytes.length));
		return receive(peer);
	}

	private static String receive(DatagramSocket peer) throws IOException {
		DatagramPacket received = new DatagramPacket(new byte[100], 100);
		peer.receive(received);
		return new String(received.getData(), 0, received.getLength(), StandardCharsets.UTF_8);
	}

	@Test
	void aJudgeDecidesWhatAReplyMeans() throws Exception {
		run(List.of(Judging.class), "socket.servers.devices.mailbox.retry=10ms");
		post("a");
		post("b");
		try (TestPeer peer = connect()) {
			peer.ask("login 7");
			assertThat(peer.line()).isEqualTo("do a");
			assertThat(peer.ask("busy")).isEqualTo("do a");
			assertThat(peer.ask("broken")).isEqualTo("do a");
			assertThat(peer.ask("to do")).isEqualTo("do a");
			assertThat(peer.ask("no")).isEqualTo("do b");
			peer.send("ok\n");
			awaitState("b", LetterState.DELIVERED);
		}
		assertThat(letter("a").state()).isEqualTo(LetterState.REFUSED);
		assertThat(letter("a").attempts()).isEqualTo(4);
		assertThat(letter("a").detail()).isEqualTo("refused by the peer");
	}

	@Test
	void whatThePeerDoesNotReadIsNoAttempt() throws Exception {
		runWithRoom("socket.servers.devices.mailbox.timeout=300ms", "socket.servers.devices.mailbox.retry=100ms");
		try (TestPeer peer = connect()) {
			peer.ask("login 7");
			fillOutput();
			post("a");
			Awaitility.await().until(() -> "the peer does not read".equals(letter("a").detail()));
			assertThat(letter("a").attempts()).isZero();
			readAll(peer);
			assertThat(peer.line()).isEqualTo("do a");
			// One of these comes within the time of an attempt.
			Awaitility.await().until(() -> {
				peer.send("done\n");
				return letter("a").state() == LetterState.DELIVERED;
			});
		}
	}

	@Test
	void aReplyInTimeDeliversALetterThatHasExpiredSinceItLeft() throws Exception {
		runWithRoom();
		try (TestPeer peer = connect()) {
			peer.ask("login 7");
			String key = leavesInTime();
			assertThat(peer.line()).isEqualTo("do " + key);
			fillOutput();
			Awaitility.await().until(() -> Instant.now().isAfter(letter(key).expiresAt().plusMillis(500)));
			assertThat(letter(key).state()).isEqualTo(LetterState.SENT);
			readAll(peer);
			peer.send("done\n");
			awaitState(key, LetterState.DELIVERED);
		}
	}

	/** Posts another with more time if a busy machine has let the first expire. */
	private String leavesInTime() throws Exception {
		SocketSession session = this.application.getBean(SocketServers.class).find("device", "7").get(0);
		for (int seconds = 1;; seconds *= 2) {
			String key = "within " + seconds + " s";
			Patience.await(this.mailbox.post("device", "7", key, "do " + key, Duration.ofSeconds(seconds)));
			// Behind the reply to the login.
			Awaitility.await()
				.until(() -> session.info().messagesSent() == 2 || letter(key).state() == LetterState.EXPIRED);
			if (session.info().messagesSent() == 2) {
				return key;
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "reply", "written" })
	void oneThatExpiresInTheOutputIsNeverSent(String acknowledge) throws Exception {
		runWithRoom("socket.servers.devices.mailbox.acknowledge=" + acknowledge);
		try (TestPeer peer = connect()) {
			peer.ask("login 7");
			fillOutput();
			String key = getsIntoTheOutput();
			awaitState(key, LetterState.EXPIRED);
			readAll(peer);
			assertThat(peer.ask("hello")).isEqualTo("echo hello");
			assertThat(letter(key).attempts()).isZero();
		}
	}

	/** Posts another with more time if a busy machine has let the first expire. */
	private String getsIntoTheOutput() throws Exception {
		for (int millis = 500;; millis *= 2) {
			String key = "within " + millis + " ms";
			Patience.await(this.mailbox.post("device", "7", key, "do " + key, Duration.ofMillis(millis)));
			Awaitility.await().until(() -> letter(key).state() != LetterState.WAITING);
			if (letter(key).attempts() > 0) {
				return key;
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "reply", "written" })
	void oneThatTheFramingRefusesIsRefusedAndHoldsNobodyBack(String acknowledge) throws Exception {
		run("socket.servers.devices.mailbox.acknowledge=" + acknowledge, "socket.servers.devices.framing.type=line",
				"socket.servers.devices.framing.embedded=reject");
		Patience.await(this.mailbox.post("device", "7", "a", "one\ntwo", null));
		post("b");
		try (TestPeer peer = connect()) {
			peer.ask("login 7");
			assertThat(peer.line()).isEqualTo("do b");
		}
		assertThat(letter("a").state()).isEqualTo(LetterState.REFUSED);
		assertThat(letter("a").detail()).contains("line");
		assertThat(letter("a").attempts()).isZero();
	}

	/** Some of what was ahead of it may have been taken back. */
	@Test
	void whatHasLeftWhenItsSessionEndsIsAnAttempt() throws Exception {
		runWithRoom("socket.servers.devices.mailbox.retry=1h");
		try (TestPeer peer = connect()) {
			peer.ask("login 7");
			CompletableFuture<?> takenBack = fillOutput().ask("x", Duration.ofMillis(200));
			post("a");
			assertThat(takenBack).failsWithin(Patience.limit())
				.withThrowableThat()
				.havingCause()
				.isInstanceOf(RequestNotSentException.class);
			awaitState("a", LetterState.SENT);
			readAll(peer);
			assertThat(peer.line()).isEqualTo("do a");
		}
		awaitState("a", LetterState.WAITING);
		assertThat(letter("a").attempts()).isOne();
		assertThat(letter("a").detail()).isEqualTo("the session ended before the acknowledgment");
	}

	@ParameterizedTest
	@ValueSource(strings = { "reply", "written" })
	void whatHadNotLeftWhenItsSessionEndedIsNoAttempt(String acknowledge) throws Exception {
		runWithRoom("socket.servers.devices.mailbox.acknowledge=" + acknowledge);
		try (TestPeer peer = connect()) {
			peer.ask("login 7");
			SocketSession session = fillOutput();
			post("a");
			awaitState("a", LetterState.SENT);
			session.abort();
			awaitState("a", LetterState.WAITING);
		}
		assertThat(letter("a").attempts()).isZero();
		assertThat(letter("a").detail()).isEqualTo("the session ended before the letter had left");
		try (TestPeer peer = connect()) {
			peer.ask("login 7");
			assertThat(peer.line()).isEqualTo("do a");
		}
	}

	@Test
	void aLetterWithoutAKeyOfTheCorrelatorIsRefusedAndHoldsNobodyBack() throws Exception {
		run(List.of(Keyed.class), "socket.servers.devices.correlator=secondWord",
				"socket.servers.devices.mailbox.attempts=1");
		Patience.await(this.mailbox.post("device", "7", "a", "nothing", null));
		post("b");
		try (TestPeer peer = connect()) {
			peer.ask("login 7");
			assertThat(peer.line()).isEqualTo("do b");
			Letter refused = letter("a");
			assertThat(refused.state()).isEqualTo(LetterState.REFUSED);
			assertThat(refused.attempts()).isZero();
			assertThat(refused.detail()).isEqualTo("The correlator of server 'devices' has no key for the request");
		}
	}

	@Test
	void aLetterWaitsForARequestWithTheSameKey() throws Exception {
		run(List.of(Keyed.class), "socket.servers.devices.correlator=secondWord",
				"socket.servers.devices.mailbox.attempts=1", "socket.servers.devices.mailbox.retry=100ms");
		try (TestPeer peer = connect()) {
			peer.ask("login 7");
			SocketSession session = this.application.getBean(SocketServers.class).find("device", "7").get(0);
			CompletableFuture<Object> reply = session.ask("do a", Patience.limit());
			assertThat(peer.line()).isEqualTo("do a");
			post("a");
			Letter tried = Awaitility.await().until(() -> letter("a"), (letter) -> letter.detail() != null);
			assertThat(tried.state()).isEqualTo(LetterState.WAITING);
			assertThat(tried.attempts()).isZero();
			peer.send("done a\n");
			assertThat(Patience.await(reply)).isEqualTo("done a");
			assertThat(peer.line()).isEqualTo("do a");
			peer.send("done a\n");
			awaitState("a", LetterState.DELIVERED);
			assertThat(letter("a").attempts()).isEqualTo(1);
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Keyed {

		@Bean
		Correlator secondWord() {
			return (payload) -> payload.toString().startsWith("do") ? payload.toString().split(" ")[1] : null;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Judging {

		@Bean
		LetterJudge judge() {
			return (letter, reply) -> switch (reply.toString()) {
				case "ok" -> LetterState.DELIVERED;
				case "no" -> LetterState.REFUSED;
				case "busy" -> LetterState.WAITING;
				case "to do" -> throw new AssertionError("not implemented");
				default -> throw new IllegalStateException("what is " + reply);
			};
		}

	}

}
