package dev.socketserver.mailbox.autoconfigure;

import java.time.InstantSource;
import java.util.List;

import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.mailbox.properties.MailboxStoreProperties;
import dev.socketserver.mailbox.properties.MailboxStoreProperties.Store;
import dev.socketserver.mailbox.store.LetterStore;
import dev.socketserver.mailbox.store.MemoryLetterStore;

/**
 * Chooses the store of letters.
 *
 * @param factories what the application can have
 */
record LetterStores(List<LetterStoreFactory> factories) {

	private static final SafeLogger logger = SafeLogger.of(LetterStores.class);

	static final String PROPERTY = "socket.mailbox.store";

	LetterStore create(MailboxStoreProperties properties) {
		Store wanted = properties.store();
		if (wanted == null) {
			if (this.factories.size() > 1) {
				throw new InvalidSocketPropertyException(PROPERTY, null,
						"the application has both a DataSource and a connection to Redis", "Set it to jdbc or redis");
			}
			wanted = this.factories.isEmpty() ? Store.MEMORY : this.factories.get(0).type();
		}
		if (wanted == Store.MEMORY) {
			logger.warn("Letters are in memory, and are lost with the process: give the application a DataSource or "
					+ "Redis, and set socket.mailbox.store to jdbc or redis");
			return new MemoryLetterStore(InstantSource.system());
		}
		for (LetterStoreFactory factory : this.factories) {
			if (factory.type() == wanted) {
				return factory.create().apply(properties);
			}
		}
		throw new InvalidSocketPropertyException(PROPERTY, wanted,
				(wanted == Store.JDBC) ? "the application has no DataSource"
						: "the application has no connection to Redis",
				(wanted == Store.JDBC) ? "Add spring-boot-starter-jdbc and set spring.datasource.url"
						: "Add spring-boot-starter-data-redis and set spring.data.redis.*");
	}

}
