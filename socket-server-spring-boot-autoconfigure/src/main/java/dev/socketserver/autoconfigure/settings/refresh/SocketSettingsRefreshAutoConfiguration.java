package dev.socketserver.autoconfigure.settings.refresh;

import dev.socketserver.autoconfigure.settings.SocketSettingsAutoConfiguration;
import dev.socketserver.settings.SocketSettings;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for changes of settings when Spring
 * Cloud has refreshed the environment.
 */
@AutoConfiguration(after = SocketSettingsAutoConfiguration.class)
@ConditionalOnClass(name = "org.springframework.cloud.context.environment.EnvironmentChangeEvent")
@EnableConfigurationProperties(SocketSettingsProperties.class)
public final class SocketSettingsRefreshAutoConfiguration {

	@Bean
	@ConditionalOnBean(SocketSettings.class)
	SettingsRefresh socketSettingsRefresh(ConfigurableApplicationContext context,
			ObjectProvider<SocketSettings> settings, ObjectProvider<SocketSettingsProperties> properties) {
		return new SettingsRefresh(context, settings::getObject, properties.getObject().onRefresh());
	}

}
