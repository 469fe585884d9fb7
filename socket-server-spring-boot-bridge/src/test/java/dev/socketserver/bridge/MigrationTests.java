package dev.socketserver.bridge;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.socketserver.fixtures.PostgresServer;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.fixtures.database.MariaDbServer;
import dev.socketserver.fixtures.database.Migration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/** Bridges to a table that others make, or that databases understand otherwise. */
class MigrationTests {

	@TempDir
	private Path folder;

	/** Starts an application twice, and stores messages. */
	private static void assertStores(String url, List<String> properties) throws Exception {
		List<String> arguments = new ArrayList<>(
				List.of("--spring.config.location=classpath:/jdbc.yml", "--spring.datasource.url=" + url));
		properties.forEach((property) -> arguments.add("--" + property));
		for (String id : List.of("1", "2")) {
			try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
				.web(WebApplicationType.NONE)
				.run(arguments.toArray(String[]::new));
					TestPeer plain = TestPeer.connect(context, "plain");
					TestPeer ids = TestPeer.connect(context, "ids")) {
				assertThat(plain.ask("a")).isEqualTo("ok a");
				assertThat(plain.ask("b")).isEqualTo("ok b");
				assertThat(ids.ask(id + " a")).contains("id=" + id + ", duplicate=false");
				assertThat(ids.ask(id + " a")).contains("id=" + id + ", duplicate=true");
			}
		}
	}

	private static void assertStores(String url, String platform, Migration migration) throws Exception {
		List<String> properties = new ArrayList<>(
				migration.properties(platform, "dev/socketserver/bridge/schema-" + platform + ".sql"));
		properties.add("socket.bridge.initialize-schema=never");
		assertStores(url, properties);
	}

	@ParameterizedTest
	@EnumSource
	void anApplicationThatMigratesH2FindsItsTable(Migration migration) throws Exception {
		assertStores("jdbc:h2:file:" + this.folder.resolve("inbox") + ";WRITE_DELAY=0", "h2", migration);
	}

	@ParameterizedTest
	@EnumSource
	void anApplicationThatMigratesPostgresFindsItsTable(Migration migration) throws Exception {
		try (PostgresServer database = PostgresServer.open()) {
			assertStores(database.url(), "postgresql", migration);
		}
	}

	@ParameterizedTest
	@EnumSource
	void anApplicationThatMigratesMariaDbFindsItsTable(Migration migration) throws Exception {
		try (MariaDbServer database = MariaDbServer.open()) {
			assertStores(database.url(), "mariadb", migration);
		}
	}

	/** Nothing else has the migration begin. */
	@Test
	void anApplicationOfLazyBeansMigratesBefore() throws Exception {
		List<String> properties = new ArrayList<>(
				Migration.FLYWAY.properties("h2", "dev/socketserver/bridge/schema-h2.sql"));
		properties.add("socket.bridge.initialize-schema=never");
		properties.add("spring.main.lazy-initialization=true");
		assertStores("jdbc:h2:file:" + this.folder.resolve("lazy") + ";WRITE_DELAY=0", properties);
	}

	@ParameterizedTest
	@ValueSource(strings = { "STRICT", "LEGACY", "DB2", "Derby", "MariaDB", "MSSQLServer", "HSQLDB", "MySQL", "Oracle",
			"PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH",
			"REGULAR;CASE_INSENSITIVE_IDENTIFIERS=TRUE" })
	void eachModeOfH2StoresMessages(String mode) throws Exception {
		String url = "jdbc:h2:file:" + this.folder.resolve("inbox") + ";WRITE_DELAY=0;MODE=" + mode;
		assertStores(url, List.of());
		assertStores(url.replace("inbox;", "migrated;"), "h2", Migration.FLYWAY);
	}

	@Configuration(proxyBeanMethods = false)
	@Import(TestHandlers.class)
	@EnableAutoConfiguration
	static class Application {

	}

}
