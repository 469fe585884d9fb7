package dev.socketserver.mailbox.jdbc;

import dev.socketserver.fixtures.PostgresServer;
import dev.socketserver.mailbox.store.LetterStore;
import dev.socketserver.mailbox.store.LetterStoreContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class PostgresLetterStoreTests extends LetterStoreContract {

	private static DatabaseStore database;

	@BeforeAll
	static void open() {
		PostgresServer server = PostgresServer.open();
		database = new DatabaseStore(server.url(), server::close);
	}

	@AfterAll
	static void close() {
		if (database != null) {
			database.close();
		}
	}

	@Override
	protected LetterStore store() {
		return database.store();
	}

}
