package dev.socketserver.autoconfigure.actuate;

import java.time.Instant;

import dev.socketserver.SocketServers;
import dev.socketserver.actuate.history.SocketHistory;
import dev.socketserver.actuate.ui.PageSettings;
import dev.socketserver.actuate.ui.ReactiveSocketUiEndpoint;
import dev.socketserver.actuate.ui.SocketUiEndpoint;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.client.SocketClients;
import dev.socketserver.cluster.spi.ClusterEngine;
import dev.socketserver.operation.SessionEvaluator;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.PathMapper;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the page for operators.
 */
@AutoConfiguration(after = SocketServerAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(SocketUiEndpoint.class)
@EnableConfigurationProperties(SocketUiProperties.class)
public final class SocketUiEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	PageSettings socketUiPageSettings(ObjectProvider<PathMapper> mappers, Environment environment,
			ObjectProvider<SessionEvaluator> evaluator, ApplicationContext context, SocketUiProperties properties) {
		return new PageSettings(PathMapper.getRootPath(mappers.orderedStream().toList(), EndpointId.of("socketui")),
				environment.getProperty("spring.application.name", ""), evaluator.getIfAvailable() != null,
				context.getBeanNamesForType(ClusterEngine.class, true, false).length > 0,
				Instant.ofEpochMilli(context.getStartupDate()), properties.folder());
	}

	@Bean
	@ConditionalOnBean(SocketServers.class)
	@ConditionalOnMissingBean
	SocketHistory socketHistory(SocketServers servers, ObjectProvider<SocketClients> clients) {
		return new SocketHistory(servers, clients.getIfAvailable());
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	static class ServletConfiguration {

		@Bean
		@ConditionalOnBean(SocketServers.class)
		@ConditionalOnMissingBean
		SocketUiEndpoint socketUiEndpoint(PageSettings settings, SocketHistory history) {
			return new SocketUiEndpoint(settings, history);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = Type.REACTIVE)
	static class ReactiveConfiguration {

		@Bean
		@ConditionalOnBean(SocketServers.class)
		@ConditionalOnMissingBean
		ReactiveSocketUiEndpoint socketUiEndpoint(PageSettings settings, SocketHistory history) {
			return new ReactiveSocketUiEndpoint(settings, history);
		}

	}

}
