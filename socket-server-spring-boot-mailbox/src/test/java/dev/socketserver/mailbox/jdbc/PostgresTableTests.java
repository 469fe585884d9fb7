package dev.socketserver.mailbox.jdbc;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;

import dev.socketserver.autoconfigure.durable.SchemaInitialization;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.fixtures.PostgresServer;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The table, in a database that others look after. */
class PostgresTableTests {

	@Test
	void aTableThatIsMissingOrCannotBeMadeIsRefused() throws Exception {
		try (PostgresServer server = PostgresServer.open()) {
			try (Connection connection = DriverManager.getConnection(server.url());
					Statement statement = connection.createStatement()) {
				statement.execute("CREATE ROLE reader LOGIN");
			}
			DriverManagerDataSource reader = new DriverManagerDataSource(
					server.url().replace("user=test", "user=reader"));
			for (SchemaInitialization when : List.of(SchemaInitialization.EMBEDDED, SchemaInitialization.NEVER)) {
				assertThatThrownBy(() -> table(when).prepare(reader)).isInstanceOf(InvalidSocketPropertyException.class)
					.hasMessageContainingAll("the database has no table socket_mailbox", "schema-postgresql.sql");
			}
			assertThatThrownBy(() -> table(SchemaInitialization.ALWAYS).prepare(reader))
				.isInstanceOf(InvalidSocketPropertyException.class)
				.hasMessageContainingAll(
						"the table socket_mailbox cannot be made: ERROR: permission denied for schema public",
						"schema-postgresql.sql");
			table(SchemaInitialization.ALWAYS).prepare(new DriverManagerDataSource(server.url()));
			assertThatThrownBy(() -> table(SchemaInitialization.NEVER).prepare(reader))
				.isInstanceOf(InvalidSocketPropertyException.class)
				.hasMessageContaining(
						"the table socket_mailbox cannot be used: ERROR: permission denied for table socket_mailbox");
			try (Connection connection = DriverManager.getConnection(server.url());
					Statement statement = connection.createStatement()) {
				statement.execute("GRANT SELECT ON socket_mailbox TO reader");
			}
			table(SchemaInitialization.NEVER).prepare(reader);
		}
	}

	private static LetterTable table(SchemaInitialization when) {
		return new LetterTable(when, (product, dataSource) -> {
		});
	}

}
