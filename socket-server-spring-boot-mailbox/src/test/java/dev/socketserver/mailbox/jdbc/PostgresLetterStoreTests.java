package dev.socketserver.mailbox.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import dev.socketserver.fixtures.PostgresServer;
import dev.socketserver.mailbox.store.LetterStore;
import dev.socketserver.mailbox.store.LetterStoreContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class PostgresLetterStoreTests extends LetterStoreContract {

	private static PostgresServer server;

	private static HikariDataSource dataSource;

	private static LetterStore store;

	@BeforeAll
	static void open() {
		server = PostgresServer.open();
		dataSource = new HikariDataSource();
		dataSource.setJdbcUrl(server.url());
		store = H2LetterStoreTests.create(dataSource);
	}

	@AfterAll
	static void close() {
		if (server != null) {
			dataSource.close();
			server.close();
		}
	}

	@Override
	protected LetterStore store() {
		return store;
	}

}
