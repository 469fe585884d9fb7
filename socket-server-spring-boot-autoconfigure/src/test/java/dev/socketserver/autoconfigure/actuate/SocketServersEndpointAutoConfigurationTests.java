package dev.socketserver.autoconfigure.actuate;

import java.util.List;

import dev.socketserver.actuate.SocketServersEndpoint;
import dev.socketserver.actuate.SocketServersEndpointWebExtension;
import dev.socketserver.netty.NettySocketServers;

import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;

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

	@ImportAutoConfiguration(SocketServersEndpointAutoConfiguration.class)
	static class Importing {

	}

}
