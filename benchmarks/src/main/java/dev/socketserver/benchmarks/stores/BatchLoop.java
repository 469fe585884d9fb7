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
	private static final int MOST = 256;

	private final PostgresServer database;

	private final int batch;

	BatchLoop(PostgresServer database, int sessions) {
		this.database = database;
		this.batch = Math.min(MOST, sessions * BridgeLoad.IN_FLIGHT);
	}

	private Connection connect() throws SQLException {
		return DriverManager.getConnection(this.database.url() + "&reWriteBatchedInserts=true");
	}

	@Override
	public void prepare() throws SQLException {
		try (Connection connection = connect(); Statement statement = connection.createStatement()) {
			statement.execute("create table if not exists by_hand (like socket_inbox including all)");
			statement.execute("truncate by_hand");
		}
	}

	@Override
	public int run(long end) throws SQLException {
		int done = 0;
		try (Connection connection = connect();
				PreparedStatement insert = connection.prepareStatement(
						"insert into by_hand (server, session, identity, message_id, received_at, payload) "
								+ "values (?, ?, ?, ?, ?, ?)")) {
			connection.setAutoCommit(false);
			while (System.nanoTime() < end) {
				for (int i = 0; i < this.batch; i++) {
					insert.setString(1, "inbox");
					insert.setString(2, "inbox-1");
					insert.setString(3, null);
					insert.setString(4, null);
					insert.setObject(5, OffsetDateTime.now(ZoneOffset.UTC));
					insert.setBytes(6, BridgeLoad.LINE.getBytes(StandardCharsets.UTF_8));
					insert.addBatch();
				}
				insert.executeBatch();
				connection.commit();
				done += this.batch;
			}
		}
		return done;
	}

}
