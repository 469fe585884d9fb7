package dev.socketserver.bridge.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

import javax.sql.DataSource;

import ch.qos.logback.classic.Level;
import com.zaxxer.hikari.HikariDataSource;
import dev.socketserver.autoconfigure.durable.Database;
import dev.socketserver.autoconfigure.durable.EndedPrimary;
import dev.socketserver.bridge.InboundMessage;
import dev.socketserver.bridge.session.Turn;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.database.SharedDatabases;
import dev.socketserver.fixtures.database.SilencedPostgres;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The store of the table, on databases that fail. */
class JdbcStoreTests {

	private static final String PARTITION = "create table inbox_in partition of socket_inbox for values in ('in')";

	private static final String PARTITIONED = "create table socket_inbox (position bigint default nextval('positions'), "
			+ "server varchar(255), session varchar(255), identity text, message_id varchar(255), "
			+ "received_at timestamp with time zone, payload bytea, unique (server, message_id)) "
			+ "partition by list (server)";

	private static final String READ_ONLY = "set default_transaction_read_only = on";

	@RegisterExtension
	private static final SharedDatabases databases = new SharedDatabases();

	@RegisterExtension
	private final Opened opened = new Opened();

	/** HikariCP warns of connections that it finds broken. */
	@RegisterExtension
	private final LogLines pools = new LogLines("com.zaxxer.hikari.pool.ProxyConnection");

	private static InboundMessage message(String text) {
		return message("in", text);
	}

	private static InboundMessage message(String server, String text) {
		return message(server, text, Instant.now());
	}

	private static InboundMessage message(String server, String text, Instant receivedAt) {
		return new InboundMessage(server, "session", new InetSocketAddress("127.0.0.1", 1), null, null, text, "session",
				receivedAt, text.getBytes(StandardCharsets.UTF_8));
	}

	private HikariDataSource pool(String url, int size) {
		HikariDataSource pool = this.opened.add(new HikariDataSource());
		pool.setJdbcUrl(url);
		pool.setMaximumPoolSize(size);
		return pool;
	}

	private static void createTable(DataSource database, Database product) {
		new ResourceDatabasePopulator(new ClassPathResource(product.script("dev/socketserver/bridge")))
			.execute(database);
	}

	@Test
	void aDatabaseThatAnswersNoMoreIsGivenUp() throws Exception {
		SilencedPostgres database = this.opened.add(new SilencedPostgres());
		HikariDataSource pool = pool(database.url(), 1);
		createTable(pool, Database.POSTGRESQL);
		JdbcStore store = this.opened.add(new JdbcStore(pool, () -> Database.POSTGRESQL, Duration.ofMillis(500)));
		assertStoresInTime(store);
		database.fallSilent();
		assertThatThrownBy(() -> Patience.await(store.store(message("b"), new Turn()).toCompletableFuture()))
			.isInstanceOf(ExecutionException.class);
		assertStoresInTime(store);
	}

	/** Stores a message, again if its short time was over before. */
	private static void assertStoresInTime(JdbcStore store) {
		Patience.within(
				() -> assertThat(store.store(message("a"), new Turn())).succeedsWithin(Patience.limit()).isNotNull());
	}

	/** As long as PostgreSQL starts, a pool waits for it, and says why it has none. */
	@Test
	void whoGetsNoConnectionDoesNotWaitForOneAgain() {
		HikariDataSource pool = this.opened.add(new HikariDataSource());
		pool.setConnectionTimeout(250);
		pool.setInitializationFailTimeout(-1);
		pool.setDataSource(new DriverManagerDataSource() {
			@Override
			public Connection getConnection() throws SQLException {
				throw new SQLException("the database system is starting up", "57P03");
			}
		});
		AtomicInteger asked = new AtomicInteger();
		JdbcStore store = this.opened.add(new JdbcStore(new DelegatingDataSource(pool) {
			@Override
			public Connection getConnection() throws SQLException {
				asked.incrementAndGet();
				return super.getConnection();
			}
		}, () -> Database.POSTGRESQL));

		assertThat(store.store(message("a"), new Turn())).failsWithin(Patience.limit())
			.withThrowableThat()
			.withCauseInstanceOf(SQLTransientConnectionException.class);
		assertThat(asked).hasValue(1);
	}

	/** Has a pool whose connections lead to a database that is no primary any more. */
	private HikariDataSource readOnly(String url, Database product, String readOnly) throws SQLException {
		return readOnly(url, product, readOnly, 5);
	}

	private HikariDataSource readOnly(String url, Database product, String readOnly, int size) throws SQLException {
		HikariDataSource pool = pool(url, size);
		createTable(pool, product);
		List<Connection> all = new ArrayList<>();
		for (int i = 0; i < size; i++) {
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

	private void assertStores(DataSource pool, Database product) throws Exception {
		assertStores(this.opened.add(new JdbcStore(pool, () -> product)));
	}

	private static void assertStores(JdbcStore store) throws Exception {
		assertThat(Patience.await(store.store(message("a"), new Turn()).toCompletableFuture())).isNotNull();
	}

	@Test
	void connectionsToAPostgresThatIsReadOnlyAreGivenUp() throws Exception {
		assertStores(readOnly(databases.postgres(), Database.POSTGRESQL, READ_ONLY), Database.POSTGRESQL);
		assertThat(this.pools.messages(Level.WARN)).isEmpty();
	}

	@Test
	void aPoolWhoseConnectionsAreWrappedGivesUpAll() throws Exception {
		HikariDataSource pool = readOnly(databases.postgres(), Database.POSTGRESQL, READ_ONLY,
				EndedPrimary.CONNECTIONS + 2);
		assertStores(new WrappedConnections(pool), Database.POSTGRESQL);
		assertThat(this.pools.messages(Level.WARN)).isEmpty();
	}

	@Test
	void connectionsOfAnotherPoolAreAborted() throws Exception {
		SingleConnectionPool pool = this.opened.add(new SingleConnectionPool(databases.postgres()));
		createTable(pool, Database.POSTGRESQL);
		new JdbcTemplate(pool).execute(READ_ONLY);
		assertStores(pool, Database.POSTGRESQL);
		assertThat(pool.connections()).isEqualTo(2);
	}

	@Test
	void connectionsToAMariaDbThatIsReadOnlyAreGivenUp() throws Exception {
		assertStores(readOnly(databases.mariaDb(), Database.MARIADB, "set session transaction read only"),
				Database.MARIADB);
	}

	@Test
	void onMariaDbATimeIsTheSameWhateverZoneTheDatabaseHas() throws Exception {
		HikariDataSource pool = pool(databases.mariaDb() + "&sessionVariables=time_zone='+05:00'", 1);
		createTable(pool, Database.MARIADB);
		JdbcStore store = this.opened.add(new JdbcStore(pool, () -> Database.MARIADB));
		Instant receivedAt = Instant.parse("2026-03-29T02:15:30.123456Z");
		Patience.await(store.store(message("in", "a", receivedAt), new Turn()).toCompletableFuture());
		assertThat(new JdbcTemplate(pool).queryForObject(
				"select concat(unix_timestamp(received_at), ' ', @@time_zone) from socket_inbox", String.class))
			.isEqualTo(receivedAt.getEpochSecond() + ".123456 +05:00");
	}

	/** Returns the pool of a Postgres whose table has no partition. */
	private HikariDataSource partitioned() throws Exception {
		HikariDataSource pool = pool(databases.postgres(), 10);
		new JdbcTemplate(pool).execute("create sequence positions");
		new JdbcTemplate(pool).execute(PARTITIONED);
		return pool;
	}

	@Test
	void aMissingPartitionIsNotTheFaultOfTheMessage() throws Exception {
		HikariDataSource pool = partitioned();
		JdbcStore store = this.opened.add(new JdbcStore(pool, () -> Database.POSTGRESQL));
		assertThatThrownBy(() -> Patience.await(store.store(message("a"), new Turn()).toCompletableFuture())).cause()
			.isInstanceOf(SQLException.class);
		new JdbcTemplate(pool).execute(PARTITION);
		assertStores(store);
	}

	@Test
	void onPostgresAServerWithoutAPartitionHoldsUpNoOther() throws Exception {
		HikariDataSource pool = partitioned();
		new JdbcTemplate(pool).execute(PARTITION);
		assertHoldsUpNoOther(pool, Database.POSTGRESQL);
	}

	@Test
	void onMariaDbAServerWithoutAPartitionHoldsUpNoOther() throws Exception {
		HikariDataSource pool = pool(databases.mariaDb(), 10);
		new JdbcTemplate(pool).execute("create table socket_inbox (position bigint auto_increment, "
				+ "server varchar(50), session varchar(255), identity text, message_id varchar(255), "
				+ "received_at timestamp(6), payload longblob, primary key (position, server), "
				+ "unique (server, message_id)) partition by list columns (server) (partition p values in ('in'))");
		assertHoldsUpNoOther(pool, Database.MARIADB);
	}

	/** Returns a store that stores a message, and goes on with it later. */
	private JdbcStore storing(DataSource database, Database product, CompletableFuture<Void> goesOn) {
		CompletableFuture<Void> begun = new CompletableFuture<>();
		JdbcStore store = this.opened.add(new JdbcStore(database, () -> {
			begun.complete(null);
			goesOn.join();
			return product;
		}));
		store.store(message("first"), new Turn());
		assertThat(begun).succeedsWithin(Patience.limit());
		return store;
	}

	/** Messages that arrive together are inserted by one statement. */
	private void assertHoldsUpNoOther(HikariDataSource pool, Database product) {
		CompletableFuture<Void> goesOn = new CompletableFuture<>();
		JdbcStore store = storing(pool, product, goesOn);
		CompletableFuture<?> absent = store.store(message("other", "a"), new Turn()).toCompletableFuture();
		CompletableFuture<?> present = store.store(message("in", "b"), new Turn()).toCompletableFuture();
		goesOn.complete(null);
		assertThat(present).succeedsWithin(Patience.limit());
		assertThatThrownBy(absent::join).cause().isInstanceOf(SQLException.class);
	}

	@Test
	void aSessionLearnsOnceOfWhatATransactionHasStored() {
		DriverManagerDataSource database = new DriverManagerDataSource(databases.postgres());
		createTable(database, Database.POSTGRESQL);
		CompletableFuture<Void> goesOn = new CompletableFuture<>();
		JdbcStore store = storing(database, Database.POSTGRESQL, goesOn);
		List<CompletableFuture<?>> stored = new ArrayList<>();
		BlockingQueue<Long> learned = new LinkedBlockingQueue<>();
		Turn turn = new Turn(() -> learned.add(stored.stream().filter(CompletableFuture::isDone).count()));
		for (int i = 0; i < 10; i++) {
			CompletableFuture<?> result = store.store(message("m" + i), turn).toCompletableFuture();
			stored.add(result.whenComplete((value, failure) -> turn.ended()));
		}
		goesOn.complete(null);
		assertThat(CompletableFuture.allOf(stored.toArray(CompletableFuture[]::new))).succeedsWithin(Patience.limit());
		assertThat(store.store(message("last"), new Turn()).toCompletableFuture()).succeedsWithin(Patience.limit());
		assertThat(learned).containsExactly(10L);
	}

	/** A pool whose connections others have wrapped, as those do that log statements. */
	private static final class WrappedConnections extends DelegatingDataSource {

		WrappedConnections(DataSource pool) {
			super(pool);
		}

		@Override
		public Connection getConnection() throws SQLException {
			return wrapped(super.getConnection(), (method) -> method);
		}

	}

	/** Keeps one connection, and makes another once it finds it closed. */
	private static final class SingleConnectionPool extends DelegatingDataSource implements AutoCloseable {

		private @Nullable Connection kept;

		private int connections;

		SingleConnectionPool(String url) {
			super(new DriverManagerDataSource(url));
		}

		int connections() {
			return this.connections;
		}

		@Override
		public synchronized Connection getConnection() throws SQLException {
			Connection last = this.kept;
			if (last == null || last.isClosed()) {
				last = super.getConnection();
				this.kept = last;
				this.connections++;
			}
			return wrapped(last, (method) -> method.equals("close") ? "getAutoCommit" : method);
		}

		@Override
		public synchronized void close() throws SQLException {
			if (this.kept != null) {
				this.kept.close();
			}
		}

	}

	/** Wraps a connection, and has other methods called instead of some. */
	private static Connection wrapped(Connection connection, UnaryOperator<String> other) {
		return (Connection) Proxy.newProxyInstance(JdbcStoreTests.class.getClassLoader(),
				new Class<?>[] { Connection.class }, (proxy, method, arguments) -> {
					try {
						Object result = Connection.class
							.getMethod(other.apply(method.getName()), method.getParameterTypes())
							.invoke(connection, arguments);
						return (method.getReturnType() != void.class) ? result : null;
					}
					catch (InvocationTargetException ex) {
						throw ex.getCause();
					}
				});
	}

}
