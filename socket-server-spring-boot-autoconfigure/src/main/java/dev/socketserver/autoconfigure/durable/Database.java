package dev.socketserver.autoconfigure.durable;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Locale;
import java.util.function.Function;

import javax.sql.DataSource;

import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;

/** A database in which modules store messages. */
public enum Database {

	/** H2. */
	H2,

	/** PostgreSQL. */
	POSTGRESQL,

	/** MariaDB. */
	MARIADB;

	/**
	 * Finds out which one this is.
	 * @param dataSource connects to it
	 * @param refusal makes the exception for another one, of where messages can be
	 * @return the database
	 * @throws InvalidSocketPropertyException if it is another one
	 * @throws IllegalStateException if it cannot be asked
	 */
	public static Database of(DataSource dataSource, Function<String, InvalidSocketPropertyException> refusal) {
		try (Connection connection = dataSource.getConnection()) {
			DatabaseMetaData data = connection.getMetaData();
			String product = String.valueOf(data.getDatabaseProductName());
			return switch (product.toLowerCase(Locale.ROOT)) {
				case "h2" -> H2;
				case "postgresql" -> POSTGRESQL;
				case "mariadb" -> MARIADB;
				default -> {
					// The driver of MySQL calls MariaDB by its own name.
					if (String.valueOf(data.getDatabaseProductVersion()).contains("MariaDB")) {
						yield MARIADB;
					}
					throw refusal.apply("in H2, PostgreSQL and MariaDB, and not in " + product);
				}
			};
		}
		catch (SQLException ex) {
			throw new IllegalStateException("Cannot connect to the database", ex);
		}
	}

	/**
	 * Returns the name of the script for it.
	 * @param folder where its scripts are on the class path
	 * @return the name, with the folder
	 */
	public String script(String folder) {
		return folder + "/schema-" + name().toLowerCase(Locale.ROOT) + ".sql";
	}

}
