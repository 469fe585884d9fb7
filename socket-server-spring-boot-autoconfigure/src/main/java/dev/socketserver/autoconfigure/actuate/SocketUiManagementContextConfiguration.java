package dev.socketserver.autoconfigure.actuate;

import dev.socketserver.actuate.ui.ReactiveSocketUiEndpoint;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.annotation.Bean;
import org.springframework.web.filter.reactive.ServerWebExchangeContextFilter;

/**
 * {@link ManagementContextConfiguration @ManagementContextConfiguration} for the page for
 * operators, wherever the endpoints are: on the port of the application or on their own.
 */
@ManagementContextConfiguration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = Type.REACTIVE)
@ConditionalOnBean(ReactiveSocketUiEndpoint.class)
class SocketUiManagementContextConfiguration {

	@Bean
	ServerWebExchangeContextFilter socketUiExchangeFilter() {
		return new ServerWebExchangeContextFilter();
	}

}
