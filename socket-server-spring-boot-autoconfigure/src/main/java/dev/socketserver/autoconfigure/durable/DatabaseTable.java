package dev.socketserver.autoconfigure.durable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

import javax.sql.DataSource;

import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.engine.log.SafeLogger;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.ClassPathResource;

/**
 * A table that a module has in the application's database: makes it where that is wanted,
 * and refuses a database in which it cannot be used. It is looked for by a query, as it
 * is used later: in the schemas that the connection uses, by its name and with its
 * columns.
 *
 * @param name its name
 * @param columns its columns, with commas between them
 * @param script where the script that makes it is on the class path
 * @param property the property that says whether the module runs the script
 */
public record DatabaseTable(String name, String columns, String script, String property) {

	private static final SafeLogger logger = SafeLogger.of(DatabaseTable.class);

	/** Says that the database is there, and the table is not. */
	private static final String MISSING = "42[SP]0[1-4]";

	private static final int SECONDS = 30;

	/**
	 * Makes or finds the table.
	 * @param dataSource connects to the database
	 * @param when when to run the script
	 * @throws InvalidSocketPropertyException if it cannot be used
	 * @throws IllegalStateException if the database cannot be asked
	 */
	public void prepare(DataSource dataSource, SchemaInitialization when) {
		boolean makes = when == SchemaInitialization.ALWAYS
				|| (when == SchemaInitialization.EMBEDDED && DatabaseDurability.isEmbedded(dataSource));
		ClassPathResource resource = new ClassPathResource(this.script);
		if (makes && !resource.exists()) {
			throw new InvalidSocketPropertyException(this.property, when, "there is no script for this database",
					"Set it to never, and make the table " + this.name);
		}
		try (Connection connection = dataSource.getConnection()) {
			// A query that fails must not hold up what follows it.
			boolean before = connection.getAutoCommit();
			connection.setAutoCommit(true);
			try {
				SQLException notMade = makes ? make(connection, resource) : null;
				SQLException notFound = find(connection);
				if (notFound != null) {
					throw refused(connection, when, notMade, notFound);
				}
			}
			finally {
				connection.setAutoCommit(before);
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException("Cannot look for the table " + this.name, ex);
		}
	}

	/** Runs the script; returns what it has failed with, if it has. */
	private @Nullable SQLException make(Connection connection, ClassPathResource resource) {
		try (Statement statement = connection.createStatement()) {
			statement.setQueryTimeout(SECONDS);
			for (String each : resource.getContentAsString(StandardCharsets.UTF_8)
				.replaceAll("(?m)^--.*$", "")
				.strip()
				.split(";\\s*")) {
				statement.execute(each);
			}
			return null;
		}
		catch (SQLException ex) {
			// Another node may have made it at the same time; what follows finds out.
			logger.debug("The table {} was not made", this.name, ex);
			return ex;
		}
		catch (IOException ex) {
			throw new IllegalStateException("Cannot read " + this.script, ex);
		}
	}

	private @Nullable SQLException find(Connection connection) {
		try (Statement statement = connection.createStatement()) {
			statement.setQueryTimeout(SECONDS);
			statement.executeQuery("select " + this.columns + " from " + this.name + " where 1 = 0").close();
			return null;
		}
		catch (SQLException ex) {
			return ex;
		}
	}

	private InvalidSocketPropertyException refused(Connection connection, SchemaInitialization when,
			@Nullable SQLException notMade, SQLException notFound) throws SQLException {
		if (!connection.isValid(SECONDS)) {
			throw notFound;
		}
		String run = "classpath:" + this.script;
		if (notMade != null) {
			return refused(when, "the table " + this.name + " cannot be made", notMade,
					"Have somebody with the right to do so run the script " + run + ", and set " + this.property
							+ " to never");
		}
		if (String.valueOf(notFound.getSQLState()).matches(MISSING)) {
			return refused(when, "the database has no table " + this.name, notFound,
					"Run the script " + run + ", or set " + this.property + " to always");
		}
		return refused(when, "the table " + this.name + " cannot be used", notFound,
				"Make it as the script " + run + " does, and give the application the right to use it");
	}

	private InvalidSocketPropertyException refused(SchemaInitialization when, String problem, SQLException cause,
			String remedy) {
		String said = String.valueOf(cause.getMessage()).split("; SQL statement|\\R", 2)[0];
		return new InvalidSocketPropertyException(this.property, when, problem + ": " + said, remedy, cause);
	}

}
