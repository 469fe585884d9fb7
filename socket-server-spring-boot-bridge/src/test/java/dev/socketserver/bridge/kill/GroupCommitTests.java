package dev.socketserver.bridge.kill;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.PostgresServer;
import dev.socketserver.fixtures.TestPeer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Messages that have arrived while the database commits are committed together: 64
 * sessions have 64 messages under way each, and PostgreSQL counts the transactions.
 */
@Tag("long")
class GroupCommitTests {

	private static final int SESSIONS = 64;

	private static final int IN_FLIGHT = 64;

	private static final int MESSAGES = SESSIONS * IN_FLIGHT;

	@RegisterExtension
	private final Opened opened = new Opened();

	@Test
	void whatWaitsForTheDatabaseIsCommittedTogether() throws Exception {
		PostgresServer database = this.opened.add(PostgresServer.open());
		ConfigurableApplicationContext context = this.opened
			.add(StoringApplication.start("--socket.servers.in.port=0", "--spring.datasource.url=" + database.url()));
		SocketServer server = context.getBean(SocketServers.class).get("in");
		Ledger ledger = new Ledger();
		ExecutorService threads = Executors.newFixedThreadPool(SESSIONS);
		try (Connection connection = DriverManager.getConnection(database.url());
				Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			// No row is inserted meanwhile.
			statement.execute("lock table socket_inbox in share mode");
			for (int i = 0; i < SESSIONS; i++) {
				threads.execute(new PipeliningPeer("p" + i, IN_FLIGHT, TestPeer.port(context, "in"), ledger,
						new Allowance(IN_FLIGHT)));
			}
			await().until(() -> server.statistics().messagesReceived() == MESSAGES);
			connection.commit();
			ledger.await(MESSAGES, Patience.limit().multipliedBy(4));
			assertThat(transactions(statement)).isBetween(1, MESSAGES / 64);
		}
		finally {
			threads.shutdownNow();
		}
	}

	/** How many transactions have inserted the rows. */
	private static int transactions(Statement statement) throws Exception {
		try (ResultSet result = statement
			.executeQuery("select count(*), count(distinct xmin::text) from socket_inbox where server = 'in'")) {
			assertThat(result.next()).isTrue();
			assertThat(result.getInt(1)).isEqualTo(MESSAGES);
			return result.getInt(2);
		}
	}

}
