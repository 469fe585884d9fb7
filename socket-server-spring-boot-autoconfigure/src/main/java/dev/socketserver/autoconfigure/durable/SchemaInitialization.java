package dev.socketserver.autoconfigure.durable;

/** When tables are made. */
public enum SchemaInitialization {

	/** If the database is part of the application. */
	EMBEDDED,

	/** At each start, unless they are there. */
	ALWAYS,

	/** Never. */
	NEVER

}
