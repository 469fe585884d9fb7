package dev.socketserver.autoconfigure.actuate;

import java.util.List;
import java.util.Set;

import dev.socketserver.actuate.SocketServersEndpoint;
import dev.socketserver.actuate.SocketServersEndpointWebExtension;
import dev.socketserver.actuate.Viewers;
import dev.socketserver.netty.NettySocketServers;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SocketServersEndpointAutoConfiguration}.
 */
class SocketServersEndpointAutoConfigurationTests
		extends AbstractEndpointAutoConfigurationTests<SocketServersEndpoint> {

	SocketServersEndpointAutoConfigurationTests() {
		super("socketservers", SocketServersEndpointAutoConfiguration.class, Importing.class,
				SocketServersEndpoint.class, SocketServersEndpointWebExtension.class,
				() -> new SocketServersEndpoint(new NettySocketServers(List.of()), List.of(), Show.ALWAYS));
	}

	@Test
	void failuresAreShownUnlessConfiguredOtherwise() {
		this.exposed
			.run((context) -> assertThat(context.getBean(SocketServersEndpointWebExtension.class)).extracting("viewers")
				.isEqualTo(new Viewers(Show.ALWAYS, Set.of())));
		this.exposed
			.withPropertyValues("management.endpoint.socketservers.show-values=when-authorized",
					"management.endpoint.socketservers.roles=operator")
			.run((context) -> assertThat(context.getBean(SocketServersEndpointWebExtension.class)).extracting("viewers")
				.isEqualTo(new Viewers(Show.WHEN_AUTHORIZED, Set.of("operator"))));
	}

	@ImportAutoConfiguration(SocketServersEndpointAutoConfiguration.class)
	static class Importing {

	}

}
