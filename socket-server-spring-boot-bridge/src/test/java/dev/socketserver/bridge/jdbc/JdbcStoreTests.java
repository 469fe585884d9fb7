package dev.socketserver.bridge.jdbc;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import dev.socketserver.bridge.InboundMessage;
import dev.socketserver.bridge.session.Turn;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.PostgresServer;
import dev.socketserver.fixtures.database.MariaDbServer;
import dev.socketserver.fixtures.database.SilencedPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The store of the table, on databases that fail. */
@Timeout(120)
class JdbcStoreTests {

	@RegisterExtension
	private final Opened opened = new Opened();

	private static InboundMessage message(String text) {
		return new InboundMessage("in", "session", new InetSocketAddress("127.0.0.1", 1), null, null, text, "session",
				Instant.now(), text.getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void aDatabaseThatAnswersNoMoreIsGivenUp() throws Exception {
		SilencedPostgres database = this.opened.add(new SilencedPostgres());
		HikariDataSource pool = this.opened.add(new HikariDataSource());
		pool.setJdbcUrl(database.url());
		pool.setMaximumPoolSize(1);
		new ResourceDatabasePopulator(new ClassPathResource("dev/socketserver/bridge/schema-postgresql.sql"))
			.execute(pool);
		JdbcStore store = this.opened.add(new JdbcStore(pool, () -> "postgresql", Duration.ofMillis(500)));
		store.store(message("a"), new Turn()).toCompletableFuture().get(30, TimeUnit.SECONDS);
		database.fallSilent();
		assertThatThrownBy(() -> store.store(message("b"), new Turn()).toCompletableFuture().get(30, TimeUnit.SECONDS))
			.isInstanceOf(ExecutionException.class);
		assertThat(store.store(message("b"), new Turn()).toCompletableFuture().get(30, TimeUnit.SECONDS)).isNotNull();
	}

	/** Has a pool whose connections lead to a database that is no primary any more. */
	private HikariDataSource readOnly(String url, String platform, String readOnly) throws SQLException {
		HikariDataSource pool = this.opened.add(new HikariDataSource());
		pool.setJdbcUrl(url);
		pool.setMaximumPoolSize(5);
		new ResourceDatabasePopulator(new ClassPathResource("dev/socketserver/bridge/schema-" + platform + ".sql"))
			.execute(pool);
		List<Connection> all = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			Connection connection = pool.getConnection();
			all.add(connection);
			try (Statement statement = connection.createStatement()) {
				statement.execute(readOnly);
			}
		}
		for (Connection connection : all) {
			connection.close();
		}
		return pool;
	}

	private void assertStores(DataSource pool, String platform) throws Exception {
		JdbcStore store = this.opened.add(new JdbcStore(pool, () -> platform));
		assertThat(store.store(message("a"), new Turn()).toCompletableFuture().get(30, TimeUnit.SECONDS)).isNotNull();
	}

	@Test
	void connectionsToAPostgresThatIsReadOnlyAreGivenUp() throws Exception {
		PostgresServer server = this.opened.add(PostgresServer.open());
		assertStores(readOnly(server.url(), "postgresql", "set default_transaction_read_only = on"), "postgresql");
	}

	@Test
	void connectionsToAMariaDbThatIsReadOnlyAreGivenUp() throws Exception {
		MariaDbServer server = this.opened.add(MariaDbServer.open());
		assertStores(readOnly(server.url(), "mariadb", "set session transaction read only"), "mariadb");
	}

	@Test
	void aMissingPartitionIsNotTheFaultOfTheMessage() throws Exception {
		PostgresServer server = this.opened.add(PostgresServer.open());
		HikariDataSource pool = this.opened.add(new HikariDataSource());
		pool.setJdbcUrl(server.url());
		JdbcTemplate jdbc = new JdbcTemplate(pool);
		jdbc.execute("create sequence positions");
		jdbc.execute("create table socket_inbox (position bigint default nextval('positions'), server varchar(255), "
				+ "session varchar(255), identity text, message_id varchar(255), received_at timestamp with time zone, "
				+ "payload bytea, unique (server, message_id)) partition by list (server)");
		JdbcStore store = this.opened.add(new JdbcStore(pool, () -> "postgresql"));
		assertThatThrownBy(() -> store.store(message("a"), new Turn()).toCompletableFuture().get(30, TimeUnit.SECONDS))
			.cause()
			.isInstanceOf(SQLException.class);
		jdbc.execute("create table inbox_in partition of socket_inbox for values in ('in')");
		assertThat(store.store(message("a"), new Turn()).toCompletableFuture().get(30, TimeUnit.SECONDS)).isNotNull();
	}

}
