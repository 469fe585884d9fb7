package dev.socketserver.bridge.jdbc;

import java.net.InetSocketAddress;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import dev.socketserver.autoconfigure.durable.Database;
import dev.socketserver.bridge.InboundMessage;
import dev.socketserver.bridge.Stored;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.database.SharedDatabases;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.datasource.init.ScriptUtils;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class InboxTableTests {

	private static final Instant RECEIVED = Instant.parse("2026-11-27T10:15:30.123456Z");

	@RegisterExtension
	private static final SharedDatabases databases = new SharedDatabases();

	@RegisterExtension
	private final Opened opened = new Opened();

	private final InboxTable table = new InboxTable(Database.POSTGRESQL);

	private Connection connection;

	private JdbcTemplate jdbc;

	@BeforeEach
	void open() throws Exception {
		this.connection = this.opened.add(DriverManager.getConnection(databases.postgres()));
		ScriptUtils.executeSqlScript(this.connection,
				new ClassPathResource("dev/socketserver/bridge/schema-postgresql.sql"));
		this.jdbc = new JdbcTemplate(new SingleConnectionDataSource(this.connection, true));
	}

	private static InboundMessage message(@Nullable String id, String text) {
		return new InboundMessage("in", "session", new InetSocketAddress("127.0.0.1", 1), "device:é", null, id,
				"session", RECEIVED, text.getBytes(UTF_8));
	}

	/** The driver has the database remember what it is asked for the fifth time. */
	@Test
	void postgresIsGivenOneStatementForAnyNumberOfMessages() throws Exception {
		for (int use = 0; use < 6; use++) {
			for (int count = 1; count <= 5; count++) {
				List<InboundMessage> messages = new ArrayList<>();
				for (int i = 0; i < count; i++) {
					messages.add(message(null, "text"));
				}
				this.table.insert(this.connection, messages);
			}
		}

		assertThat(this.jdbc.queryForList(
				"select statement from pg_prepared_statements " + "where statement like 'insert into socket_inbox%'",
				String.class))
			.hasSize(1);
	}

	@Test
	void postgresKeepsTheirOrderAndFindsWhatItHas() throws Exception {
		this.table.insert(this.connection, List.of(message("b", "first")));
		List<Stored> stored = this.table.insert(this.connection, List.of(message("a", "1"), message("b", "2"),
				message(null, "3"), message("a", "4"), message("c", "5")));

		assertThat(stored).extracting(Stored::duplicate).containsExactly(false, true, false, true, false);
		assertThat(stored.get(3).position()).isEqualTo(stored.get(0).position());
		assertThat(this.jdbc.queryForList("select convert_from(payload, 'UTF8') from socket_inbox order by position",
				String.class))
			.containsExactly("first", "1", "3", "5");
		assertThat(this.jdbc.queryForList("select position::text from socket_inbox order by position", String.class))
			.endsWith(stored.get(0).position(), stored.get(2).position(), stored.get(4).position());
		assertThat(this.jdbc.queryForList("select distinct identity from socket_inbox", String.class))
			.containsExactly("device:é");
		assertThat(this.jdbc.queryForList("select distinct received_at at time zone 'UTC' from socket_inbox",
				Timestamp.class))
			.extracting((time) -> time.toLocalDateTime().toString())
			.containsExactly("2026-11-27T10:15:30.123456");
	}

}
