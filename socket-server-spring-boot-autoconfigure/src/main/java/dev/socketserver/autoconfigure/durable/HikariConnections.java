package dev.socketserver.autoconfigure.durable;

import java.sql.Connection;
import java.sql.SQLException;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * Gives up connections of a HikariCP by its own means: it closes them itself, and makes
 * others. One that is only aborted is found to be broken later, with a warning each.
 */
final class HikariConnections {

	private static final boolean PRESENT = ClassUtils.isPresent("com.zaxxer.hikari.HikariDataSource",
			HikariConnections.class.getClassLoader());

	private HikariConnections() {
	}

	/**
	 * Whether connections come from such a pool, also behind wrappers of it.
	 * @param dataSource where they come from
	 * @return {@code true} if so
	 */
	static boolean areOf(DataSource dataSource) {
		return PRESENT && Pool.of(dataSource) != null;
	}

	/**
	 * Gives one up, also where it was given back already.
	 * @param connection the connection
	 * @param dataSource where it comes from
	 */
	static void giveUp(Connection connection, DataSource dataSource) {
		HikariDataSource pool = PRESENT ? Pool.of(dataSource) : null;
		if (pool != null) {
			Pool.giveUp(pool, connection);
		}
	}

	/** Loaded only with the pool. */
	private static final class Pool {

		private static final String OWN = "com.zaxxer.hikari.";

		static @Nullable HikariDataSource of(DataSource dataSource) {
			try {
				return dataSource.isWrapperFor(HikariDataSource.class) ? dataSource.unwrap(HikariDataSource.class)
						: null;
			}
			catch (SQLException | AbstractMethodError ex) {
				// It wraps nothing that could be asked.
				return null;
			}
		}

		static void giveUp(HikariDataSource pool, Connection connection) {
			HikariPoolMXBean all = pool.getHikariPoolMXBean();
			if (connection.getClass().getName().startsWith(OWN)) {
				pool.evictConnection(connection);
			}
			else if (all != null) {
				// It does not know a connection that others have wrapped. All are closed
				// once they are given back.
				all.softEvictConnections();
			}
		}

	}

}
