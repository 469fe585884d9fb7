package dev.socketserver.transactions;

import java.util.ArrayList;
import java.util.List;

import com.zaxxer.hikari.HikariDataSource;
import dev.socketserver.CloseReason;
import dev.socketserver.Conversation;
import dev.socketserver.ConversationHandler;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.StreamHandler;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketServerTest;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Transactions of handlers, on H2.
 */
@SocketServerTest(properties = { "spring.config.location=classpath:/transactions.yml",
		"spring.datasource.url=jdbc:h2:mem:transactions;DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=3600000",
		"socket.servers.readings.port=0", "socket.servers.silent.port=0", "socket.servers.batches.port=0",
		"socket.servers.streams.port=0", "socket.servers.early.port=0" })
class TransactionsTests {

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private HeldCommits commits;

	@Autowired
	private SocketServers servers;

	@Autowired
	private HikariDataSource pool;

	@SocketConnection("readings")
	private SocketTestClient client;

	@BeforeEach
	void schema() {
		this.jdbc.sql("drop table if exists reading").update();
		this.jdbc.sql("create table reading (id varchar primary key, meter varchar not null)").update();
	}

	private List<String> stored() {
		return this.jdbc.sql("select id from reading order by id").query(String.class).list();
	}

	/** How many messages have left to a peer: those to others are counted late. */
	private long sent(String server, SocketTestClient peer) {
		return this.servers.get(server)
			.sessions()
			.filter((session) -> session.remoteAddress().equals(peer.localAddress()))
			.findAny()
			.orElseThrow()
			.info()
			.messagesSent();
	}

	@Test
	void aReplyNeverPrecedesItsCommit() {
		HeldCommits.Held commit = this.commits.hold();
		this.client.send("1 a");
		commit.awaitBegin();
		assertThat(stored()).isEmpty();
		assertThat(sent("readings", this.client)).isZero();

		commit.release();

		this.client.expect("announced 1").expect("stored 1");
		assertThat(stored()).containsExactly("1");
	}

	@Test
	void aCommitThatFailsIsAnExceptionOfTheMethodAndNothingHasLeft() {
		HeldCommits.Held commit = this.commits.hold();
		this.client.send("2 a");
		commit.awaitBegin();
		commit.loseConnection();

		this.client.expect("not stored 2");
		assertThat(stored()).isEmpty();
		this.client.send("3 a").expect("announced 3").expect("stored 3");
	}

	@Test
	void soIsAStatementThatFails() {
		this.client.send("4 a").expect("announced 4").expect("stored 4");
		this.client.send("4 a").expect("not stored 4");
		assertThat(stored()).containsExactly("4");
	}

	@Test
	void withoutOnErrorACommitThatFailsClosesTheSessionAndNothingHasLeft(
			@SocketConnection("silent") SocketTestClient silent) {
		await().until(() -> this.servers.get("silent").sessions().count() == 1);
		SocketSession session = this.servers.get("silent").sessions().findAny().orElseThrow();
		HeldCommits.Held commit = this.commits.hold();
		silent.send("5 a");
		commit.awaitBegin();
		commit.loseConnection();

		silent.expectClosed();
		assertThat(session.closed().join().reason()).isEqualTo(CloseReason.HANDLER_ERROR);
		assertThat(session.info().bytesSent()).isZero();
		assertThat(stored()).isEmpty();
	}

	@Test
	void whatAMethodSendsItselfLeavesAtOnce(@SocketConnection("early") SocketTestClient early) {
		HeldCommits.Held commit = this.commits.hold();
		early.send("6 a");
		commit.awaitBegin();
		early.expect("early 6");
		assertThat(stored()).isEmpty();

		commit.release();

		early.expect("stored 6");
	}

	@Test
	void aConversationStoresEachMessageInATransactionOfItsOwn(@SocketConnection("batches") SocketTestClient batches) {
		HeldCommits.Held commit = this.commits.hold();
		batches.send("7 a");
		commit.awaitBegin();
		assertThat(sent("batches", batches)).isZero();
		commit.release();
		batches.expect("stored 7");

		HeldCommits.Held failing = this.commits.hold();
		batches.send("8 a");
		failing.awaitBegin();
		failing.loseConnection();

		batches.expectClosed();
		assertThat(stored()).containsExactly("7");
	}

	@Test
	void soDoesAStream(@SocketConnection("streams") SocketTestClient streams) {
		HeldCommits.Held commit = this.commits.hold();
		streams.sendRaw("9");
		commit.awaitBegin();
		assertThat(stored()).isEmpty();
		commit.release();
		streams.expectBytes("9");
		assertThat(stored()).containsExactly("9");
	}

	@Test
	void aPoolOfOneConnectionServesAllSessionsOneAfterTheOther() {
		this.pool.setMaximumPoolSize(1);
		List<SocketTestClient> clients = new ArrayList<>();
		try {
			for (int i = 0; i < 16; i++) {
				clients.add(SocketTestClient.connect(this.servers.get("readings")));
			}
			for (int i = 0; i < clients.size(); i++) {
				clients.get(i).send("c" + i + " a").send("d" + i + " a");
			}
			for (int i = 0; i < clients.size(); i++) {
				clients.get(i)
					.expect("announced c" + i)
					.expect("stored c" + i)
					.expect("announced d" + i)
					.expect("stored d" + i);
			}
			assertThat(stored()).hasSize(32);
		}
		finally {
			clients.forEach(SocketTestClient::close);
			this.pool.setMaximumPoolSize(10);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Database.class, Readings.class, Announcements.class, Silent.class, Early.class, Batches.class })
	static class Application {

		@Bean
		@SocketHandler("streams")
		StreamHandler streams(PlatformTransactionManager transactions, JdbcClient jdbc) {
			TransactionTemplate transaction = new TransactionTemplate(transactions);
			return (in, out, session) -> {
				for (int next = in.read(); next >= 0; next = in.read()) {
					String id = String.valueOf((char) next);
					transaction.executeWithoutResult(
							(status) -> jdbc.sql("insert into reading values (?, 'a')").param(id).update());
					out.write(next);
					out.flush();
				}
			};
		}

	}

	@SocketHandler("silent")
	static class Silent {

		private final JdbcClient jdbc;

		Silent(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		@OnMessage
		@Transactional
		String store(String line) {
			this.jdbc.sql("insert into reading values (?, 'a')").param(line.split(" ")[0]).update();
			return "stored";
		}

	}

	@SocketHandler("early")
	static class Early {

		private final JdbcClient jdbc;

		Early(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		@OnMessage
		@Transactional
		String store(String line, SocketSession session) {
			String id = line.split(" ")[0];
			this.jdbc.sql("insert into reading values (?, 'a')").param(id).update();
			session.send("early " + id);
			return "stored " + id;
		}

	}

	@SocketHandler("batches")
	static class Batches implements ConversationHandler<String, String> {

		private final JdbcClient jdbc;

		private final TransactionTemplate transaction;

		Batches(JdbcClient jdbc, PlatformTransactionManager transactions) {
			this.jdbc = jdbc;
			this.transaction = new TransactionTemplate(transactions);
		}

		@Override
		public void handle(Conversation<String, String> peer) throws Exception {
			for (String line = peer.receive(); line != null; line = peer.receive()) {
				String id = line.split(" ")[0];
				this.transaction.executeWithoutResult(
						(status) -> this.jdbc.sql("insert into reading values (?, 'a')").param(id).update());
				peer.send("stored " + id);
			}
		}

	}

}
