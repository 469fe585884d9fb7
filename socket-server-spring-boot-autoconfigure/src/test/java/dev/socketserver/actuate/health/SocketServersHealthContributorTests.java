package dev.socketserver.actuate.health;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

import dev.socketserver.ServerStartException;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.actuate.RunningServers;
import dev.socketserver.address.Addresses;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.operator.Counter;
import dev.socketserver.operator.ServerOperations;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link SocketServersHealthContributor}.
 */
class SocketServersHealthContributorTests {

	@AutoClose
	private final RunningServers running = new RunningServers();

	private final SocketServersHealthContributor contributor = new SocketServersHealthContributor(
			this.running.servers());

	@Test
	void isUpWhileAServerAccepts() throws Exception {
		SocketServer server = this.running.upper("upper");
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			assertThat(peer.ask("x")).isEqualTo("X");

			Health health = health("upper");

			assertThat(health.getStatus()).isEqualTo(Status.UP);
			assertThat(health.getDetails()).containsOnlyKeys("address", "state", "activeSessions", "stuckSessions")
				.containsEntry("address", Addresses.format(server.localAddress()))
				.containsEntry("state", ServerState.RUNNING)
				.containsEntry("activeSessions", 1L);
		}
	}

	@Test
	void isUnknownBeforeTheStartAndAfterTheStop() {
		SocketServer server = this.running.servers().register(RunningServers.upperSpec("upper").build());
		assertThat(health("upper").getStatus()).isEqualTo(Status.UNKNOWN);

		server.start();
		server.stop();

		assertThat(health("upper").getStatus()).isEqualTo(Status.UNKNOWN);
		assertThat(health("upper").getDetails()).containsOnlyKeys("state", "activeSessions", "stuckSessions");
	}

	@Test
	void isUnknownWhenAOneShotIsDoneAlsoIfItsHandlerHasFailed() throws Exception {
		SocketServer server = RunningServers.started(this.running.servers(),
				RunningServers.streamBuilder("once", (in, out, session) -> {
					throw new IOException("provoked");
				}).oneShot(true).build());
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			assertThat(peer.end()).isEmpty();
		}

		await().until(() -> server.state() == ServerState.STOPPED);
		assertThat(health("once").getStatus()).isEqualTo(Status.UNKNOWN);
	}

	@Test
	void reportsOfSessionsWhoseHandlerIsStuckAndStaysUp() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		SocketServer server = RunningServers.started(this.running.servers(),
				RunningServers.slow("slow", release).timeouts((t) -> t.handler(Duration.ofMillis(10))).build());
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			peer.send("x\n");

			await().until(() -> Objects.equals(health("slow").getDetails().get("stuckSessions"), 1L));
			assertThat(health("slow").getStatus()).isEqualTo(Status.UP);
			release.countDown();
			assertThat(peer.read()).isEqualTo("x");
			await().until(() -> Objects.equals(health("slow").getDetails().get("stuckSessions"), 0L));
		}
	}

	@Test
	void isDownWithTheCauseWhileARunningServerCannotAccept() {
		ServerCounters counters = new ServerCounters();
		counters.count(Counter.LISTENERS_REPLACED);
		SocketServer server = mock(SocketServer.class);
		given(server.state()).willReturn(ServerState.RUNNING);
		given(server.statistics()).willReturn(counters);
		given(server.localAddress()).willReturn(new InetSocketAddress("127.0.0.1", 4711));
		given(server.failure()).willReturn(new IOException("Too many open files"));
		SocketServers servers = mock(SocketServers.class);
		given(servers.server("upper")).willReturn(Optional.of(server));

		Health health = ((HealthIndicator) Objects
			.requireNonNull(new SocketServersHealthContributor(servers).getContributor("upper"))).health();

		assertThat(health.getStatus()).isEqualTo(Status.DOWN);
		assertThat(health.getDetails()).containsEntry("state", ServerState.RUNNING)
			.containsEntry("address", "127.0.0.1:4711")
			.containsEntry("listenersReplaced", 1L);
		assertThat(health.getDetails()).extractingByKey("failure").asString().contains("Too many open files");
	}

	@Test
	void isOutOfServiceWhileAServerDrains() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		SocketServer server = this.running.stream("slow", (in, out, session) -> release.await());
		TestPeer peer = TestPeer.connect(server.localAddress());
		await().until(() -> server.statistics().active() == 1);

		ServerOperations.of(server).beginStop(server.spec().drainTimeout());

		assertThat(health("slow").getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
		release.countDown();
		await().until(() -> health("slow").getStatus().equals(Status.UNKNOWN));
		assertThat(peer).satisfies(TestPeer::close);
	}

	@Test
	void isOutOfServiceWhileAServerIsPaused() {
		SocketServer server = this.running.upper("upper");
		server.pause();
		assertThat(health("upper").getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
		server.resume();
		assertThat(health("upper").getStatus()).isEqualTo(Status.UP);
	}

	@Test
	void isDownWhenAServerCouldNotStart() throws Exception {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			SocketServer server = this.running.servers()
				.register(RunningServers.upperSpec("upper").address("127.0.0.1").port(taken.getLocalPort()).build());
			assertThatExceptionOfType(ServerStartException.class).isThrownBy(server::start);

			assertThat(health("upper").getStatus()).isEqualTo(Status.DOWN);
			assertThat(health("upper").getDetails()).extractingByKey("failure")
				.asString()
				.contains(String.valueOf(taken.getLocalPort()));
		}
	}

	@Test
	void followsServersThatComeAndGo() {
		assertThat(this.contributor.stream()).isEmpty();

		this.running.upper("one");
		this.running.upper("two");
		assertThat(this.contributor.stream()).extracting(HealthContributors.Entry::name).containsExactly("one", "two");
		assertThat(this.contributor.getContributor("one")).isNotNull();

		this.running.servers().remove("one");
		assertThat(this.contributor.stream()).extracting(HealthContributors.Entry::name).containsExactly("two");
		assertThat(this.contributor.getContributor("one")).isNull();
	}

	private Health health(String name) {
		return ((HealthIndicator) this.contributor.getContributor(name)).health();
	}

}
