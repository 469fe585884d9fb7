package dev.socketserver.actuate.health;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

import dev.socketserver.CloseReason;
import dev.socketserver.ServerHandler;
import dev.socketserver.SocketServer;
import dev.socketserver.actuate.RunningClients;
import dev.socketserver.client.AddressStatus;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.ClientStatistics;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.fixtures.DeafPort;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.payload.PayloadConverter;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link SocketClientsHealthContributor}.
 */
class SocketClientsHealthContributorTests {

	@AutoClose
	private final RunningClients running = new RunningClients(() -> List.of(contributor()));

	private final SocketClientsHealthContributor contributor = new SocketClientsHealthContributor(
			this.running.clients());

	private SocketClientsHealthContributor contributor() {
		return this.contributor;
	}

	@Test
	void isUpWhileAClientIsConnected() {
		this.running.connected("meter");

		Health health = health("meter");

		int port = this.running.server("meter").localAddress().getPort();
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails())
			.containsOnlyKeys("state", "host", "port", "suspended", "stuckSessions", "pendingMessages", "remoteAddress")
			.containsEntry("state", ClientState.CONNECTED)
			.containsEntry("remoteAddress", "127.0.0.1:" + port);
	}

	@Test
	void isDegradedWhileAnAddressIsUnavailable() throws IOException {
		try (DeafPort dead = new DeafPort();
				ServerSocket port = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			this.running.connectedToTheSecond("meter", dead, port);
			assertThat(health("meter").getStatus()).isEqualTo(Status.UP);
			assertThat(health("meter").getDetails()).containsEntry("degraded", true);
		}
	}

	@Test
	void isDegradedWhileDatagramsAreRefused() throws IOException {
		int port = Ports.free();
		SocketClient client = RunningClients.started(this.running.clients(),
				ClientSpec.builder("meter").port(port).datagrams(true).build());
		await().until(() -> health("meter").getStatus().equals(Status.UP));
		await().pollInterval(Duration.ofMillis(10)).until(() -> {
			client.send("anybody?");
			return health("meter").getStatus().equals(SocketServersHealthContributor.DEGRADED);
		});
		assertThat(health("meter").getDetails()).containsEntry("state", ClientState.CONNECTED);
		// A second passes.
		await().until(() -> health("meter").getStatus().equals(Status.UP));
	}

	@Test
	void isUpWithOneOfSeveralConnectionsAndDownWithNone() throws IOException {
		try (DeafPort dead = new DeafPort();
				ServerSocket port = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			String address = "127.0.0.1:" + port.getLocalPort();
			SocketClient client = RunningClients.started(this.running.clients(),
					ClientSpec.builder("meter")
						.failOver((block) -> block.addresses(address, "127.0.0.1:" + dead.number()))
						.pool((pool) -> pool.size(2))
						.reconnect(
								(reconnect) -> reconnect.period(Duration.ofMinutes(1)).maxPeriod(Duration.ofMinutes(1)))
						.build());
			try (Socket first = port.accept(); Socket second = port.accept()) {
				await().until(() -> client.connections().size() == 2);
				assertThat(health("meter").getStatus()).isEqualTo(Status.UP);
				assertThat(health("meter").getDetails()).doesNotContainKey("degraded")
					.containsEntry("host", "127.0.0.1")
					.containsEntry("port", port.getLocalPort())
					.containsEntry("remoteAddress", address);

				close(port);
				close(first);
				await().until(() -> client.connections().size() == 1
						&& client.addresses().stream().noneMatch(AddressStatus::available));
				assertThat(health("meter").getStatus()).isEqualTo(Status.UP);
				assertThat(health("meter").getDetails()).containsEntry("degraded", true)
					.containsEntry("state", ClientState.CONNECTED)
					.doesNotContainKeys("failure", "disconnectedAt");

				close(second);
				await().until(() -> health("meter").getDetails().containsKey("disconnectedAt"));
			}
			assertThat(health("meter").getStatus()).isEqualTo(Status.DOWN);
			assertThat(health("meter").getDetails()).doesNotContainKeys("degraded", "remoteAddress")
				.containsKey("lastClosed");
		}
	}

	@Test
	void isUnknownBeforeTheStartAndAfterTheStop() {
		this.running.clients().register(RunningClients.spec("idle", 1).build());
		assertThat(health("idle").getStatus()).isEqualTo(Status.UNKNOWN);

		SocketClient client = this.running.connected("meter");
		client.stop().join();

		assertThat(health("meter").getStatus()).isEqualTo(Status.UNKNOWN);
		assertThat(health("meter").getDetails()).containsEntry("state", ClientState.STOPPED)
			.doesNotContainKeys("disconnectedAt", "failure", "remoteAddress");
	}

	@Test
	void isDownWithTheCauseWhileAClientCannotConnect() throws IOException {
		try (DeafPort port = new DeafPort()) {
			SocketClient client = RunningClients.started(this.running.clients(),
					RunningClients.spec("meter", port.number()).build());
			client.send("later");
			await().until(() -> client.failure() != null);

			Health health = health("meter");

			assertThat(health.getStatus()).isEqualTo(Status.DOWN);
			assertThat(health.getDetails()).containsEntry("pendingMessages", 1).doesNotContainKey("disconnectedAt");
			assertThat(health.getDetails()).extractingByKey("failure")
				.asString()
				.contains(String.valueOf(port.number()));
		}
	}

	@Test
	void reportsSinceWhenAConnectionIsLostUntilItIsStopped() {
		Instant before = Instant.now();
		SocketClient client = this.running.connected("meter");
		this.running.server("meter").stop();
		await().until(() -> client.statistics().failed().containsKey(ConnectFailure.REFUSED)
				&& health("meter").getDetails().containsKey("disconnectedAt"));

		Health health = health("meter");

		assertThat(health.getStatus()).isEqualTo(Status.DOWN);
		assertThat(health.getDetails()).extractingByKey("disconnectedAt")
			.isInstanceOfSatisfying(Instant.class, (since) -> assertThat(since).isBetween(before, Instant.now()));

		client.stop().join();
		client.start();
		await().until(() -> client.failure() != null);
		assertThat(health("meter").getStatus()).isEqualTo(Status.DOWN);
		assertThat(health("meter").getDetails()).doesNotContainKey("disconnectedAt");
	}

	@Test
	void isDownWithTheReasonWhyTheLastConnectionEnded() throws IOException {
		try (ServerSocket port = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			SocketClient client = this.running.connectingOnce("meter", port.getLocalPort());
			try (Socket socket = port.accept()) {
				await().until(() -> client.state() == ClientState.CONNECTED);
				assertThat(health("meter").getDetails()).doesNotContainKey("lastClosed");
				socket.getOutputStream().write("x".repeat(100).getBytes(StandardCharsets.UTF_8));
				await().until(() -> client.state() == ClientState.DISCONNECTED);
			}

			Health health = health("meter");

			assertThat(health.getStatus()).isEqualTo(Status.DOWN);
			assertThat(health.getDetails()).doesNotContainKey("failure")
				.extractingByKey("lastClosed")
				.isEqualTo(Map.of("reason", CloseReason.FRAME_TOO_LARGE, "detail",
						Objects.requireNonNull(client.lastClosed().status().detail())));
			client.stop().join();
			assertThat(health("meter").getDetails()).doesNotContainKey("lastClosed");
		}
	}

	@Test
	void forgetsTheLossWhenConnectedAgain() {
		SocketClient client = this.running.connected("meter");
		client.disconnect();
		await().until(() -> health("meter").getDetails().containsKey("disconnectedAt"));
		assertThat(health("meter").getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
		assertThat(health("meter").getDetails()).containsEntry("suspended", true);

		client.reconnect();

		await().until(() -> health("meter").getStatus().equals(Status.UP));
		assertThat(health("meter").getDetails()).doesNotContainKeys("disconnectedAt", "lastClosed")
			.containsEntry("suspended", false);
	}

	@Test
	void reportsThatAHandlerIsStuckAndStaysUp() {
		CountDownLatch release = new CountDownLatch(1);
		SocketServer server = this.running.server(this.running.connected("other").name());
		SocketClient client = RunningClients.connected(this.running.clients(),
				RunningClients.spec("slow", server.localAddress().getPort())
					.handler(ServerHandler.function("slow", PayloadConverter.text(StandardCharsets.UTF_8), (line) -> {
						Patience.hold(release);
						return null;
					}))
					.timeouts((t) -> t.handler(Duration.ofMillis(10)))
					.build());
		client.send("x");

		await().until(() -> Objects.equals(health("slow").getDetails().get("stuckSessions"), 1L));
		assertThat(health("slow").getStatus()).isEqualTo(Status.UP);
		release.countDown();
		await().until(() -> Objects.equals(health("slow").getDetails().get("stuckSessions"), 0L));
	}

	@Test
	void isUnknownDuringTheVeryFirstAttemptAndDownDuringAllOthers() {
		ClientStatistics statistics = mock(ClientStatistics.class);
		SocketClient client = mock(SocketClient.class);
		given(client.state()).willReturn(ClientState.CONNECTING);
		given(client.spec()).willReturn(RunningClients.spec("meter", 7).build());
		given(client.statistics()).willReturn(statistics);
		given(client.session()).willReturn(Optional.empty());
		given(statistics.attempts()).willReturn(1L);
		SocketClients clients = mock(SocketClients.class);
		given(clients.client("meter")).willReturn(Optional.of(client));
		HealthIndicator meter = (HealthIndicator) new SocketClientsHealthContributor(clients).getContributor("meter");
		assertThat(meter.health().getStatus()).isEqualTo(Status.UNKNOWN);

		given(statistics.attempts()).willReturn(2L);
		given(statistics.failed()).willReturn(Map.of(ConnectFailure.TIMEOUT, 1L));
		assertThat(meter.health().getStatus()).isEqualTo(Status.DOWN);

		given(statistics.failed()).willReturn(Map.of());
		given(statistics.connected()).willReturn(1L);
		assertThat(meter.health().getStatus()).isEqualTo(Status.DOWN);

		given(client.suspended()).willReturn(true);
		assertThat(meter.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);

		given(client.suspended()).willReturn(false);
		given(client.state()).willReturn(ClientState.CLOSING);
		assertThat(meter.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
	}

	@Test
	void followsClientsThatComeAndGo() {
		assertThat(this.contributor.stream()).isEmpty();

		this.running.connected("one");
		this.running.clients().register(RunningClients.spec("two", 1).build());
		assertThat(this.contributor.stream()).extracting(HealthContributors.Entry::name).containsExactly("one", "two");

		this.running.clients().remove("one");
		assertThat(this.contributor.stream()).extracting(HealthContributors.Entry::name).containsExactly("two");
		assertThat(this.contributor.getContributor("one")).isNull();
	}

	private static void close(Closeable open) throws IOException {
		open.close();
	}

	private Health health(String name) {
		return ((HealthIndicator) this.contributor.getContributor(name)).health();
	}

}
