package dev.socketserver.mailbox.autoconfigure;

import dev.socketserver.autoconfigure.actuate.RequestParametersConfiguration;
import dev.socketserver.mailbox.actuate.SocketMailboxEndpoint;
import dev.socketserver.mailbox.actuate.SocketMailboxEndpointWebExtension;
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
import org.springframework.context.annotation.Import;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the
 * {@link SocketMailboxEndpoint}.
 */
@AutoConfiguration(after = SocketMailboxAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(SocketMailboxEndpoint.class)
@Import(RequestParametersConfiguration.class)
public final class SocketMailboxEndpointAutoConfiguration {

	@Bean
	@ConditionalOnBean(StoredMailbox.class)
	@ConditionalOnMissingBean
	SocketMailboxEndpoint socketMailboxEndpoint(ObjectProvider<StoredMailbox> mailbox) {
		return new SocketMailboxEndpoint(mailbox::getObject);
	}

	@Bean
	@ConditionalOnBean(SocketMailboxEndpoint.class)
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
	SocketMailboxEndpointWebExtension socketMailboxEndpointWebExtension(SocketMailboxEndpoint endpoint) {
		return new SocketMailboxEndpointWebExtension(endpoint);
	}

}
