package dev.socketserver.transactions;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.PostgresServer;
import dev.socketserver.fixtures.Rounds;
import dev.socketserver.test.LocalSocketPort;
import dev.socketserver.test.SocketServerTest;
import dev.socketserver.test.SocketTestClient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Transactions of handlers, on PostgreSQL: a constraint that is checked by the commit,
 * and {@code kill -9} of the database at any moment.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
@SocketServerTest(properties = { "spring.config.location=classpath:/transactions.yml",
		"spring.datasource.hikari.connection-timeout=1000", "socket.servers.readings.port=0" })
class PostgresTests {

	private static final int CLIENTS = 8;

	private static final Duration LIMIT = Duration.ofMinutes(1);

	private static @Nullable PostgresServer database;

	@Autowired
	private JdbcClient jdbc;

	@LocalSocketPort("readings")
	private int port;

	@BeforeAll
	static void start() {
		database = PostgresServer.open();
	}

	@DynamicPropertySource
	static void properties(DynamicPropertyRegistry registry) {
		registry.add("spring.datasource.url", () -> database().url());
	}

	@AfterAll
	static void close() {
		// There is none where the tests are skipped.
		if (database != null) {
			database.close();
		}
	}

	private static PostgresServer database() {
		return Objects.requireNonNull(database);
	}

	@BeforeEach
	void schema() {
		// The pool waits a second only, in which a slow machine makes no connection.
		Patience.within(() -> this.jdbc.sql("drop table if exists reading, meter").update());
		this.jdbc.sql("create table meter (id varchar primary key)").update();
		this.jdbc
			.sql("create table reading (id varchar primary key, meter varchar not null references meter "
					+ "deferrable initially deferred)")
			.update();
		this.jdbc.sql("insert into meter values ('a')").update();
	}

	private List<String> stored() {
		return this.jdbc.sql("select id from reading").query(String.class).list();
	}

	@Test
	void aConstraintThatFailsAtCommitIsAnExceptionOfTheMethodAndNothingHasLeft() throws Exception {
		// The pool waits a second for a connection, in which the JVM must not stand
		// still.
		Patience.undisturbed(Duration.ofMillis(250), () -> {
			schema();
			try (SocketTestClient client = SocketTestClient.connect(this.port)) {
				client.send("1 a").expect("announced 1").expect("stored 1");
				client.send("2 unknown").expect("not stored 2");
				client.send("3 a").expect("announced 3").expect("stored 3");
			}
			assertThat(stored()).containsExactlyInAnyOrder("1", "3");
		});
	}

	/**
	 * The seed decides when the database is killed. A reply that there is no connection
	 * is no receipt; each message has one of the two.
	 */
	@Test
	@Tag("long")
	void everyReceiptHasItsRowHoweverOftenTheDatabaseIsKilled() throws Exception {
		long seed = Long.getLong("transactions.seed", System.nanoTime());
		int kills = Rounds.of("transactions.kills", 3, 100);
		Random random = new Random(seed);
		Queue<String> receipts = new ConcurrentLinkedQueue<>();
		AtomicLong refused = new AtomicLong();
		AtomicBoolean over = new AtomicBoolean();
		ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
		try {
			List<Future<?>> clients = new ArrayList<>();
			for (int i = 0; i < CLIENTS; i++) {
				String name = "c" + i + "-";
				clients.add(threads.submit(() -> store(name, over, receipts, refused)));
			}
			for (int kill = 0; kill < kills; kill++) {
				int more = receipts.size() + 1 + random.nextInt(200);
				Patience.within(LIMIT, () -> assertThat(receipts).hasSizeGreaterThanOrEqualTo(more));
				int microseconds = random.nextInt(3_000);
				long until = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(microseconds);
				while (System.nanoTime() < until) {
					Thread.onSpinWait();
				}
				database().kill();
				database().start();
			}
			over.set(true);
			for (Future<?> client : clients) {
				client.get(Patience.stretched(LIMIT).toSeconds(), TimeUnit.SECONDS);
			}
		}
		finally {
			over.set(true);
			threads.shutdownNow();
		}
		List<String> lost = new ArrayList<>(receipts);
		await().atMost(Patience.stretched(LIMIT))
			.ignoreExceptions()
			.until(() -> lost.removeAll(stored()) || lost.isEmpty());
		assertThat(lost)
			.as("receipts without a row, of %s; again with -Dtransactions.seed=%s -Dtransactions.kills=%s",
					receipts.size(), seed, kills)
			.isEmpty();
		assertThat(refused).as("messages that failed with the database").hasPositiveValue();
	}

	/** Sends a message after the other, each when the last has its answer. */
	private void store(String name, AtomicBoolean over, Queue<String> receipts, AtomicLong refused) {
		try (SocketTestClient client = SocketTestClient.connect(this.port)) {
			for (int i = 0; !over.get(); i++) {
				String id = name + i;
				String answer = client.send(id + " a").receive();
				if (answer.equals("announced " + id)) {
					answer = client.receive();
				}
				if (answer.equals("stored " + id)) {
					receipts.add(id);
				}
				else {
					assertThat(answer).isEqualTo("not stored " + id);
					refused.incrementAndGet();
				}
			}
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Database.class, Readings.class, Announcements.class })
	static class Application {

	}

}
