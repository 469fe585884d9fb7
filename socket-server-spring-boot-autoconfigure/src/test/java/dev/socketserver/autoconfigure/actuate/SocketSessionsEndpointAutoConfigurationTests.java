package dev.socketserver.autoconfigure.actuate;

import java.util.List;
import java.util.Set;

import dev.socketserver.actuate.SocketSessionsEndpoint;
import dev.socketserver.actuate.SocketSessionsEndpointWebExtension;
import dev.socketserver.actuate.Viewers;
import dev.socketserver.netty.NettySocketServers;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SocketSessionsEndpointAutoConfiguration}.
 */
class SocketSessionsEndpointAutoConfigurationTests
		extends AbstractEndpointAutoConfigurationTests<SocketSessionsEndpoint> {

	SocketSessionsEndpointAutoConfigurationTests() {
		super("socketsessions", SocketSessionsEndpointAutoConfiguration.class, Importing.class,
				SocketSessionsEndpoint.class, SocketSessionsEndpointWebExtension.class,
				() -> new SocketSessionsEndpoint(new NettySocketServers(List.of()), List.of(), Show.ALWAYS, Show.ALWAYS,
						null));
	}

	@Test
	void exposedEndpointExistsAndHidesValues() {
		this.exposed.run((context) -> {
			assertThat(context).hasSingleBean(SocketSessionsEndpoint.class);
			assertThat(context.getBean(SocketSessionsEndpointWebExtension.class)).extracting("viewers")
				.isEqualTo(new Viewers(Show.NEVER, Set.of()));
		});
	}

	@Test
	void whoSeesValuesCanBeConfigured() {
		this.exposed
			.withPropertyValues("management.endpoint.socketsessions.show-values=when-authorized",
					"management.endpoint.socketsessions.roles=operator")
			.run((context) -> assertThat(context.getBean(SocketSessionsEndpointWebExtension.class))
				.extracting("viewers")
				.isEqualTo(new Viewers(Show.WHEN_AUTHORIZED, Set.of("operator"))));
	}

	@ImportAutoConfiguration(SocketSessionsEndpointAutoConfiguration.class)
	static class Importing {

	}

}
