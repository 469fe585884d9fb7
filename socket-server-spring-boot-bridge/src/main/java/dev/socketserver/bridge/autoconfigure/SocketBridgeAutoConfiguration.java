package dev.socketserver.bridge.autoconfigure;

import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.condition.ConditionalOnSwitch;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import dev.socketserver.bridge.properties.OverallProperties;
import dev.socketserver.bridge.session.BridgeObserver;
import dev.socketserver.bridge.session.CurrentStored;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/**
 * {@linkplain org.springframework.boot.autoconfigure.EnableAutoConfiguration
 * Auto-configuration} for bridges of socket servers, which store messages before they are
 * handled. It makes no bridge unless a server has the property {@code bridge.to}.
 */
@AutoConfiguration(before = SocketServerAutoConfiguration.class)
@ConditionalOnSwitch(value = "socket.enabled", matchIfMissing = true)
@EnableConfigurationProperties({ SocketProperties.class, OverallProperties.class })
public final class SocketBridgeAutoConfiguration {

	/** The name of the bean that makes bridges. */
	static final String BRIDGES = "socketServerBridges";

	@Bean(name = BRIDGES, destroyMethod = "close")
	@DependsOnDatabaseInitialization
	ConfiguredBridges socketServerBridges(ListableBeanFactory beans, Environment environment,
			OverallProperties properties, ObjectProvider<BridgeObserver> observers) {
		return new ConfiguredBridges(beans, environment, properties, observers);
	}

	@Bean
	CurrentStored socketStoredArgument() {
		return new CurrentStored();
	}

}
