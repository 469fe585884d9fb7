package dev.socketserver.benchmarks.stores;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;

import javax.sql.DataSource;

import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.fixtures.PostgresServer;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

/**
 * An application with a server whose messages are stored, and one whose sessions get
 * letters. Configured by {@code stores-application.yml}.
 */
final class StoringApplication implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	StoringApplication(PostgresServer database) {
		this.context = new SpringApplicationBuilder(Application.class)
			.properties("spring.config.name=stores-application")
			.run("--spring.datasource.url=" + database.url());
	}

	/** Returns the port of a server. */
	int port(String server) {
		return Objects
			.requireNonNull(this.context.getBean(SocketServers.class).server(server).orElseThrow().localAddress())
			.getPort();
	}

	/** Returns a connection of the pool. */
	Connection connection() throws SQLException {
		return this.context.getBean(DataSource.class).getConnection();
	}

	void execute(String... statements) throws SQLException {
		try (Connection connection = connection(); Statement statement = connection.createStatement()) {
			for (String each : statements) {
				statement.execute(each);
			}
		}
	}

	@Override
	public void close() {
		this.context.close();
	}

	/** The application, as a user would write it. */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Devices.class)
	static class Application {

	}

	/** Those that get letters. */
	@SocketHandler("devices")
	static class Devices {

		@OnMessage
		@Nullable String received(String name, SocketSession session) {
			session.bind("device", name);
			return null;
		}

	}

}
