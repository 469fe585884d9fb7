package dev.socketserver.mailbox.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import dev.socketserver.mailbox.store.LetterStore;

/**
 * A store in a database of its own, which ends with it.
 */
final class DatabaseStore implements AutoCloseable {

	private final Runnable end;

	private final HikariDataSource dataSource = new HikariDataSource();

	private final LetterStore store;

	/**
	 * Makes the table in a database.
	 * @param url the URL of the database
	 * @param end ends it
	 */
	DatabaseStore(String url, Runnable end) {
		this.end = end;
		this.dataSource.setJdbcUrl(url);
		this.store = H2LetterStoreTests.create(this.dataSource);
	}

	LetterStore store() {
		return this.store;
	}

	@Override
	public void close() {
		this.dataSource.close();
		this.end.run();
	}

}
