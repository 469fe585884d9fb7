package dev.socketserver.mailbox.jdbc;

import dev.socketserver.autoconfigure.durable.Database;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.TransactionDefinition;

/**
 * What databases say differently.
 *
 * @param database which database says so
 * @param now its clock, in milliseconds since 1970
 * @param ifNew what an insertion ends with that does nothing if there is such a row;
 * empty where it may fail without harm to its transaction
 * @param lock a query that waits until no other transaction has the lock of a name;
 * {@code null} where all transactions are those of one process
 * @param unlock a query that gives the lock back; {@code null} where the end of the
 * transaction does
 * @param latest what is around a query that finds what was committed since the
 * transaction has begun
 * @param first what a query ends with that returns so many rows at most, with a place for
 * their number
 */
record Dialect(Database database, String now, String ifNew, @Nullable String lock, @Nullable String unlock,
		String latest, String first) {

	/** For how long MariaDB waits for a lock. */
	private static final int LOCK_SECONDS = 10;

	/** Returns that of a database. */
	static Dialect of(Database database) {
		return switch (database) {
			case H2 -> new Dialect(database, "CAST(FLOOR(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) * 1000) AS BIGINT)", "",
					null, null, "%s",
					// Not all of its modes know LIMIT.
					"FETCH FIRST %s ROWS ONLY");
			case POSTGRESQL ->
				new Dialect(database, "CAST(FLOOR(EXTRACT(EPOCH FROM CLOCK_TIMESTAMP()) * 1000) AS BIGINT)",
						" ON CONFLICT (identity, letter_key) DO NOTHING",
						"SELECT 1 FROM (SELECT PG_ADVISORY_XACT_LOCK(HASHTEXTEXTENDED(?, 0))) locked", null, "%s",
						"LIMIT %s");
			case MARIADB -> new Dialect(database, "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000",
					"", "SELECT GET_LOCK(MD5(?), " + LOCK_SECONDS + ")", "SELECT RELEASE_LOCK(MD5(?))",
					// Else these versions would undo what the transaction has done.
					"/*M!110602 SET STATEMENT innodb_snapshot_isolation = OFF, max_statement_time = " + LOCK_SECONDS
							+ " FOR */ %s LOCK IN SHARE MODE",
					"LIMIT %s");
		};
	}

	/** What a query ends with that returns so many rows at most. */
	String atMost(int rows) {
		return this.first.formatted(rows);
	}

	/** A query that finds what was committed since the transaction has begun. */
	String latest(String query) {
		return this.latest.formatted(query);
	}

	/**
	 * The isolation of transactions of the store alone. By default a transaction of
	 * MariaDB goes on reading what it has found first, and some versions end one that
	 * then changes what is newer.
	 */
	int isolation() {
		return (this.database == Database.MARIADB) ? TransactionDefinition.ISOLATION_READ_COMMITTED
				: TransactionDefinition.ISOLATION_DEFAULT;
	}

	/** Whether changes may be parts of a query. */
	boolean isPostgres() {
		return this.database == Database.POSTGRESQL;
	}

}
