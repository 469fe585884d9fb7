package dev.socketserver.bridge.kill;

import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.socketserver.SocketServers;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.PostgresServer;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.fixtures.network.HttpPeer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A database that is away, slow, or ends while it commits, under peers that send many
 * messages at a time. {@code -Dbridge.away} says for how many seconds it is away.
 */
@Tag("long")
class StoreFaultTests {

	private static final int PEERS = 4;

	private static final int IN_FLIGHT = 32;

	private static final Duration AWAY = Duration.ofSeconds(Rounds.of("bridge.away", 11, 60));

	@RegisterExtension
	private final Opened opened = new Opened();

	private final PostgresServer database = this.opened.add(PostgresServer.open());

	private final ConfigurableApplicationContext context = this.opened
		.add(StoringApplication.start("--spring.datasource.url=" + this.database.url(), "--socket.servers.in.port=0",
				"--socket.servers.in.bridge.timeout=500ms", "--socket.servers.plain.port=0",
				"--socket.servers.plain.handler=handler", "--socket.servers.plain.bridge.to=jdbc",
				"--socket.servers.plain.bridge.timeout=500ms", "--socket.servers.plain.bridge.retry.period=50ms",
				"--spring.main.web-application-type=servlet", "--server.port=0", "--management.health.db.enabled=false",
				"--management.endpoint.health.show-details=always"));

	private final Ledger ledger = new Ledger();

	private final Allowance allowance = new Allowance(0);

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final List<Future<?>> running = new ArrayList<>();

	/** Connects peers, half of them to a server whose messages have no ids. */
	private void connect() {
		for (int i = 0; i < PEERS; i++) {
			int port = TestPeer.port(this.context, (i % 2 == 0) ? "in" : "plain");
			this.running
				.add(this.threads.submit(new PipeliningPeer("p" + i, IN_FLIGHT, port, this.ledger, this.allowance)));
		}
	}

	@AfterEach
	void end() {
		this.allowance.end();
		this.threads.shutdownNow();
	}

	/** Lets peers send messages, and waits for the first acknowledgments. */
	private void send(int messages) throws Exception {
		this.allowance.add(messages);
		this.ledger.await(messages / 10, limit());
	}

	/** Waits until all is acknowledged, and compares that with the table. */
	private void check(int messages) throws Exception {
		this.ledger.await(messages, limit());
		this.allowance.end();
		for (Future<?> each : this.running) {
			each.get(limit().toSeconds(), TimeUnit.SECONDS);
		}
		assertThat(this.ledger.check(stored("in", "plain"))).isEmpty();
		List<String> withIds = stored("in");
		assertThat(new HashSet<>(withIds)).hasSameSizeAs(withIds);
	}

	private List<String> stored(String... servers) {
		return this.context.getBean(JdbcClient.class)
			.sql("select payload from socket_inbox where server in (:servers) order by position")
			.param("servers", List.of(servers))
			.query((row, index) -> new String(row.getBytes(1)))
			.list();
	}

	private HttpResponse<String> health() throws Exception {
		return HttpPeer.get(this.context, "/actuator/health");
	}

	/** Waits until each peer has as many messages at the store as it may have. */
	private void awaitPending() {
		await().atMost(limit())
			.until(() -> Stream.of("in", "plain")
				.flatMap((server) -> this.context.getBean(SocketServers.class).get(server).sessions())
				.mapToInt((session) -> session.info().pendingInbound())
				.sum() == PEERS * IN_FLIGHT);
	}

	@Test
	void aDatabaseThatIsAwayIsSeenAndGetsAllThatHasWaited() throws Exception {
		connect();
		send(4_000);
		long begun = System.nanoTime();
		this.database.kill();
		assertThat(health().statusCode()).isEqualTo(200);
		await().atMost(limit()).until(() -> health().statusCode() == 503);
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(9_900));
		assertThat(health().body()).contains("\"in\":{\"status\":\"DOWN\",\"to\":\"jdbc\",\"pending\":64,",
				"\"failingSince\":\"");
		int before = this.ledger.size();
		await().atMost(AWAY.plusMinutes(1)).until(() -> System.nanoTime() - begun > AWAY.toNanos());
		assertThat(this.ledger.size()).isEqualTo(before);
		this.database.start();
		check(4_000);
		assertThat(health().statusCode()).isEqualTo(200);
	}

	/**
	 * Has a thousand messages wait for the table, until the connection commits or ends.
	 */
	private void lock(Connection other) throws Exception {
		other.setAutoCommit(false);
		try (Statement statement = other.createStatement()) {
			statement.execute("lock table socket_inbox in access exclusive mode");
		}
		this.allowance.add(1_000);
		awaitPending();
	}

	@Test
	void aSlowDatabaseStopsPeersAndKeepsTheirOrder() throws Exception {
		connect();
		send(1_000);
		try (Connection other = DriverManager.getConnection(this.database.url())) {
			lock(other);
			// Attempts are given up, and begin again behind the one that waits.
			await().during(Duration.ofMillis(1_500)).until(() -> this.ledger.size() < 2_000);
			other.commit();
		}
		check(2_000);
	}

	@Test
	void aDatabaseThatEndsInTheMiddleOfATransactionLosesNothing() throws Exception {
		connect();
		send(1_000);
		try (Connection other = DriverManager.getConnection(this.database.url())) {
			lock(other);
			this.database.kill();
		}
		this.database.start();
		check(2_000);
	}

	/** So long for what takes some 30 s at most. */
	private static Duration limit() {
		return Patience.limit().multipliedBy(4);
	}

}
