package dev.socketserver.mailbox.jdbc;

import java.time.Duration;

import com.zaxxer.hikari.HikariDataSource;
import dev.socketserver.fixtures.PostgresServer;
import dev.socketserver.mailbox.store.ClockJumpContract;
import dev.socketserver.mailbox.store.LetterStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

import org.springframework.jdbc.core.JdbcTemplate;

/** The function of the clock is one of the test, which is found before PostgreSQL's. */
class PostgresClockTests extends ClockJumpContract {

	private static PostgresServer server;

	private static HikariDataSource dataSource;

	private static LetterStore store;

	@BeforeAll
	static void open() {
		server = PostgresServer.open();
		dataSource = new HikariDataSource();
		dataSource.setJdbcUrl(server.url() + "&options=-c%20search_path=shifted,pg_catalog");
		JdbcTemplate jdbc = new JdbcTemplate(dataSource);
		jdbc.execute("CREATE SCHEMA shifted");
		jdbc.execute("CREATE TABLE shifted.shift (seconds BIGINT)");
		jdbc.execute("INSERT INTO shifted.shift VALUES (0)");
		jdbc.execute("CREATE FUNCTION shifted.clock_timestamp() RETURNS TIMESTAMPTZ LANGUAGE SQL VOLATILE AS $$"
				+ "SELECT pg_catalog.clock_timestamp() + (SELECT seconds FROM shifted.shift) * INTERVAL '1 second'$$");
		store = H2LetterStoreTests.create(dataSource);
	}

	@AfterAll
	static void close() {
		if (server != null) {
			dataSource.close();
			server.close();
		}
	}

	@Override
	protected LetterStore store() {
		return store;
	}

	@Override
	protected void setClock(Duration ahead) {
		new JdbcTemplate(dataSource).update("UPDATE shifted.shift SET seconds = ?", ahead.toSeconds());
	}

}
