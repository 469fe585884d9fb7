package dev.socketserver.mailbox.jdbc;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;

import com.zaxxer.hikari.HikariDataSource;
import dev.socketserver.autoconfigure.durable.SchemaInitialization;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.PostgresServer;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.fixtures.database.MigratedTableContract;
import dev.socketserver.mailbox.DeviceApplication;
import dev.socketserver.mailbox.LetterState;
import dev.socketserver.mailbox.SocketMailbox;
import dev.socketserver.mailbox.store.Claim;
import dev.socketserver.mailbox.store.Claimer;
import dev.socketserver.mailbox.store.LetterFilter;
import dev.socketserver.mailbox.store.NewLetter;
import dev.socketserver.mailbox.store.Recipient;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Letters in a table that others make, or that databases understand otherwise. */
class MigrationTests implements MigratedTableContract {

	private static final Duration HOUR = Duration.ofHours(1);

	@Override
	public String scripts() {
		return "dev/socketserver/mailbox/jdbc/schema-";
	}

	@Override
	public String initializesNothing() {
		return "socket.mailbox.initialize-schema=never";
	}

	/** Has letters delivered. */
	@Override
	public void assertUses(String start, String url, List<String> properties) throws Exception {
		List<String> all = new ArrayList<>(properties);
		all.add("spring.datasource.url=" + url);
		try (ConfigurableApplicationContext context = DeviceApplication.run(all.toArray(String[]::new));
				TestPeer peer = TestPeer.connect(context, "devices")) {
			SocketMailbox mailbox = context.getBean(SocketMailbox.class);
			Patience.await(mailbox.post("device", "7", start + "a", "do a", null));
			Patience.await(mailbox.post("device", "7", start + "b", "do b", null));
			assertThat(Patience.await(mailbox.cancel("device", "7", start + "b"))).isTrue();
			assertThat(peer.ask("login 7")).isEqualTo("welcome 7");
			assertThat(peer.line()).isEqualTo("do a");
			// Without a reply it would be sent again, ten seconds later.
			peer.send("done\n");
			Awaitility.await()
				.until(() -> Patience.await(mailbox.letter("device", "7", start + "a"))
					.orElseThrow()
					.state() == LetterState.DELIVERED);
		}
	}

	/** Has a letter claimed, and another cancelled. */
	@Override
	public void assertKeeps(String start, String url, boolean makes) {
		Recipient recipient = new Recipient("device", "7");
		try (HikariDataSource dataSource = new HikariDataSource()) {
			dataSource.setJdbcUrl(url);
			dataSource.setUsername("sa");
			JdbcLetterStore store = new JdbcLetterStore(dataSource, new LetterTable(
					makes ? SchemaInitialization.EMBEDDED : SchemaInitialization.NEVER, (product, checked) -> {
					}));
			store.prepare();
			for (String key : List.of("a", "b")) {
				assertThat(store.post(new NewLetter(recipient, start + key, new byte[1], HOUR), 10).stored()).isTrue();
				assertThat(store.post(new NewLetter(recipient, start + key, new byte[1], HOUR), 10).stored()).isFalse();
			}
			assertThat(store.cancel(recipient, start + "b")).isPresent();
			assertThat(store.expire(10)).isEmpty();
			assertThat(store.due(List.of(recipient))).containsExactly(recipient);
			Claim claim = Objects.requireNonNull(store.claim(recipient, new Claimer(1, "here", true, HOUR, 3)).letter())
				.claim();
			assertThat(store.end(claim, true, LetterState.DELIVERED, null)).isPresent();
			assertThat(store.find(recipient, start + "a").orElseThrow().letter().state())
				.isEqualTo(LetterState.DELIVERED);
			assertThat(store.list(recipient, new LetterFilter(EnumSet.allOf(LetterState.class), null, 10)))
				.extracting((stored) -> stored.letter().key())
				.endsWith(start + "a", start + "b");
			store.forget(HOUR);
		}
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
