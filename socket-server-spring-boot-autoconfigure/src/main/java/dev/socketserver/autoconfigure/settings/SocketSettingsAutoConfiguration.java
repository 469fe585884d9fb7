package dev.socketserver.autoconfigure.settings;

import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.lifecycle.ConfiguredEntries;
import dev.socketserver.autoconfigure.spec.TlsBundles;
import dev.socketserver.settings.SocketSettings;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for {@link SocketSettings}.
 */
@AutoConfiguration(after = SocketServerAutoConfiguration.class)
@ConditionalOnBean({ SocketServers.class, ConfiguredEntries.class })
public final class SocketSettingsAutoConfiguration {

	/** Made when somebody asks for the first time. */
	@Lazy
	@Bean
	@ConditionalOnMissingBean
	SocketSettings socketSettings(ConfigurableApplicationContext context, SocketServers servers, TlsBundles bundles) {
		return new ManagedSettings(context, servers, bundles);
	}

}
