package dev.socketserver.mailbox.jdbc;

import java.util.function.BiConsumer;

import javax.sql.DataSource;

import dev.socketserver.autoconfigure.durable.Database;
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
public record LetterTable(SchemaInitialization initialize, BiConsumer<Database, DataSource> durability) {

	private static final String PROPERTY = "socket.mailbox.initialize-schema";

	private static final String SCRIPTS = "dev/socketserver/mailbox/jdbc";

	/**
	 * Makes or finds the table.
	 * @throws InvalidSocketPropertyException if there is none, or the database is not
	 * suitable
	 * @throws IllegalStateException if the database cannot be asked
	 */
	Dialect prepare(DataSource dataSource) {
		Database database = Database.of(dataSource,
				(where) -> new InvalidSocketPropertyException("socket.mailbox.store", "jdbc", "letters can be " + where,
						"Use one of these, or another store"));
		this.durability.accept(database, dataSource);
		new DatabaseTable("socket_mailbox", LetterRow.COLUMNS + ", payload", database.script(SCRIPTS), PROPERTY)
			.prepare(dataSource, this.initialize);
		return Dialect.of(database);
	}

}
