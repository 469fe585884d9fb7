package dev.socketserver.netty.connect;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import ch.qos.logback.classic.Level;
import dev.socketserver.SocketServer;
import dev.socketserver.client.AddressStatus;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.FailOver;
import dev.socketserver.client.Select;
import dev.socketserver.client.ServerAddress;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.netty.ClientFixture;
import dev.socketserver.operator.AttemptOutcome;
import dev.socketserver.spec.InvalidSpecException;
import dev.socketserver.spec.connect.Reconnect;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Clients of several addresses: where they connect when one dies.
 */
class ClientFailOverTests {

	private static final Reconnect SLOW = new Reconnect(Duration.ofMinutes(5), Duration.ofMinutes(10), 0);

	@RegisterExtension
	final ClientFixture fixture = new ClientFixture();

	@RegisterExtension
	final LogLines lines = new LogLines(SocketClient.class);

	private SocketClient start(Reconnect reconnect, List<Integer> ports) {
		return start(reconnect, Select.ORDERED, ports);
	}

	private SocketClient start(Reconnect reconnect, Select select, List<Integer> ports) {
		SocketClient client = this.fixture.clients.register(ClientSpec.builder("it")
			.reconnect(reconnect)
			.failOver((block) -> block.select(select)
				.addresses(ports.stream().map((port) -> ServerAddress.of("127.0.0.1", port)).toList()))
			.build());
		client.start();
		return client;
	}

	private static int port(SocketServer server) {
		return ClientFixture.address(server).getPort();
	}

	private SocketServer collecting(List<String> seen, int port) {
		return this.fixture.servers.lines((line) -> {
			seen.add(line);
			return line;
		}, (spec) -> spec.port(port));
	}

	private static void awaitConnectedTo(SocketClient client, int port) {
		Awaitility.await()
			.atMost(Patience.limit())
			.until(() -> client.session().filter((session) -> session.remoteAddress().getPort() == port).isPresent());
	}

	@Test
	void theFirstThatAcceptsIsConnectedToAtOnce() throws Exception {
		SocketServer second = this.fixture.echo();
		int dead = Ports.free();
		SocketClient client = start(SLOW, List.of(dead, port(second)));
		assertThat(Patience.await(client.ask("hello", Patience.limit()))).isEqualTo("hello");

		AttemptOutcome.Counts attempts = AttemptOutcome.Counts.of(client.statistics());
		assertThat(attempts.attempts(0, AttemptOutcome.REFUSED)).isOne();
		assertThat(attempts.attempts(1, AttemptOutcome.SUCCESS)).isOne();
		assertThat(attempts.attempts(1, AttemptOutcome.REFUSED)).isZero();
		List<AddressStatus> addresses = client.addresses();
		assertThat(addresses).extracting(AddressStatus::port).containsExactly(dead, port(second));
		assertThat(addresses).extracting(AddressStatus::available).containsExactly(false, true);
		assertThat(addresses).extracting(AddressStatus::connections).containsExactly(0, 1);
		assertThat(addresses.get(0).failure()).contains("refused");
		assertThat(addresses.get(0).nextAttempt()).isNotNull();
		assertThat(this.lines.messages(Level.WARN)).singleElement()
			.asString()
			.contains("cannot connect to 127.0.0.1:" + dead + " and goes on trying");
	}

	@Test
	void whatHasNotLeftLeavesElsewhereWithinASecondAfterAReset() throws Exception {
		List<String> seen = new CopyOnWriteArrayList<>();
		SocketServer second = collecting(seen, 0);
		ServerSocket first = listening();
		SocketClient client = start(SLOW, List.of(first.getLocalPort(), port(second)));
		try (Socket accepted = first.accept()) {
			Patience.await(client.send("one"));
			assertThat(accepted.getInputStream().readNBytes(4)).asString().isEqualTo("one\n");
			first.close();
			accepted.setSoLinger(true, 0);
		}
		long reset = System.nanoTime();
		CompletableFuture<?> next = client.send("two");
		Patience.await(next);
		Awaitility.await().atMost(Patience.limit()).until(() -> seen.contains("two"));
		assertThat(Duration.ofNanos(System.nanoTime() - reset)).isLessThan(Patience.limit());
		this.fixture.awaitEvents("connected", "disconnected PEER_RESET", "connected");
	}

	/** Whatever was received before, and however long the first is to be left alone. */
	@Test
	void theNextThatIsDueFollowsALossAtOnce() throws Exception {
		SocketServer second = this.fixture.echo();
		ServerSocket first = listening();
		SocketClient client = start(SLOW, List.of(first.getLocalPort(), port(second)));
		try (Socket accepted = first.accept()) {
			accepted.getOutputStream().write("hello\n".getBytes(StandardCharsets.UTF_8));
			Awaitility.await().until(() -> client.statistics().messagesReceived() == 1);
			first.close();
			accepted.setSoLinger(true, 0);
		}
		awaitConnectedTo(client, port(second));
		assertThat(client.addresses()).extracting(AddressStatus::failures).containsExactly(0, 0);
		assertThat(Patience.await(client.ask("one", Patience.limit()))).isEqualTo("one");
	}

	@Test
	void allConnectionsOfAPoolFollowALossAtOnce() throws Exception {
		SocketServer second = this.fixture.echo();
		ServerSocket first = listening();
		SocketClient client = this.fixture.clients.register(ClientSpec.builder("it")
			.reconnect(SLOW)
			.pool((pool) -> pool.size(2))
			.failOver((block) -> block.addresses("127.0.0.1:" + first.getLocalPort(), "127.0.0.1:" + port(second)))
			.build());
		client.start();
		try (Socket one = first.accept(); Socket two = first.accept()) {
			one.getOutputStream().write("hello\n".getBytes(StandardCharsets.UTF_8));
			Awaitility.await().until(() -> client.statistics().messagesReceived() == 1);
			first.close();
			one.setSoLinger(true, 0);
			two.setSoLinger(true, 0);
		}
		Awaitility.await()
			.until(() -> client.addresses().get(1).connections() == 2 && client.state() == ClientState.CONNECTED);
	}

	@Test
	void anAddressThatAcceptsAndClosesIsAFailure() throws Exception {
		SocketServer second = this.fixture.echo();
		try (ServerSocket first = listening()) {
			ClientFixture.closeAtOnce(first);
			SocketClient client = start(SLOW, List.of(first.getLocalPort(), port(second)));
			awaitConnectedTo(client, port(second));
			assertThat(client.addresses().get(0)).satisfies((status) -> {
				assertThat(status.available()).isFalse();
				assertThat(status.failures()).isEqualTo(1);
				assertThat(status.failure()).contains("before a message was received: PEER_");
			});
		}
	}

	@Test
	void triesAllInTurnWhileNoneAcceptsAndTakesTheOneThatComesBack() throws Exception {
		int first = Ports.free();
		int second = Ports.free();
		SocketClient client = start(ClientFixture.SOON, List.of(first, second));
		Awaitility.await()
			.atMost(Patience.limit())
			.until(() -> client.addresses().stream().allMatch((status) -> status.failures() >= 2));
		assertThat(client.state()).isNotEqualTo(ClientState.CONNECTED);
		this.fixture.servers.lines((line) -> line, (spec) -> spec.port(second));
		awaitConnectedTo(client, second);
		assertThat(this.lines.messages(Level.WARN)).hasSize(1);
	}

	@Test
	void roundRobinConnectsToOneAfterTheOther() throws Exception {
		try (ServerSocket first = listening(); ServerSocket second = listening(); ServerSocket third = listening()) {
			List<ServerSocket> servers = List.of(first, second, third);
			SocketClient client = start(SLOW, Select.ROUND_ROBIN,
					servers.stream().map(ServerSocket::getLocalPort).toList());
			for (int i = 0; i < 7; i++) {
				try (Socket accepted = servers.get(i % 3).accept()) {
					awaitConnectedTo(client, accepted.getLocalPort());
					assertThat(client.reconnect()).isTrue();
				}
			}
		}
	}

	private static ServerSocket listening() throws IOException {
		return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
	}

	@Test
	void oneAddressHasAStatusToo() {
		int port = Ports.free();
		SocketClient client = this.fixture.start(port, (spec) -> spec.reconnect(SLOW));
		Awaitility.await().atMost(Patience.limit()).until(() -> client.failure() != null);
		assertThat(client.addresses()).singleElement().satisfies((status) -> {
			assertThat(status.host()).isEqualTo("127.0.0.1");
			assertThat(status.port()).isEqualTo(port);
			assertThat(status.available()).isFalse();
			assertThat(status.failures()).isEqualTo(1);
		});
	}

	@Test
	void hostAndPortAreThoseOfTheFirstAddress() {
		ClientSpec spec = ClientSpec.builder("it").failOver((block) -> block.addresses("one:1", "[::1]:2")).build();
		assertThat(spec.host()).isEqualTo("one");
		assertThat(spec.port()).isEqualTo(1);
		assertThat(spec.addresses()).extracting(ServerAddress::toString).containsExactly("one:1", "[::1]:2");
		assertThat(spec.addresses().get(1).host()).isEqualTo("::1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "one", "one:", ":1", "one:0", "one:65536", "one:x", "::1:2", "[::1]", "[::1:2",
			"http://one:1", "one:1:2", "" })
	void anAddressNeedsAHostAndAPort(String text) {
		assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(() -> ServerAddress.parse(text))
			.satisfies((ex) -> assertThat(ex.component()).isEqualTo("addresses"));
	}

	@Test
	void impossibleSpecificationsAreRefused() {
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(
					() -> ClientSpec.builder("it").host("one").failOver((block) -> block.addresses("two:1")).build())
			.withMessageContaining("cannot be set together with a host or a port");
		List<ServerAddress> many = Collections.nCopies(FailOver.MOST + 1, ServerAddress.of("one", 1));
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> ClientSpec.builder("it").failOver((block) -> block.addresses(many)))
			.withMessageContaining("must be at most 64 addresses");
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> ClientSpec.builder("it").port(1).failOver((block) -> block.failures(0)));
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> ClientSpec.builder("it")
				.port(1)
				.failOver((block) -> block.retryMaxPeriod(Duration.ofMillis(1)))
				.build())
			.withMessageContaining("retry.period");
	}

}
