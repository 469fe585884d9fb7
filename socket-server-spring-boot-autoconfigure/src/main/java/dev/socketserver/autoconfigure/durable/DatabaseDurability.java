package dev.socketserver.autoconfigure.durable;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import javax.sql.DataSource;

import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.engine.log.SafeLogger;
import org.jspecify.annotations.Nullable;

import org.springframework.core.env.Environment;

/**
 * Finds out, when the application starts, whether a database keeps what it has reported
 * as committed when a process or the machine is killed. It asks the database, over one
 * connection.
 */
public final class DatabaseDurability {

	private static final SafeLogger logger = SafeLogger.of(DatabaseDurability.class);

	private static final String URL = "spring.datasource.url";

	private final Environment environment;

	private final String property;

	private final boolean required;

	/**
	 * Prepares to check databases.
	 * @param environment has the URL as the application has written it
	 * @param property the full name of the property that asks for durable stores
	 * @param required its value; {@code false} makes a warning of a failure
	 */
	public DatabaseDurability(Environment environment, String property, boolean required) {
		this.environment = environment;
		this.property = property;
		this.required = required;
	}

	/**
	 * Checks a database, and warns about settings that may lose what was committed last
	 * when the machine fails.
	 * @param database which one it is
	 * @param dataSource connects to it
	 * @throws InvalidSocketPropertyException if it would forget, and that is not allowed
	 * @throws IllegalStateException if it cannot be asked
	 */
	public void check(Database database, DataSource dataSource) {
		try (Connection connection = dataSource.getConnection()) {
			String url = url(connection);
			switch (database) {
				case H2 -> checkH2(connection, url);
				case POSTGRESQL -> {
					warnIfOff(connection, "synchronous_commit");
					warnIfOff(connection, "fsync");
				}
				case MARIADB -> warnUnlessFlushed(connection);
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(
					"Cannot find out whether the database is durable, as " + this.property + " asks for", ex);
		}
	}

	/**
	 * Whether a database is part of this application: it is in memory, or a file of H2.
	 * @param dataSource connects to the database
	 * @return {@code true} if no other program is likely to make its tables
	 */
	public static boolean isEmbedded(DataSource dataSource) {
		try (Connection connection = dataSource.getConnection()) {
			String url = String.valueOf(connection.getMetaData().getURL());
			return url.startsWith("jdbc:h2:") && !url.startsWith("jdbc:h2:tcp:") && !url.startsWith("jdbc:h2:ssl:");
		}
		catch (SQLException ex) {
			throw new IllegalStateException("Cannot connect to the database", ex);
		}
	}

	/** Returns the URL with its settings, which H2 leaves out, if that can be known. */
	private String url(Connection connection) throws SQLException {
		String reported = String.valueOf(connection.getMetaData().getURL());
		String written = this.environment.getProperty(URL, "");
		return written.startsWith(reported) ? written : reported;
	}

	private void checkH2(Connection connection, String url) throws SQLException {
		boolean inMemory = url.matches("(?i)jdbc:h2:(.*[:/])?(mem|nioMemFS|nioMemLZF|memFS|memLZF):.*");
		if (inMemory) {
			refuse(url, "the database is in memory, and forgets all when the application ends",
					"Set " + URL + " to a database that keeps it, such as jdbc:h2:file:./data/socket;WRITE_DELAY=0");
			return;
		}
		String delay = value(connection,
				"select setting_value from information_schema.settings where setting_name = 'WRITE_DELAY'");
		if (delay != null && !delay.equals("0")) {
			String without = url.replaceAll("(?i);WRITE_DELAY=[0-9]*", "");
			refuse(url, "the database writes what was committed up to " + delay + " ms later, and a kill loses that",
					"Set " + URL + " to " + without + ";WRITE_DELAY=0");
		}
	}

	private void refuse(String url, String problem, String remedy) {
		if (this.required) {
			throw new InvalidSocketPropertyException(URL, withoutPassword(url), problem,
					withoutPassword(remedy) + ", or set " + this.property + " to false");
		}
		logger.warn("Messages that are reported as stored may be lost: {}. {}", problem, withoutPassword(remedy));
	}

	private static String withoutPassword(String text) {
		return text.replaceAll("(?i)(password|pwd)=[^;&]*", "$1=******");
	}

	private static void warnIfOff(Connection connection, String setting) throws SQLException {
		String value = value(connection, "show " + setting);
		if ("off".equals(value)) {
			logger.warn("PostgreSQL has {} = {}: what was reported as stored may be lost when its machine fails. "
					+ "Set it to on", setting, value);
		}
	}

	private static void warnUnlessFlushed(Connection connection) throws SQLException {
		String value = value(connection, "select @@innodb_flush_log_at_trx_commit");
		if (value != null && !value.equals("1")) {
			logger.warn("The database has innodb_flush_log_at_trx_commit = {}: what was reported as stored may be "
					+ "lost when its machine fails. Set it to 1", value);
		}
	}

	private static @Nullable String value(Connection connection, String query) throws SQLException {
		try (Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(query)) {
			return result.next() ? result.getString(1) : null;
		}
	}

}
