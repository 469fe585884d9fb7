package dev.socketserver.bridge;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import com.zaxxer.hikari.HikariDataSource;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.durable.Database;
import dev.socketserver.autoconfigure.durable.DatabaseTable;
import dev.socketserver.autoconfigure.durable.SchemaInitialization;
import dev.socketserver.bridge.autoconfigure.SocketBridgeAutoConfiguration;
import dev.socketserver.bridge.jdbc.InboxTable;
import dev.socketserver.bridge.jdbc.JdbcStore;
import dev.socketserver.bridge.session.Turn;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.fixtures.database.MigratedTableContract;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceInitializationAutoConfiguration;
import org.springframework.boot.liquibase.autoconfigure.LiquibaseAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/** Bridges to a table that others make, or that databases understand otherwise. */
class MigrationTests implements MigratedTableContract {

	private final List<Boolean> duplicates = new ArrayList<>();

	@Override
	public String scripts() {
		return "dev/socketserver/bridge/schema-";
	}

	@Override
	public String initializesNothing() {
		return "socket.bridge.initialize-schema=never";
	}

	/** Stores messages. */
	@Override
	public void assertUses(String start, String url, List<String> properties) throws Exception {
		List<String> arguments = new ArrayList<>(
				List.of("--spring.config.location=classpath:/jdbc.yml", "--spring.datasource.url=" + url));
		properties.forEach((property) -> arguments.add("--" + property));
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.run(arguments.toArray(String[]::new));
				TestPeer plain = TestPeer.connect(context, "plain");
				TestPeer ids = TestPeer.connect(context, "ids")) {
			assertThat(plain.ask("a")).isEqualTo("ok a");
			assertThat(plain.ask("b")).isEqualTo("ok b");
			assertThat(ids.ask(start + " a")).contains("id=" + start + ", duplicate=false");
			assertThat(ids.ask(start + " a")).contains("id=" + start + ", duplicate=true");
		}
	}

	/** Stores messages, one of them twice. */
	@Override
	public void assertKeeps(String start, String url, boolean makes) throws Exception {
		try (HikariDataSource dataSource = new HikariDataSource();
				JdbcStore store = new JdbcStore(dataSource, () -> Database.H2)) {
			dataSource.setJdbcUrl(url);
			dataSource.setUsername("sa");
			new DatabaseTable(InboxTable.NAME, InboxTable.COLUMNS, scripts() + "h2.sql",
					"socket.bridge.initialize-schema")
				.prepare(dataSource, makes ? SchemaInitialization.EMBEDDED : SchemaInitialization.NEVER);
			for (String id : Arrays.asList(null, start, start)) {
				assertThat(Patience.await(store.store(message(id), new Turn()).toCompletableFuture()))
					.isInstanceOfSatisfying(Stored.class, (stored) -> this.duplicates.add(stored.duplicate()));
			}
			assertThat(this.duplicates).endsWith(false, false, true);
		}
	}

	private static InboundMessage message(@Nullable String id) {
		return new InboundMessage("in", "session", new InetSocketAddress("127.0.0.1", 1), "device:é", null, id,
				"session", Instant.now(), new byte[1]);
	}

	/** A whole application takes twice as long to start. */
	@Configuration(proxyBeanMethods = false)
	@Import(TestHandlers.class)
	@ImportAutoConfiguration({ DataSourceAutoConfiguration.class, DataSourceInitializationAutoConfiguration.class,
			FlywayAutoConfiguration.class, LiquibaseAutoConfiguration.class, SocketServerAutoConfiguration.class,
			SocketBridgeAutoConfiguration.class })
	static class Application {

	}

}
