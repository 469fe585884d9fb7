package dev.socketserver.autoconfigure.actuate;

import dev.socketserver.SocketServers;
import dev.socketserver.actuate.settings.SocketSettingsEndpoint;
import dev.socketserver.actuate.settings.SocketSettingsEndpointWebExtension;
import dev.socketserver.autoconfigure.settings.SocketSettingsAutoConfiguration;
import dev.socketserver.client.SocketClients;
import dev.socketserver.settings.SocketSettings;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the
 * {@link SocketSettingsEndpoint}.
 */
@AutoConfiguration(after = SocketSettingsAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(SocketSettingsEndpoint.class)
@Import(RequestParametersConfiguration.class)
public final class SocketSettingsEndpointAutoConfiguration {

	@Bean
	@ConditionalOnBean(SocketSettings.class)
	@ConditionalOnMissingBean
	SocketSettingsEndpoint socketSettingsEndpoint(ObjectProvider<SocketSettings> settings, SocketServers servers,
			ObjectProvider<SocketClients> clients, ObjectProvider<SanitizingFunction> sanitizingFunctions) {
		return new SocketSettingsEndpoint(settings::getObject, servers, clients::getIfAvailable,
				sanitizingFunctions.orderedStream().toList());
	}

	@Bean
	@ConditionalOnBean(SocketSettingsEndpoint.class)
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
	SocketSettingsEndpointWebExtension socketSettingsEndpointWebExtension(SocketSettingsEndpoint endpoint) {
		return new SocketSettingsEndpointWebExtension(endpoint);
	}

}
