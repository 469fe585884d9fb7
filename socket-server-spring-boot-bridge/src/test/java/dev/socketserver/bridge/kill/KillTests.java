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

import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.PostgresServer;
import dev.socketserver.fixtures.Rounds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Kills the application, the database and connections at any moment, and has the
 * application hang, while peers send many messages at a time. The seed decides what is
 * killed, and when: {@code -Dbridge.seed}. How often: {@code -Dbridge.kills}.
 */
@Timeout(value = 240, unit = TimeUnit.MINUTES)
class KillTests {

	@RegisterExtension
	private final Opened opened = new Opened();

	private final int port = Ports.free();

	@Test
	void noAcknowledgmentIsWithoutItsRowHoweverOftenSomethingIsKilled() throws Exception {
		PostgresServer database = this.opened.add(PostgresServer.open());
		KilledApplication application = this.opened
			.add(new KilledApplication(this.port, "--spring.datasource.url=" + database.url()));
		KillRun run = new KillRun(this.port, List.of(application::kill, () -> {
			database.kill();
			database.start();
		}, application::hang));
		run.run(Rounds.of("bridge.kills", 4, 1_000), Rounds.of("bridge.peers", 8, 64));
		application.close();
		List<String> stored = stored(database);
		assertThat(run.check(stored)).as("of %s", run).isEmpty();
		assertThat(new HashSet<>(stored)).as("no message twice").hasSameSizeAs(stored);
		System.out.println(run);
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
