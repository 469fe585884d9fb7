package dev.socketserver.autoconfigure.durable;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * For how long an answer of a database is awaited. Without a limit, a thread waits
 * forever for a database whose machine is gone, also when another one has taken over.
 */
public final class NetworkTimeout {

	private NetworkTimeout() {
	}

	/**
	 * Sets it for a connection.
	 * @param connection the connection
	 * @param timeout the time; zero for no limit
	 * @return what it was before; zero if there was no limit, or the driver has none
	 */
	public static Duration set(Connection connection, Duration timeout) {
		try {
			Duration before = Duration.ofMillis(connection.getNetworkTimeout());
			if (!before.equals(timeout)) {
				connection.setNetworkTimeout(Runnable::run, (int) timeout.toMillis());
			}
			return before;
		}
		catch (SQLException | AbstractMethodError ex) {
			// The driver has none, or the connection is gone.
			return Duration.ZERO;
		}
	}

}
