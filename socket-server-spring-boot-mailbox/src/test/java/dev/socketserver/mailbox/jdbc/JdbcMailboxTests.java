package dev.socketserver.mailbox.jdbc;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import dev.socketserver.autoconfigure.durable.SchemaInitialization;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.fixtures.database.SharedDatabases;
import dev.socketserver.mailbox.DeviceApplication;
import dev.socketserver.mailbox.Letter;
import dev.socketserver.mailbox.LetterState;
import dev.socketserver.mailbox.MailboxUnavailableException;
import dev.socketserver.mailbox.SocketMailbox;
import dev.socketserver.mailbox.delivery.StoreAccess;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * An application whose letters are in its database.
 */
@ExtendWith(OutputCaptureExtension.class)
class JdbcMailboxTests {

	@RegisterExtension
	private static final SharedDatabases databases = new SharedDatabases();

	@TempDir
	private Path folder;

	private String url() {
		return "spring.datasource.url=jdbc:h2:file:" + this.folder.resolve("db")
				+ ";WRITE_DELAY=0;LOCK_TIMEOUT=3600000";
	}

	@Test
	void lettersSurviveARestart() throws Exception {
		try (ConfigurableApplicationContext application = DeviceApplication.run(url())) {
			SocketMailbox mailbox = application.getBean(SocketMailbox.class);
			Patience.await(mailbox.post("device", "7", "a", "do a", null));
			Patience.await(mailbox.post("device", "7", "b", "do b", null));
		}
		try (ConfigurableApplicationContext application = DeviceApplication.run(url());
				TestPeer peer = TestPeer.connect(application, "devices")) {
			assertThat(peer.ask("login 7")).isEqualTo("welcome 7");
			assertThat(peer.line()).isEqualTo("do a");
			assertThat(peer.ask("done")).isEqualTo("do b");
		}
	}

	@Test
	void aLetterIsPartOfTheTransaction() throws Exception {
		try (ConfigurableApplicationContext application = DeviceApplication.run(url());
				TestPeer peer = TestPeer.connect(application, "devices")) {
			SocketMailbox mailbox = application.getBean(SocketMailbox.class);
			TransactionTemplate transactions = new TransactionTemplate(
					application.getBean(PlatformTransactionManager.class));
			assertThat(peer.ask("login 7")).isEqualTo("welcome 7");

			CompletableFuture<Letter> rolledBack = transactions.execute((status) -> {
				CompletableFuture<Letter> letter = mailbox.post("device", "7", "a", "do a", null);
				status.setRollbackOnly();
				return letter;
			});
			CompletableFuture<Letter> committed = transactions.execute((status) -> {
				CompletableFuture<Letter> letter = mailbox.post("device", "7", "b", "do b", null);
				assertThat(letter).isNotDone();
				assertThatThrownBy(letter::join).isInstanceOf(IllegalStateException.class)
					.hasMessageContaining("within the transaction");
				assertThatThrownBy(() -> letter.thenApply(Letter::key).get(1, TimeUnit.MINUTES))
					.isInstanceOf(IllegalStateException.class);
				return letter;
			});
			TransactionTemplate nested = new TransactionTemplate(application.getBean(PlatformTransactionManager.class));
			nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
			List<CompletableFuture<Letter>> parts = new ArrayList<>();
			transactions.executeWithoutResult((whole) -> {
				parts.add(mailbox.post("device", "7", "c", "do c", null));
				nested.executeWithoutResult((part) -> {
					parts.add(mailbox.post("device", "7", "d", "do d", null));
					part.setRollbackOnly();
				});
			});

			assertThat(Patience.await(parts.get(0)).key()).isEqualTo("c");
			assertThatThrownBy(() -> Patience.await(parts.get(1))).cause()
				.isInstanceOf(MailboxUnavailableException.class);
			assertThat(Patience.await(mailbox.letter("device", "7", "d"))).isEmpty();
			assertThat(Patience.await(committed).key()).isEqualTo("b");
			assertThatThrownBy(() -> Patience.await(rolledBack)).cause()
				.isInstanceOf(MailboxUnavailableException.class)
				.hasMessage("The letter was not stored: its transaction was rolled back");
			assertThat(peer.line()).isEqualTo("do b");
			assertThat(Patience.await(mailbox.letter("device", "7", "a"))).isEmpty();
		}
	}

	@Test
	void whatIsPostedBehindTheCommitIsNoPartOfTheTransaction() throws Exception {
		try (ConfigurableApplicationContext application = DeviceApplication.run(url(),
				"spring.datasource.hikari.auto-commit=false")) {
			SocketMailbox mailbox = application.getBean(SocketMailbox.class);
			List<CompletableFuture<Letter>> posted = new ArrayList<>();
			new TransactionTemplate(application.getBean(PlatformTransactionManager.class))
				.executeWithoutResult((status) -> TransactionSynchronizationManager
					.registerSynchronization(new TransactionSynchronization() {

						@Override
						public void afterCommit() {
							posted.add(mailbox.post("device", "7", "a", "do a", null));
						}

					}));

			assertThat(Patience.await(posted.get(0)).key()).isEqualTo("a");
			assertThat(Patience.await(mailbox.letter("device", "7", "a"))).isPresent();
		}
	}

	@Test
	void sessionsDoNotNoticeThatTheStoreIsAway() throws Exception {
		try (ConfigurableApplicationContext application = DeviceApplication.run(url(), "socket.mailbox.poll=100ms");
				TestPeer peer = TestPeer.connect(application, "devices")) {
			SocketMailbox mailbox = application.getBean(SocketMailbox.class);
			JdbcTemplate jdbc = new JdbcTemplate(application.getBean(DataSource.class));
			Patience.await(mailbox.post("device", "7", "a", "do a", null));
			jdbc.execute("ALTER TABLE socket_mailbox RENAME TO away");

			assertThat(peer.ask("login 7")).isEqualTo("welcome 7");
			assertThatThrownBy(() -> Patience.await(mailbox.post("device", "7", "b", "do b", null))).cause()
				.isInstanceOf(MailboxUnavailableException.class);
			assertThat(peer.ask("hello")).isEqualTo("echo hello");

			jdbc.execute("ALTER TABLE away RENAME TO socket_mailbox");
			assertThat(peer.line()).isEqualTo("do a");
			jdbc.execute("ALTER TABLE socket_mailbox RENAME TO away");
			peer.send("done\n");
			assertThat(peer.ask("hello")).isEqualTo("echo hello");
			jdbc.execute("ALTER TABLE away RENAME TO socket_mailbox");
			Awaitility.await()
				.ignoreExceptions()
				.until(() -> Patience.await(mailbox.letter("device", "7", "a"))
					.orElseThrow()
					.state() == LetterState.DELIVERED);
			assertThat(Patience.await(mailbox.letter("device", "7", "a")).orElseThrow().attempts()).isEqualTo(1);
		}
	}

	@Test
	void anOutageIsOneWhileSomethingCanBeReadAndNothingWritten(CapturedOutput output) throws Exception {
		try (ConfigurableApplicationContext application = DeviceApplication.run(
				"spring.datasource.url=" + databases.postgres(), "socket.mailbox.initialize-schema=always",
				"socket.mailbox.poll=20ms")) {
			SocketMailbox mailbox = application.getBean(SocketMailbox.class);
			StoreAccess access = application.getBean(StoreAccess.class);
			JdbcTemplate jdbc = new JdbcTemplate(application.getBean(DataSource.class));
			// Whoever has begun a transaction may have spoiled it.
			new TransactionTemplate(application.getBean(PlatformTransactionManager.class))
				.executeWithoutResult((status) -> {
					assertThatThrownBy(() -> jdbc.execute("SELECT 1 / 0"));
					assertThatThrownBy(() -> Patience.await(mailbox.post("device", "7", "a", "do a", null))).cause()
						.isInstanceOf(MailboxUnavailableException.class);
					status.setRollbackOnly();
				});
			assertThat(access.outage()).isNull();
			jdbc.execute(
					"CREATE FUNCTION refuse() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'the disk is full' USING "
							+ "ERRCODE = '53100'; END $$ LANGUAGE plpgsql");
			jdbc.execute("CREATE TRIGGER refusing BEFORE INSERT ON socket_mailbox EXECUTE FUNCTION refuse()");
			assertThatThrownBy(() -> Patience.await(mailbox.post("device", "7", "a", "do a", null))).cause()
				.isInstanceOf(MailboxUnavailableException.class);
			Awaitility.await().during(Duration.ofSeconds(1)).until(() -> access.outage() != null);
			assertThat(Patience.await(mailbox.letters("device", "7"))).isEmpty();
			assertThat(access.outage()).isNotNull();
			jdbc.execute("DROP TRIGGER refusing ON socket_mailbox");
			Awaitility.await().until(() -> access.outage() == null);
			Patience.await(mailbox.post("device", "7", "a", "do a", null));
			assertThat(jdbc.queryForObject("SELECT COUNT(*) FROM socket_mailbox", Integer.class)).isEqualTo(1);
		}
		assertThat(output).containsOnlyOnce("letters are neither taken nor delivered until it can: ")
			.contains("the disk is full")
			.containsOnlyOnce("The store of the mailbox can be used again")
			.doesNotContain("\tat ");
	}

	@Test
	void connectionsToADatabaseThatIsReadOnlyAreGivenUp(CapturedOutput output) throws Exception {
		try (ConfigurableApplicationContext application = DeviceApplication.run(
				"spring.datasource.url=" + databases.postgres(), "socket.mailbox.initialize-schema=always",
				"socket.mailbox.poll=1h", "spring.datasource.hikari.maximum-pool-size=5")) {
			DataSource pool = application.getBean(DataSource.class);
			List<Connection> all = new ArrayList<>();
			for (int i = 0; i < 5; i++) {
				Connection connection = pool.getConnection();
				all.add(connection);
				try (Statement statement = connection.createStatement()) {
					statement.execute("SET default_transaction_read_only = on");
				}
			}
			for (Connection connection : all) {
				connection.close();
			}
			Patience.await(application.getBean(SocketMailbox.class).post("device", "7", "a", "do a", null));
		}
		// What HikariCP finds broken itself is a warning.
		assertThat(output).doesNotContain("marked as broken");
	}

	@Test
	void twoNodesWithoutAClusterSendEachLetterOnce() throws Exception {
		String[] properties = { "spring.datasource.url=" + databases.postgres(),
				"socket.mailbox.initialize-schema=always", "socket.mailbox.poll=20ms" };
		try (ConfigurableApplicationContext one = DeviceApplication.run(properties);
				ConfigurableApplicationContext two = DeviceApplication.run(properties);
				TestPeer first = TestPeer.connect(one, "devices");
				TestPeer second = TestPeer.connect(two, "devices")) {
			assertThat(first.ask("login 7")).isEqualTo("welcome 7");
			assertThat(second.ask("login 7")).isEqualTo("welcome 7");
			Queue<String> received = new ConcurrentLinkedQueue<>();
			Thread other = new Thread(() -> acknowledge(second, received));
			other.start();
			Thread reader = new Thread(() -> acknowledge(first, received));
			reader.start();
			List<String> all = IntStream.range(0, 40).mapToObj((number) -> "do " + number).toList();
			SocketMailbox mailbox = one.getBean(SocketMailbox.class);
			for (int i = 0; i < all.size(); i++) {
				Patience.await(mailbox.post("device", "7", "" + i, all.get(i), null));
			}
			Awaitility.await()
				.atMost(Patience.limit())
				.until(() -> Patience.await(mailbox.letters("device", "7")).isEmpty());
			assertThat(received).containsExactlyElementsOf(all);
		}
	}

	private static void acknowledge(TestPeer peer, Queue<String> received) {
		try {
			for (String line = peer.read(); line != null; line = peer.read()) {
				received.add(line);
				peer.send("done\n");
			}
		}
		catch (IOException ex) {
			// It is over.
		}
	}

	@Test
	void anIdentityThatTheDatabaseCannotKeepHoldsUpNobody() throws Exception {
		String url = "spring.datasource.url=" + databases.postgres();
		try (ConfigurableApplicationContext application = DeviceApplication.run(url,
				"socket.mailbox.initialize-schema=always", "socket.mailbox.poll=100ms");
				ConfigurableApplicationContext other = DeviceApplication.run(url,
						"socket.servers.devices.mailbox.identity=");
				TestPeer odd = TestPeer.connect(application, "devices");
				TestPeer peer = TestPeer.connect(application, "devices")) {
			String odd254 = "x".repeat(254);
			assertThat(odd.ask("login " + odd254)).isEqualTo("welcome " + odd254);
			assertThat(peer.ask("login 7")).isEqualTo("welcome 7");
			Patience.await(other.getBean(SocketMailbox.class).post("device", "7", "a", "do a", null));
			assertThat(peer.line()).isEqualTo("do a");
			assertThat(application.getBean(StoreAccess.class).outage()).isNull();
		}
	}

	@Test
	void aDatabaseThatForgetsFailsTheStart() {
		assertThatThrownBy(() -> DeviceApplication.run("spring.datasource.url=jdbc:h2:mem:forgets").close())
			.satisfies((failure) -> assertThat(DeviceApplication.reason(failure))
				.isInstanceOf(InvalidSocketPropertyException.class)
				.hasMessageContainingAll("jdbc:h2:mem:forgets", "socket.mailbox.require-durable"));
		String delayed = url().replace(";WRITE_DELAY=0", "");
		assertThatThrownBy(() -> DeviceApplication.run(delayed).close())
			.satisfies((failure) -> assertThat(DeviceApplication.reason(failure))
				.isInstanceOf(InvalidSocketPropertyException.class)
				.hasMessageContaining(";WRITE_DELAY=0"));
		DeviceApplication.run("spring.datasource.url=jdbc:h2:mem:forgets", "socket.mailbox.require-durable=false")
			.close();
	}

	/** Nobody starts it then. */
	@Test
	void aMissingTableIsAnOutageOnceTheMailboxIsUsed() {
		DataSource database = new DriverManagerDataSource(url().substring("spring.datasource.url=".length()));
		JdbcLetterStore store = new JdbcLetterStore(database,
				new LetterTable(SchemaInitialization.NEVER, (product, checked) -> {
				}));
		assertThatThrownBy(store::prepare).isInstanceOf(InvalidSocketPropertyException.class);
		assertThatThrownBy(store::count).isInstanceOf(MailboxUnavailableException.class)
			.hasMessageContaining("has no table socket_mailbox");
		DatabaseStore.create(database);
		assertThat(store.count()).isZero();
	}

	@Test
	void aMissingTableFailsTheStartAndNamesTheScript() {
		String never = "socket.mailbox.initialize-schema=never";
		assertThatThrownBy(() -> DeviceApplication.run(url(), never).close())
			.satisfies((failure) -> assertThat(DeviceApplication.reason(failure)).hasMessage(
					"Property socket.mailbox.initialize-schema is 'never': the database has no table socket_mailbox: "
							+ "Table \"SOCKET_MAILBOX\" not found (this database is empty). "
							+ "Run the script classpath:dev/socketserver/mailbox/jdbc/schema-h2.sql, or set "
							+ "socket.mailbox.initialize-schema to always."));
		DeviceApplication.run(url()).close();
		DeviceApplication.run(url(), never).close();
	}

}
