package dev.socketserver.bridge;

import java.nio.file.Path;
import java.util.function.Function;

import javax.sql.DataSource;

import ch.qos.logback.classic.Level;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.durable.DatabaseDurability;
import dev.socketserver.autoconfigure.settings.SocketSettingsAutoConfiguration;
import dev.socketserver.bridge.autoconfigure.SocketBridgeAutoConfiguration;
import dev.socketserver.fixtures.LogLines;
import dev.socketserver.fixtures.PostgresServer;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.fixtures.database.MariaDbServer;
import dev.socketserver.fixtures.database.SharedDatabases;
import dev.socketserver.settings.SettingsChange;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.settings.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.mockito.Mockito;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/** Which databases fail the start of a server that stores messages there. */
class JdbcStartTests {

	@RegisterExtension
	private static final SharedDatabases databases = new SharedDatabases();

	@RegisterExtension
	private final LogLines log = new LogLines(DatabaseDurability.class);

	@RegisterExtension
	private final LogLines packetLimit = new LogLines("dev.socketserver.bridge.autoconfigure.PacketLimit");

	@TempDir
	private Path folder;

	private final ApplicationContextRunner withoutDatabase = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(SocketServerAutoConfiguration.class, SocketBridgeAutoConfiguration.class))
		.withUserConfiguration(Handlers.class)
		.withPropertyValues("socket.servers.in.port=0", "socket.servers.in.handler=function",
				"socket.servers.in.bridge.to=jdbc");

	private final ApplicationContextRunner runner = this.withoutDatabase
		.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class));

	private void assertFails(String message, String... properties) {
		assertFails(this.runner, message, properties);
	}

	private static void assertFails(ApplicationContextRunner runner, String message, String... properties) {
		runner.withPropertyValues(properties)
			.run((context) -> assertThat(context.getStartupFailure()).as("start failure")
				.isNotNull()
				.hasRootCauseMessage(message));
	}

	@Test
	void aDatabaseInMemoryFailsTheStart() {
		String remedy = "Set spring.datasource.url to a database that keeps it, such as "
				+ "jdbc:h2:file:./data/socket;WRITE_DELAY=0, or set socket.bridge.require-durable to false.";
		String problem = "': the database is in memory, and forgets all when the application ends. ";
		assertFails("Property spring.datasource.url is 'jdbc:h2:mem:inbox;MODE=PostgreSQL" + problem + remedy,
				"spring.datasource.url=jdbc:h2:mem:inbox;MODE=PostgreSQL");
		assertFails("Property spring.datasource.url is 'jdbc:h2:nioMemFS:inbox" + problem + remedy,
				"spring.datasource.url=jdbc:h2:nioMemFS:inbox");
		this.runner.run((context) -> assertThat(context.getStartupFailure()).rootCause()
			.hasMessageStartingWith("Property spring.datasource.url is 'jdbc:h2:mem:")
			.hasMessageContaining(problem));
	}

	@Test
	void aDatabaseThatForgetsIsRefusedEachTimeItIsPlanned() {
		this.runner.withConfiguration(AutoConfigurations.of(SocketSettingsAutoConfiguration.class))
			.withPropertyValues("socket.servers.in.bridge.to=", "spring.datasource.url=jdbc:h2:mem:planned")
			.run((context) -> {
				SocketSettings settings = context.getBean(SocketSettings.class);
				settings.plan();
				TestPropertyValues.of("socket.servers.in.bridge.to=jdbc").applyTo(context);
				assertThat(settings.plan().changes()).extracting(SettingsChange::verdict).contains(Verdict.REFUSED);
				assertThat(settings.plan().changes()).extracting(SettingsChange::verdict).contains(Verdict.REFUSED);
			});
	}

	@Test
	void aFileThatIsWrittenLaterFailsTheStart() {
		String file = "jdbc:h2:file:" + this.folder.resolve("inbox");
		assertFails(
				"Property spring.datasource.url is '" + file + ";USER=sa;PASSWORD=******': the database writes what "
						+ "was committed up to 500 ms later, and a kill loses that. Set spring.datasource.url to "
						+ file
						+ ";USER=sa;PASSWORD=******;WRITE_DELAY=0, or set socket.bridge.require-durable to false.",
				"spring.datasource.url=" + file + ";USER=sa;PASSWORD=secret");
		file += "2";
		assertFails(
				"Property spring.datasource.url is '" + file + ";WRITE_DELAY=100': the database writes what was "
						+ "committed up to 100 ms later, and a kill loses that. Set spring.datasource.url to " + file
						+ ";WRITE_DELAY=0, or set socket.bridge.require-durable to false.",
				"spring.datasource.url=" + file + ";WRITE_DELAY=100");
	}

	@Test
	void aFileThatIsWrittenAtOnceGetsItsTable() {
		this.runner
			.withPropertyValues("spring.datasource.url=jdbc:h2:file:" + this.folder.resolve("inbox") + ";WRITE_DELAY=0")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(new JdbcTemplate(context.getBean(DataSource.class))
					.queryForObject("select count(*) from socket_inbox", Long.class)).isZero();
			});
		assertThat(this.log.messages(Level.WARN)).isEmpty();
	}

	@Test
	void aDatabaseThatForgetsIsAWarningIfItIsAllowed() {
		this.runner
			.withPropertyValues("spring.datasource.url=jdbc:h2:mem:allowed", "socket.bridge.require-durable=false")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(this.log.messages(Level.WARN)).singleElement()
			.asString()
			.startsWith("Messages that are reported as stored may be lost: the database is in memory");
	}

	@Test
	void aMissingTableFailsTheStartAndNamesTheScript() {
		this.runner
			.withPropertyValues("spring.datasource.url=jdbc:h2:file:" + this.folder.resolve("none") + ";WRITE_DELAY=0",
					"socket.bridge.initialize-schema=never")
			.run((context) -> assertThat(context.getStartupFailure()).as("start failure")
				.isNotNull()
				.hasStackTraceContaining(
						"Property socket.bridge.initialize-schema is 'never': the database has no table "
								+ "socket_inbox: Table \"SOCKET_INBOX\" not found (this database is empty). Run the "
								+ "script classpath:dev/socketserver/bridge/schema-h2.sql, or set "
								+ "socket.bridge.initialize-schema to always."));
	}

	@Test
	void thereMustBeADatabase() {
		assertFails(this.withoutDatabase,
				"Property socket.servers.in.bridge.to is 'jdbc': there is no DataSource bean, or none of several is "
						+ "primary. Add spring-boot-starter-jdbc and the driver of a database, and set "
						+ "spring.datasource.url.");
	}

	@Test
	void aPostgresThatMayForgetIsAWarning() {
		try (PostgresServer postgres = PostgresServer.open()) {
			this.runner
				.withPropertyValues("spring.datasource.url=" + postgres.url() + "&options=-c%20synchronous_commit=off",
						"socket.bridge.initialize-schema=always")
				.run((context) -> assertThat(context).hasNotFailed());
			assertThat(this.log.messages(Level.WARN)).containsExactly(
					"PostgreSQL has synchronous_commit = off: what was "
							+ "reported as stored may be lost when its machine fails. Set it to on",
					"PostgreSQL has fsync = off: what was reported as stored may be lost when its machine fails. "
							+ "Set it to on");
			this.runner.withPropertyValues("spring.datasource.url=" + postgres.url() + "&currentSchema=other")
				.run((context) -> assertThat(context.getStartupFailure()).as("no table")
					.hasStackTraceContaining("schema-postgresql.sql"));
		}
	}

	@Test
	void aServerThatReceivesMoreThanMariaDbTakesIsAWarning() {
		try (MariaDbServer database = MariaDbServer.open()) {
			this.runner
				.withPropertyValues("spring.datasource.url=" + database.url(), "socket.bridge.initialize-schema=always",
						"socket.servers.in.limits.frame=16MB", "socket.servers.fits.port=0",
						"socket.servers.fits.handler=function", "socket.servers.fits.bridge.to=jdbc",
						"socket.servers.fits.limits.frame=15MB")
				.run((context) -> assertThat(context).hasNotFailed());
			assertThat(this.packetLimit.messages(Level.WARN))
				.containsExactly("The database stores no message as long as the limit of its server: Property "
						+ "socket.servers.in.limits.frame is '16MB': max_allowed_packet of the database is "
						+ "16777216 bytes. Set a smaller one, or raise max_allowed_packet.");
		}
	}

	@Test
	void theDefaultMayBeMoreThanMariaDbTakes() {
		try (MariaDbServer database = MariaDbServer.open()) {
			new JdbcTemplate(new DriverManagerDataSource(database.url()))
				.execute("set global max_allowed_packet = 65536");
			this.runner
				.withPropertyValues("spring.datasource.url=" + database.url(), "socket.bridge.initialize-schema=always")
				.run((context) -> assertThat(context).hasNotFailed());
		}
		assertThat(this.packetLimit.messages(Level.WARN)).singleElement()
			.asString()
			.contains("Property socket.servers.in.limits.frame is not set: max_allowed_packet of the database is "
					+ "65536 bytes");
	}

	@Test
	void theTableOfMariaDbHasTransactionsWhateverItsDefaultIs() {
		this.runner
			.withPropertyValues(
					"spring.datasource.url=" + databases.mariaDb() + "&sessionVariables=default_storage_engine=Aria",
					"socket.bridge.initialize-schema=always")
			.run((context) -> assertThat(new JdbcTemplate(context.getBean(DataSource.class))
				.queryForObject("select engine from information_schema.tables where table_schema = database() "
						+ "and table_name = 'socket_inbox'", String.class))
				.isEqualTo("InnoDB"));
	}

	@Test
	void aDatabaseForWhichThereAreNoStatementsFailsTheStart() throws Exception {
		DataSource other = mock(DataSource.class, Mockito.RETURNS_DEEP_STUBS);
		given(other.getConnection().getMetaData().getDatabaseProductName()).willReturn("Oracle");
		assertFails(this.withoutDatabase.withBean(DataSource.class, () -> other),
				"Property socket.servers.in.bridge.to is 'jdbc': messages can be stored in H2, PostgreSQL and "
						+ "MariaDB, and not in Oracle. Use one of these, or another store.",
				"socket.bridge.initialize-schema=never");
	}

	@Test
	void aDatabaseThatIsAwayAtTheStartGetsItsTableLater() {
		try (PostgresServer postgres = PostgresServer.open()) {
			postgres.kill();
			this.runner
				.withPropertyValues("spring.datasource.url=" + postgres.url(), "socket.bridge.initialize-schema=always",
						"spring.datasource.hikari.connection-timeout=1000",
						"socket.servers.in.bridge.retry.period=50ms")
				.run((context) -> {
					assertThat(context).hasNotFailed();
					try (TestPeer peer = TestPeer.connect(context, "in").send("a\nb\n")) {
						postgres.start();
						assertThat(peer.line()).isEqualTo("a");
						assertThat(peer.line()).isEqualTo("b");
					}
					assertThat(new JdbcTemplate(context.getBean(DataSource.class))
						.queryForObject("select count(*) from socket_inbox", Long.class)).isEqualTo(2);
				});
		}
	}

	@Test
	void aKeyOfAllBridgesWithoutTheArtifactNamesIt() {
		assertFails(
				new ApplicationContextRunner()
					.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class)),
				"Property socket.bridge.require-durable is 'false': socket-server-spring-boot-bridge, which stores "
						+ "messages, is not on the class path, or its auto-configuration is excluded. Add "
						+ "dev.socketserver:socket-server-spring-boot-starter-bridge to the application, or remove the "
						+ "property.",
				"socket.bridge.require-durable=false");
	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		@Bean
		Function<String, String> function() {
			return (line) -> line;
		}

	}

}
