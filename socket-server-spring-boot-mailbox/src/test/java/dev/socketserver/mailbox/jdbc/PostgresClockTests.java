package dev.socketserver.mailbox.jdbc;

import java.time.Duration;

import dev.socketserver.fixtures.PostgresServer;
import dev.socketserver.mailbox.store.ClockJumpContract;
import dev.socketserver.mailbox.store.LetterStore;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.jdbc.core.JdbcTemplate;

/** The function of the clock is one of the test, which is found before PostgreSQL's. */
class PostgresClockTests extends ClockJumpContract {

	@RegisterExtension
	private static final DatabaseStore database = new DatabaseStore(
			(opened) -> opened.add(PostgresServer.open()).url() + "&options=-c%20search_path=shifted,pg_catalog",
			PostgresClockTests::shift);

	private static void shift(JdbcTemplate jdbc) {
		jdbc.execute("CREATE SCHEMA shifted");
		jdbc.execute("CREATE TABLE shifted.shift (seconds BIGINT)");
		jdbc.execute("INSERT INTO shifted.shift VALUES (0)");
		jdbc.execute("CREATE FUNCTION shifted.clock_timestamp() RETURNS TIMESTAMPTZ LANGUAGE SQL VOLATILE AS $$"
				+ "SELECT pg_catalog.clock_timestamp() + (SELECT seconds FROM shifted.shift) * INTERVAL '1 second'$$");
	}

	@Override
	protected LetterStore store() {
		return database.store();
	}

	@Override
	protected void setClock(Duration ahead) {
		database.jdbc().update("UPDATE shifted.shift SET seconds = ?", ahead.toSeconds());
	}

}
