package dev.socketserver.mailbox.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.function.Consumer;

import javax.sql.DataSource;

import dev.socketserver.autoconfigure.durable.DatabaseDurability;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.SocketProperties.SchemaInitialization;

import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.jdbc.datasource.init.ScriptException;

/**
 * The table of letters: makes it where that is wanted, and refuses a database without it
 * or that would forget it.
 *
 * @param initialize when to make it
 * @param durability checks whether a database keeps it
 */
public record LetterTable(SchemaInitialization initialize, Consumer<DataSource> durability) {

	private static final String PROPERTY = "socket.mailbox.initialize-schema";

	/**
	 * Makes or finds the table.
	 * @throws InvalidSocketPropertyException if there is none, or the database is not
	 * suitable
	 * @throws IllegalStateException if the database cannot be asked
	 */
	Dialect prepare(DataSource dataSource) {
		Dialect dialect;
		try {
			dialect = Dialect.of(dataSource);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidSocketPropertyException("socket.mailbox.store", "jdbc", String.valueOf(ex.getMessage()),
					"Use one of these, or another store");
		}
		this.durability.accept(dataSource);
		boolean make = this.initialize == SchemaInitialization.ALWAYS
				|| (this.initialize == SchemaInitialization.EMBEDDED && DatabaseDurability.isEmbedded(dataSource));
		if (make) {
			make(dataSource, dialect);
		}
		else if (!exists(dataSource)) {
			throw new InvalidSocketPropertyException(PROPERTY, this.initialize,
					"the database has no table socket_mailbox",
					"Run the script classpath:" + dialect.script() + ", or set " + PROPERTY + " to always");
		}
		return dialect;
	}

	private void make(DataSource dataSource, Dialect dialect) {
		try {
			new ResourceDatabasePopulator(new ClassPathResource(dialect.script())).execute(dataSource);
		}
		catch (ScriptException ex) {
			// Another node may have made it at the same time.
			if (!exists(dataSource)) {
				throw new InvalidSocketPropertyException(PROPERTY, this.initialize,
						"the table socket_mailbox cannot be made",
						"Have somebody with the right to do so run the script classpath:" + dialect.script()
								+ ", and set " + PROPERTY + " to never",
						ex);
			}
		}
	}

	private static boolean exists(DataSource dataSource) {
		try (Connection connection = dataSource.getConnection()) {
			DatabaseMetaData data = connection.getMetaData();
			String name = data.storesUpperCaseIdentifiers() ? "SOCKET_MAILBOX" : "socket_mailbox";
			try (ResultSet tables = data.getTables(connection.getCatalog(), null, name, null)) {
				return tables.next();
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException("Cannot connect to the database", ex);
		}
	}

}
