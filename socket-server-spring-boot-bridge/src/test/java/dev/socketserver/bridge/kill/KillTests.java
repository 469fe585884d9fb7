package dev.socketserver.bridge.kill;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.OtherJvm;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.PostgresServer;
import dev.socketserver.fixtures.Rounds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Kills the application, the database and connections at any moment, while peers send
 * many messages at a time. The seed decides what is killed, and when:
 * {@code -Dbridge.seed}. How often: {@code -Dbridge.kills}.
 */
@Timeout(value = 120, unit = TimeUnit.MINUTES)
class KillTests {

	@RegisterExtension
	private final Opened opened = new Opened();

	private final int port = Ports.free();

	private final Ledger ledger = new Ledger();

	@Test
	void noAcknowledgmentIsWithoutItsRowHoweverOftenSomethingIsKilled() throws Exception {
		long seed = Long.getLong("bridge.seed", System.nanoTime());
		int kills = Rounds.of("bridge.kills", 3, 1_000);
		int count = Rounds.of("bridge.peers", 8, 64);
		Random random = new Random(seed);
		PostgresServer database = this.opened.add(PostgresServer.open());
		OtherJvm application = start(database);
		AtomicBoolean over = new AtomicBoolean();
		ExecutorService threads = Executors.newFixedThreadPool(count);
		List<PipeliningPeer> peers = new ArrayList<>();
		List<Future<?>> running = new ArrayList<>();
		try {
			for (int i = 0; i < count; i++) {
				PipeliningPeer peer = new PipeliningPeer("p" + i, 32, this.port, this.ledger, () -> !over.get());
				peers.add(peer);
				running.add(threads.submit(peer));
			}
			for (int kill = 0; kill < kills; kill++) {
				int more = this.ledger.size() + 1 + random.nextInt(2_000);
				await().atMost(Duration.ofMinutes(2)).until(() -> this.ledger.size() >= more);
				switch (kill % 3) {
					case 0 -> {
						application.kill();
						application = start(database);
					}
					case 1 -> {
						database.kill();
						database.start();
					}
					default -> peers.get(random.nextInt(count)).reset();
				}
			}
			over.set(true);
			for (Future<?> each : running) {
				each.get(2, TimeUnit.MINUTES);
			}
		}
		finally {
			over.set(true);
			threads.shutdownNow();
			application.close();
		}
		List<String> stored = stored(database);
		assertThat(this.ledger.check(stored))
			.as("of %s acknowledged; again with -Dbridge.seed=%s -Dbridge.kills=%s", this.ledger.size(), seed, kills)
			.isEmpty();
		assertThat(new HashSet<>(stored)).as("no message twice").hasSameSizeAs(stored);
	}

	private OtherJvm start(PostgresServer database) throws IOException, InterruptedException {
		OtherJvm application = this.opened
			.add(new OtherJvm(List.of(), List.of(), StoringApplication.class, "--socket.servers.in.port=" + this.port,
					"--spring.datasource.url=" + database.url(), "--logging.level.root=error"));
		application.await("listens");
		return application;
	}

	private static List<String> stored(PostgresServer database) throws SQLException {
		List<String> stored = new ArrayList<>();
		try (Connection connection = DriverManager.getConnection(database.url());
				Statement statement = connection.createStatement();
				ResultSet rows = statement.executeQuery("select message_id from socket_inbox order by position")) {
			while (rows.next()) {
				stored.add(rows.getString(1));
			}
		}
		return stored;
	}

}
