package dev.socketserver.mailbox.jdbc;

import java.nio.file.Path;

import dev.socketserver.mailbox.store.LetterStore;
import dev.socketserver.mailbox.store.LetterStoreContract;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A database in a file. */
class H2LetterStoreTests extends LetterStoreContract {

	private static JdbcConnectionPool dataSource;

	private static LetterStore store;

	@BeforeAll
	static void open(@TempDir Path folder) {
		dataSource = JdbcConnectionPool.create("jdbc:h2:" + folder.resolve("letters") + ";WRITE_DELAY=0", "sa", "");
		store = DatabaseStore.create(dataSource);
	}

	@AfterAll
	static void close() {
		dataSource.dispose();
	}

	@Override
	protected LetterStore store() {
		return store;
	}

}
