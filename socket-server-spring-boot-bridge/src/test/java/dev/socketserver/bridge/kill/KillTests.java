package dev.socketserver.bridge.kill;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.socketserver.bridge.kill.KillRun.Kill;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.PostgresServer;
import dev.socketserver.fixtures.Rounds;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Kills the application, the database, brokers and connections at any moment, and has the
 * application hang, while peers send many messages at a time. The seed decides what is
 * killed, and when: {@code -Dbridge.seed}. How often: {@code -Dbridge.kills}.
 */
@Timeout(value = 240, unit = TimeUnit.MINUTES)
class KillTests {

	@RegisterExtension
	private final Opened opened = new Opened();

	private final PostgresServer database = this.opened.add(PostgresServer.open());

	private final int port = Ports.free();

	private final int peers = Rounds.of("bridge.peers", 8, 64);

	private void killDatabase() {
		this.database.kill();
		this.database.start();
	}

	@Test
	void noAcknowledgmentIsWithoutItsRowHoweverOftenSomethingIsKilled() throws Exception {
		KilledApplication application = this.opened
			.add(new KilledApplication(this.port, "--spring.datasource.url=" + this.database.url()));
		KillRun run = new KillRun(this.peers, List.of(this.port), List.of(new Kill("application", application::kill),
				new Kill("database", this::killDatabase), new Kill("hang", application::hang)), this::rows);
		run.run(Rounds.of("bridge.kills", 6, 100));
	}

	@Test
	@Tag("long")
	void withTwoStoresAnAcknowledgmentIsNotWithoutItsRowOrRecord() throws Exception {
		Brokers brokers = new Brokers(this.opened);
		int other = Ports.free();
		KilledApplication application = this.opened
			.add(new KilledApplication(this.port, "--spring.autoconfigure.exclude=",
					"--spring.datasource.url=" + this.database.url(), "--socket.servers.records.port=" + other,
					"--socket.servers.records.handler=handler", "--socket.servers.records.bridge.timeout=2s",
					"--socket.servers.records.bridge.to=kafka:" + Brokers.TOPIC,
					"--socket.servers.records.bridge.retry.period=50ms",
					"--socket.servers.records.bridge.retry.max-period=500ms",
					"--spring.kafka.bootstrap-servers=" + brokers.addresses(),
					"--spring.kafka.producer.properties.delivery.timeout.ms=10000",
					"--spring.kafka.producer.properties.request.timeout.ms=5000"));
		KillRun run = new KillRun(this.peers, List.of(this.port, other),
				List.of(new Kill("application", application::kill), new Kill("database", this::killDatabase),
						new Kill("broker", brokers::changeLeader)),
				() -> {
					List<String> all = rows();
					// Each peer has one store, so the order between them is of no
					// meaning.
					all.addAll(brokers.stored());
					return all;
				});
		run.run(Rounds.of("bridge.kills", 8, 1_000));
	}

	/** Returns the ids of all rows, in their order; none is there twice. */
	private List<String> rows() throws SQLException {
		List<String> stored = new ArrayList<>();
		try (Connection connection = DriverManager.getConnection(this.database.url());
				Statement statement = connection.createStatement();
				ResultSet rows = statement.executeQuery("select message_id from socket_inbox order by position")) {
			while (rows.next()) {
				stored.add(rows.getString(1));
			}
		}
		assertThat(new HashSet<>(stored)).as("no row twice").hasSameSizeAs(stored);
		return stored;
	}

}
