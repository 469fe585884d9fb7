package dev.socketserver.bridge.autoconfigure;

import javax.sql.DataSource;

import dev.socketserver.autoconfigure.block.BlockServer;
import dev.socketserver.autoconfigure.durable.Database;
import dev.socketserver.autoconfigure.durable.DatabaseDurability;
import dev.socketserver.autoconfigure.durable.DatabaseTable;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.bridge.jdbc.InboxTable;
import dev.socketserver.bridge.jdbc.JdbcStore;
import dev.socketserver.bridge.properties.OverallProperties;
import dev.socketserver.engine.log.SafeLogger;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.Environment;

/**
 * Makes the store of the application's database, once for all servers: checks that the
 * database is durable, and sees to the table. Loaded only where a server stores messages
 * there.
 */
final class JdbcStores implements AutoCloseable {

	private static final SafeLogger logger = SafeLogger.of(JdbcStores.class);

	private static final String REQUIRE_DURABLE = "socket.bridge.require-durable";

	private static final String INITIALIZE = "socket.bridge.initialize-schema";

	private static final String SCRIPTS = "dev/socketserver/bridge";

	private final BeanFactory beans;

	private final Environment environment;

	private final OverallProperties properties;

	private final PacketLimit limit = new PacketLimit();

	private @Nullable JdbcStore store;

	JdbcStores(BeanFactory beans, Environment environment, OverallProperties properties) {
		this.beans = beans;
		this.environment = environment;
		this.properties = properties;
	}

	/**
	 * Returns the store.
	 * @param server a server that stores messages there
	 * @throws InvalidSocketPropertyException if the database cannot be used
	 */
	JdbcStore store(BlockServer server) {
		JdbcStore made = this.store;
		if (made == null) {
			DataSource dataSource = this.beans.getBeanProvider(DataSource.class).getIfUnique();
			if (dataSource == null) {
				throw server.invalid("bridge.to", "there is no DataSource bean, or none of several is primary",
						"Add spring-boot-starter-jdbc and the driver of a database, and set spring.datasource.url");
			}
			made = prepared(new JdbcStore(dataSource, () -> prepare(server, dataSource)));
			this.store = made;
		}
		this.limit.compare(server);
		return made;
	}

	/** A store that cannot be used is not kept: the next server is refused, too. */
	private static JdbcStore prepared(JdbcStore store) {
		try {
			store.prepare();
			return store;
		}
		catch (IllegalStateException ex) {
			logger.warn("Bridges start without their database: {}",
					NestedExceptionUtils.getMostSpecificCause(ex).toString());
			return store;
		}
		catch (RuntimeException ex) {
			store.close();
			throw ex;
		}
	}

	/**
	 * Checks the database, and makes or finds the table.
	 * @param server the first server that stores messages there
	 * @return the database
	 */
	private Database prepare(BlockServer server, DataSource dataSource) {
		Database database = Database.of(dataSource, (where) -> server.invalid("bridge.to",
				"messages can be stored " + where, "Use one of these, or another store"));
		new DatabaseDurability(this.environment, REQUIRE_DURABLE, this.properties.requireDurable()).check(database,
				dataSource);
		new DatabaseTable(InboxTable.NAME, InboxTable.COLUMNS, database.script(SCRIPTS), INITIALIZE).prepare(dataSource,
				this.properties.initializeSchema());
		if (database == Database.MARIADB) {
			this.limit.ask(dataSource);
		}
		else {
			this.limit.found(Long.MAX_VALUE);
		}
		return database;
	}

	@Override
	public void close() {
		if (this.store != null) {
			this.store.close();
		}
	}

}
