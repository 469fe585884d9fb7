package dev.socketserver.mailbox.jdbc;

import java.util.function.Consumer;

import javax.sql.DataSource;

import dev.socketserver.autoconfigure.durable.DatabaseTable;
import dev.socketserver.autoconfigure.durable.SchemaInitialization;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;

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
		new DatabaseTable("socket_mailbox", LetterRow.COLUMNS + ", payload", dialect.script(), PROPERTY)
			.prepare(dataSource, this.initialize);
		return dialect;
	}

}
