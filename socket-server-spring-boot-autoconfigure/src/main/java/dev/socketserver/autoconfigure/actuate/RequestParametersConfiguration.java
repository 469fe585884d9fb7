package dev.socketserver.autoconfigure.actuate;

import dev.socketserver.actuate.RequestParameters;
import dev.socketserver.actuate.RequestParametersAdvisor;

import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Configuration of the {@link RequestParametersAdvisor}. The auto-configuration of each
 * endpoint whose operations take {@link RequestParameters} imports it.
 */
@Configuration(proxyBeanMethods = false)
public final class RequestParametersConfiguration {

	@Bean
	@ConditionalOnMissingBean
	static RequestParametersAdvisor socketRequestParametersAdvisor() {
		return new RequestParametersAdvisor();
	}

}
