package dev.socketserver.mailbox.autoconfigure;

import dev.socketserver.actuate.RequestParametersAdvisor;
import dev.socketserver.mailbox.actuate.SocketMailboxEndpoint;
import dev.socketserver.mailbox.delivery.StoredMailbox;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the
 * {@link SocketMailboxEndpoint}.
 */
@AutoConfiguration(after = SocketMailboxAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(endpoint = SocketMailboxEndpoint.class, exposure = EndpointExposure.WEB)
public final class SocketMailboxEndpointAutoConfiguration {

	@Bean
	@ConditionalOnBean(StoredMailbox.class)
	@ConditionalOnMissingBean
	SocketMailboxEndpoint socketMailboxEndpoint(ObjectProvider<StoredMailbox> mailbox) {
		return new SocketMailboxEndpoint(mailbox::getObject);
	}

	@Bean
	@ConditionalOnMissingBean
	static RequestParametersAdvisor socketRequestParametersAdvisor() {
		return new RequestParametersAdvisor();
	}

}
