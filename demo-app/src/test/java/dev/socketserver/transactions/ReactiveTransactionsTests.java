package dev.socketserver.transactions;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

import dev.socketserver.SocketServers;
import dev.socketserver.annotation.OnError;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketServerTest;
import dev.socketserver.test.SocketTestClient;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.R2dbcTransientResourceException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.r2dbc.connection.R2dbcTransactionManager;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.reactive.GenericReactiveTransaction;
import org.springframework.transaction.reactive.TransactionSynchronizationManager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Transactions of handlers that return a {@link Mono}, on H2 by R2DBC.
 */
@SocketServerTest(properties = { "spring.config.location=classpath:/transactions.yml", "socket.servers.readings.port=0",
		"socket.servers.lists.port=0" })
class ReactiveTransactionsTests {

	private static final String DATABASE = "reactive;DB_CLOSE_DELAY=-1";

	private final JdbcClient jdbc = JdbcClient.create(new DriverManagerDataSource("jdbc:h2:mem:" + DATABASE));

	@Autowired
	private HeldManager commits;

	@Autowired
	private SocketServers servers;

	@SocketConnection("readings")
	private SocketTestClient client;

	@BeforeEach
	void schema() {
		this.jdbc.sql("drop table if exists reading").update();
		this.jdbc.sql("create table reading (id varchar primary key)").update();
	}

	private List<String> stored() {
		return this.jdbc.sql("select id from reading order by id").query(String.class).list();
	}

	/** How many messages have left to the peer: those to others are counted late. */
	private long sent() {
		return this.servers.get("readings")
			.sessions()
			.filter((session) -> session.remoteAddress().equals(this.client.localAddress()))
			.findAny()
			.orElseThrow()
			.info()
			.messagesSent();
	}

	@Test
	void aReplyNeverPrecedesItsCommit() throws Exception {
		Held commit = this.commits.hold();
		this.client.send("1");
		commit.awaitBegin();
		assertThat(stored()).isEmpty();
		assertThat(sent()).isZero();

		commit.outcome.tryEmitEmpty();

		this.client.expect("stored 1");
		assertThat(stored()).containsExactly("1");
	}

	@Test
	void aCommitThatFailsIsAnExceptionOfTheMethodAndNothingHasLeft() throws Exception {
		Held commit = this.commits.hold();
		this.client.send("2");
		commit.awaitBegin();
		commit.outcome.tryEmitError(new R2dbcTransientResourceException("the connection is lost"));

		this.client.expect("not stored 2").send("3").expect("stored 3");
		assertThat(stored()).containsExactly("3");
	}

	@Test
	void theElementsOfAFluxLeaveAsTheyCome(@SocketConnection("lists") SocketTestClient lists) throws Exception {
		Held commit = this.commits.hold();
		lists.send("4,5");
		commit.awaitBegin();
		lists.expect("stored 4").expect("stored 5");
		assertThat(stored()).isEmpty();

		commit.outcome.tryEmitEmpty();

		lists.send("6").expect("stored 6");
		await().untilAsserted(() -> assertThat(stored()).containsExactly("4", "5", "6"));
	}

	private static Mono<String> insert(DatabaseClient database, String id) {
		return database.sql("insert into reading (id) values ($1)").bind("$1", id).then().thenReturn("stored " + id);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement
	@Import({ ReactiveReadings.class, Lists.class })
	static class Application {

		@Bean
		ConnectionFactory connectionFactory() {
			return ConnectionFactories.get("r2dbc:h2:mem:///" + DATABASE);
		}

		@Bean
		DatabaseClient databaseClient(ConnectionFactory connectionFactory) {
			return DatabaseClient.create(connectionFactory);
		}

		@Bean
		HeldManager transactionManager(ConnectionFactory connectionFactory) {
			return new HeldManager(connectionFactory);
		}

	}

	@SocketHandler("readings")
	static class ReactiveReadings {

		private final DatabaseClient database;

		ReactiveReadings(DatabaseClient database) {
			this.database = database;
		}

		@OnMessage
		@Transactional
		Mono<String> store(String id) {
			return insert(this.database, id);
		}

		@OnError
		String refused(Exception failure, String line) {
			return "not stored " + line;
		}

	}

	@SocketHandler("lists")
	static class Lists {

		private final DatabaseClient database;

		Lists(DatabaseClient database) {
			this.database = database;
		}

		@OnMessage
		@Transactional
		Flux<String> store(String line) {
			return Flux.fromArray(line.split(",")).concatMap((id) -> insert(this.database, id));
		}

	}

	/** Commits when the test lets it, or rolls back and fails as it says. */
	static class HeldManager extends R2dbcTransactionManager {

		private static final long serialVersionUID = 1L;

		private final transient AtomicReference<@Nullable Held> held = new AtomicReference<>();

		HeldManager(ConnectionFactory connectionFactory) {
			super(connectionFactory);
		}

		Held hold() {
			Held next = new Held(new CountDownLatch(1), Sinks.empty());
			this.held.set(next);
			return next;
		}

		@Override
		protected Mono<Void> doCommit(TransactionSynchronizationManager synchronizations,
				GenericReactiveTransaction transaction) {
			Held next = this.held.getAndSet(null);
			Mono<Void> commit = super.doCommit(synchronizations, transaction);
			if (next == null) {
				return commit;
			}
			next.begun.countDown();
			return next.outcome.asMono()
				.onErrorResume((failure) -> doRollback(synchronizations, transaction).then(Mono.error(failure)))
				.then(commit);
		}

	}

	/** A commit that is held. */
	record Held(CountDownLatch begun, Sinks.Empty<Void> outcome) {

		void awaitBegin() {
			Patience.await(this.begun);
		}

	}

}
