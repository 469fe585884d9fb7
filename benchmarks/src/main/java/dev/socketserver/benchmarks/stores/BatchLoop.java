package dev.socketserver.benchmarks.stores;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

import dev.socketserver.fixtures.PostgresServer;

/**
 * Inserts batches by hand, as large as those of the bridge can be, into a table like that
 * of the bridge: the driver makes statements of several rows of them.
 */
final class BatchLoop implements Stores.Load {

	/** As many as the bridge commits together at most. */
	static final int MOST = 256;

	private final PostgresServer database;

	private final int batch;

	BatchLoop(PostgresServer database, int sessions) {
		this.database = database;
		this.batch = Math.min(MOST, sessions * BridgeLoad.IN_FLIGHT);
	}

	/** Has an empty table. */
	static void prepare(PostgresServer database) throws SQLException {
		try (Connection connection = DriverManager.getConnection(database.url());
				Statement statement = connection.createStatement()) {
			statement.execute("create table if not exists by_hand (like socket_inbox including all)");
			statement.execute("truncate by_hand");
		}
	}

	/** Returns a connection for transactions of batches. */
	static Connection connect(PostgresServer database) throws SQLException {
		Connection connection = DriverManager.getConnection(database.url() + "&reWriteBatchedInserts=true");
		connection.setAutoCommit(false);
		return connection;
	}

	static PreparedStatement insertion(Connection connection) throws SQLException {
		return connection
			.prepareStatement("insert into by_hand (server, session, identity, message_id, received_at, payload) "
					+ "values (?, ?, ?, ?, ?, ?)");
	}

	/** Adds a message to a batch. */
	static void add(PreparedStatement insert, String session, byte[] payload) throws SQLException {
		insert.setString(1, "inbox");
		insert.setString(2, session);
		insert.setString(3, null);
		insert.setString(4, null);
		insert.setObject(5, OffsetDateTime.now(ZoneOffset.UTC));
		insert.setBytes(6, payload);
		insert.addBatch();
	}

	@Override
	public void prepare() throws SQLException {
		prepare(this.database);
	}

	@Override
	public int run(long end) throws SQLException {
		int done = 0;
		try (Connection connection = connect(this.database); PreparedStatement insert = insertion(connection)) {
			while (System.nanoTime() < end) {
				for (int i = 0; i < this.batch; i++) {
					add(insert, "inbox-1", BridgeLoad.LINE.getBytes(StandardCharsets.UTF_8));
				}
				insert.executeBatch();
				connection.commit();
				done += this.batch;
			}
		}
		return done;
	}

}
