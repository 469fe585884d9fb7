package dev.socketserver.mailbox.jdbc;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.PostgresServer;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.fixtures.database.MariaDbServer;
import dev.socketserver.fixtures.database.Migration;
import dev.socketserver.mailbox.DeviceApplication;
import dev.socketserver.mailbox.LetterState;
import dev.socketserver.mailbox.SocketMailbox;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Letters in a table that others make, or that databases understand otherwise. */
class MigrationTests {

	@TempDir
	private Path folder;

	/** Starts an application twice, and has letters delivered. */
	private static void assertDelivers(String url, List<String> properties) throws Exception {
		List<String> all = new ArrayList<>(properties);
		all.add("spring.datasource.url=" + url);
		for (String key : List.of("1", "2")) {
			try (ConfigurableApplicationContext context = DeviceApplication.run(all.toArray(String[]::new));
					TestPeer peer = TestPeer.connect(context, "devices")) {
				SocketMailbox mailbox = context.getBean(SocketMailbox.class);
				mailbox.post("device", "7", key + "a", "do a", null).get(Patience.seconds(), TimeUnit.SECONDS);
				mailbox.post("device", "7", key + "b", "do b", null).get(Patience.seconds(), TimeUnit.SECONDS);
				assertThat(mailbox.cancel("device", "7", key + "b").get(Patience.seconds(), TimeUnit.SECONDS)).isTrue();
				assertThat(peer.ask("login 7")).isEqualTo("welcome 7");
				assertThat(peer.line()).isEqualTo("do a");
				// Without a reply it would be sent again, ten seconds later.
				peer.send("done\n");
				Awaitility.await()
					.until(() -> mailbox.letter("device", "7", key + "a")
						.get(Patience.seconds(), TimeUnit.SECONDS)
						.orElseThrow()
						.state() == LetterState.DELIVERED);
			}
		}
	}

	private static void assertDelivers(String url, String platform, Migration migration) throws Exception {
		List<String> properties = new ArrayList<>(
				migration.properties(platform, "dev/socketserver/mailbox/jdbc/schema-" + platform + ".sql"));
		properties.add("socket.mailbox.initialize-schema=never");
		assertDelivers(url, properties);
	}

	/** Nothing else has the migration begin. */
	@Test
	void anApplicationOfLazyBeansMigratesBefore() throws Exception {
		List<String> properties = new ArrayList<>(
				Migration.FLYWAY.properties("h2", "dev/socketserver/mailbox/jdbc/schema-h2.sql"));
		properties.add("socket.mailbox.initialize-schema=never");
		properties.add("spring.main.lazy-initialization=true");
		assertDelivers("jdbc:h2:file:" + this.folder.resolve("lazy") + ";WRITE_DELAY=0", properties);
	}

	@ParameterizedTest
	@EnumSource
	void anApplicationThatMigratesH2FindsItsTable(Migration migration) throws Exception {
		assertDelivers("jdbc:h2:file:" + this.folder.resolve("letters") + ";WRITE_DELAY=0", "h2", migration);
	}

	@ParameterizedTest
	@EnumSource
	void anApplicationThatMigratesPostgresFindsItsTable(Migration migration) throws Exception {
		try (PostgresServer database = PostgresServer.open()) {
			assertDelivers(database.url(), "postgresql", migration);
		}
	}

	@ParameterizedTest
	@EnumSource
	void anApplicationThatMigratesMariaDbFindsItsTable(Migration migration) throws Exception {
		try (MariaDbServer database = MariaDbServer.open()) {
			assertDelivers(database.url(), "mariadb", migration);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "STRICT", "LEGACY", "DB2", "Derby", "MariaDB", "MSSQLServer", "HSQLDB", "MySQL", "Oracle",
			"PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH",
			"REGULAR;CASE_INSENSITIVE_IDENTIFIERS=TRUE" })
	void eachModeOfH2KeepsLetters(String mode) throws Exception {
		String url = "jdbc:h2:file:" + this.folder.resolve("letters") + ";WRITE_DELAY=0;MODE=" + mode;
		assertDelivers(url, List.of());
		assertDelivers(url.replace("letters;", "migrated;"), "h2", Migration.FLYWAY);
	}

	@Test
	void aTableOfAnotherSchemaOrNameIsNotTheTable() throws Exception {
		try (PostgresServer server = PostgresServer.open()) {
			try (Connection connection = DriverManager.getConnection(server.url());
					Statement statement = connection.createStatement()) {
				statement.execute("CREATE TABLE socketxmailbox (position BIGINT)");
				statement.execute("CREATE SCHEMA other");
				statement.execute("CREATE TABLE other.socket_mailbox (position BIGINT)");
			}
			assertThatThrownBy(() -> DeviceApplication.run("spring.datasource.url=" + server.url()).close())
				.hasStackTraceContaining("the database has no table socket_mailbox: ERROR: relation "
						+ "\"socket_mailbox\" does not exist. Run the script");
			assertThatThrownBy(
					() -> DeviceApplication.run("spring.datasource.url=" + server.url() + "&currentSchema=other")
						.close())
				.hasStackTraceContaining("the table socket_mailbox cannot be used: ERROR: column \"identity\" does not "
						+ "exist. Make it as the script");
		}
	}

}
