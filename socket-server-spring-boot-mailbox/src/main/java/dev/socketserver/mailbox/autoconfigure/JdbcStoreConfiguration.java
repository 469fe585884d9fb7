package dev.socketserver.mailbox.autoconfigure;

import javax.sql.DataSource;

import dev.socketserver.autoconfigure.durable.DatabaseDurability;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.mailbox.MailboxUnavailableException;
import dev.socketserver.mailbox.jdbc.JdbcLetterStore;
import dev.socketserver.mailbox.jdbc.LetterTable;
import dev.socketserver.mailbox.properties.MailboxStoreProperties;
import dev.socketserver.mailbox.properties.MailboxStoreProperties.Store;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Letters in the application's database, where it has one.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(JdbcTemplate.class)
@ConditionalOnBean(DataSource.class)
class JdbcStoreConfiguration {

	private static final SafeLogger logger = SafeLogger.of(JdbcStoreConfiguration.class);

	@Bean
	LetterStoreFactory socketMailboxJdbcStore(ObjectProvider<DataSource> dataSources, Environment environment) {
		return LetterStoreFactory.of(Store.JDBC, DataSource.class, dataSources,
				(dataSource, properties) -> create(dataSource, environment, properties));
	}

	private static JdbcLetterStore create(DataSource dataSource, Environment environment,
			MailboxStoreProperties properties) {
		DatabaseDurability durability = new DatabaseDurability(environment, "socket.mailbox.require-durable",
				properties.requireDurable());
		JdbcLetterStore store = new JdbcLetterStore(dataSource,
				new LetterTable(properties.initializeSchema(), durability::check));
		try {
			store.prepare();
		}
		catch (MailboxUnavailableException ex) {
			logger.warn("The mailbox starts without its database: letters are neither taken nor delivered until that "
					+ "can be reached: {}", ex.getMessage());
		}
		return store;
	}

}
