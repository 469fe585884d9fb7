package dev.socketserver.mailbox.autoconfigure;

import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.condition.ConditionalOnSwitch;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import dev.socketserver.cluster.spi.ManagedCluster;
import dev.socketserver.exchange.LetterSender;
import dev.socketserver.mailbox.LetterJudge;
import dev.socketserver.mailbox.SocketMailbox;
import dev.socketserver.mailbox.delivery.Deliveries;
import dev.socketserver.mailbox.delivery.LetterListener;
import dev.socketserver.mailbox.delivery.LetterListeners;
import dev.socketserver.mailbox.delivery.LetterPayloads;
import dev.socketserver.mailbox.delivery.OtherNodes;
import dev.socketserver.mailbox.delivery.StoreAccess;
import dev.socketserver.mailbox.delivery.StoredMailbox;
import dev.socketserver.mailbox.properties.MailboxStoreProperties;
import dev.socketserver.mailbox.store.LetterStore;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.util.function.SingletonSupplier;

/**
 * {@linkplain org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} for the mailbox: letters for peers that are away. Nothing is made
 * before a server is to deliver letters, or the application asks for the mailbox.
 */
@AutoConfiguration(before = SocketServerAutoConfiguration.class,
		afterName = { "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
				"org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration" })
@ConditionalOnSwitch(value = "socket.enabled", matchIfMissing = true)
@ConditionalOnMissingBean(SocketMailbox.class)
@EnableConfigurationProperties({ SocketProperties.class, MailboxStoreProperties.class })
@Import({ JdbcStoreConfiguration.class, RedisStoreConfiguration.class })
public final class SocketMailboxAutoConfiguration {

	/** The name of a bean that is there once somebody uses the mailbox. */
	static final String STORE_ACCESS = "socketMailboxStoreAccess";

	/** The name of a bean that is there once somebody uses the mailbox. */
	static final String DELIVERIES = "socketMailboxDeliveries";

	@Lazy
	@Bean
	@DependsOnDatabaseInitialization
	@ConditionalOnMissingBean
	LetterStore socketMailboxStore(MailboxStoreProperties properties, ObjectProvider<LetterStoreFactory> factories) {
		return new LetterStores(factories.orderedStream().toList()).create(properties);
	}

	@Lazy
	@Bean(name = STORE_ACCESS, destroyMethod = "close")
	StoreAccess socketMailboxStoreAccess(LetterStore store) {
		return new StoreAccess(store);
	}

	@Bean
	LetterListener socketLetterEvents(ConfigurableApplicationContext context) {
		return new LetterEvents(context);
	}

	@Bean
	OtherNodes socketMailboxOtherNodes(ObjectProvider<ManagedCluster> cluster) {
		return new OtherNodes(SingletonSupplier.ofNullable(cluster::getIfAvailable));
	}

	@Lazy
	@Bean(name = DELIVERIES, destroyMethod = "close")
	Deliveries socketMailboxDeliveries(StoreAccess access, MailboxStoreProperties properties,
			ObjectProvider<SocketServers> servers, OtherNodes others, ObjectProvider<LetterJudge> judge,
			ObjectProvider<LetterListener> listeners, SocketMailboxLifecycle lifecycle) {
		Deliveries deliveries = new Deliveries(access, properties, SingletonSupplier.of(servers::getObject), others,
				SingletonSupplier.ofNullable(judge::getIfAvailable),
				new LetterListeners(SingletonSupplier.of(() -> listeners.orderedStream().toList())));
		others.listen(deliveries::begin);
		lifecycle.made(deliveries);
		return deliveries;
	}

	@Bean
	SocketMailboxLifecycle socketMailboxLifecycle() {
		return new SocketMailboxLifecycle();
	}

	@Bean
	MailboxServers socketServerMailboxes(ObjectProvider<Deliveries> deliveries, ObjectProvider<LetterStore> store) {
		return new MailboxServers(deliveries::getObject, store::getObject);
	}

	@Lazy
	@Bean
	StoredMailbox socketMailbox(StoreAccess access, MailboxStoreProperties properties, Deliveries deliveries,
			ObjectProvider<SocketServers> servers) {
		return new StoredMailbox(access, properties,
				new LetterPayloads(deliveries, SingletonSupplier.of(servers::getObject)), deliveries);
	}

	/** For interfaces whose methods post letters. */
	@Lazy
	@Bean
	@ConditionalOnMissingBean
	LetterSender socketLetterSender(ObjectProvider<SocketMailbox> mailbox) {
		return new PostedLetters(mailbox::getObject);
	}

}
