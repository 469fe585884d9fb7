package dev.socketserver.autoconfigure.actuate;

import java.util.List;
import java.util.Set;

import dev.socketserver.actuate.SocketClientsEndpoint;
import dev.socketserver.actuate.SocketClientsEndpointWebExtension;
import dev.socketserver.actuate.Viewers;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.connect.NettySocketClients;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SocketClientsEndpointAutoConfiguration}.
 */
class SocketClientsEndpointAutoConfigurationTests
		extends AbstractEndpointAutoConfigurationTests<SocketClientsEndpoint> {

	SocketClientsEndpointAutoConfigurationTests() {
		super("socketclients", SocketClientsEndpointAutoConfiguration.class, Importing.class,
				SocketClientsEndpoint.class, SocketClientsEndpointWebExtension.class,
				() -> new SocketClientsEndpoint(new NettySocketClients(new NettySocketServers(List.of()), List::of),
						List.of(), Show.ALWAYS));
	}

	@Test
	void failuresAreShownUnlessConfiguredOtherwise() {
		this.exposed
			.run((context) -> assertThat(context.getBean(SocketClientsEndpointWebExtension.class)).extracting("viewers")
				.isEqualTo(new Viewers(Show.ALWAYS, Set.of())));
		this.exposed
			.withPropertyValues("management.endpoint.socketclients.show-values=when-authorized",
					"management.endpoint.socketclients.roles=operator")
			.run((context) -> assertThat(context.getBean(SocketClientsEndpointWebExtension.class)).extracting("viewers")
				.isEqualTo(new Viewers(Show.WHEN_AUTHORIZED, Set.of("operator"))));
	}

	@ImportAutoConfiguration(SocketClientsEndpointAutoConfiguration.class)
	static class Importing {

	}

}
