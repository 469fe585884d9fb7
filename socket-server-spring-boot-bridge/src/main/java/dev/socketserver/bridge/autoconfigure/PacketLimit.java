package dev.socketserver.bridge.autoconfigure;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

import javax.sql.DataSource;

import dev.socketserver.autoconfigure.block.BlockServer;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.ServerDefaults;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.spec.Limits;

import org.springframework.util.unit.DataSize;

/**
 * Warns of servers that receive longer messages than MariaDB takes. It knows its
 * {@code max_allowed_packet} as soon as the database was reached. Any thread.
 */
final class PacketLimit {

	private static final SafeLogger logger = SafeLogger.of(PacketLimit.class);

	/** Servers that the limit was not compared with, as it was not known. */
	private final List<BlockServer> servers = new ArrayList<>();

	private long bytes;

	/** Compares a server with the limit, now or when it is known. */
	synchronized void compare(BlockServer server) {
		this.servers.add(server);
		compareAll();
	}

	/** Asks a MariaDB for the limit. */
	void ask(DataSource dataSource) {
		try (Connection connection = dataSource.getConnection();
				Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery("select @@max_allowed_packet")) {
			if (row.next()) {
				found(row.getLong(1));
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException("Cannot find out how long a message the database takes", ex);
		}
	}

	/** The limit is known; that of other databases is never reached. */
	synchronized void found(long limit) {
		this.bytes = limit;
		compareAll();
	}

	private void compareAll() {
		if (this.bytes == 0) {
			return;
		}
		for (BlockServer server : this.servers) {
			ServerDefaults.Limits limits = server.properties().getLimits();
			DataSize frame = (limits != null) ? limits.frame() : null;
			long longest = (frame != null) ? frame.toBytes() : Limits.DEFAULT_FRAME;
			if (longest >= this.bytes) {
				logger.warn("The database stores no message as long as the limit of its server: {}",
						exceeds(server).getMessage());
			}
		}
		this.servers.clear();
	}

	private InvalidSocketPropertyException exceeds(BlockServer server) {
		return server.invalid("limits.frame", "max_allowed_packet of the database is " + this.bytes + " bytes",
				"Set a smaller one, or raise max_allowed_packet");
	}

}
