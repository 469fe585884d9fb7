package dev.socketserver.autoconfigure.actuate;

import java.util.List;

import dev.socketserver.SocketServers;
import dev.socketserver.actuate.SocketServersEndpoint;
import dev.socketserver.actuate.SocketServersEndpointWebExtension;
import dev.socketserver.netty.NettySocketServers;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SocketServersEndpointAutoConfiguration}.
 */
class SocketServersEndpointAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServersEndpointAutoConfiguration.class));

	private final ApplicationContextRunner exposed = this.runner
		.withPropertyValues("management.endpoints.web.exposure.include=socketservers")
		.withBean(NettySocketServers.class, () -> new NettySocketServers(List.of()));

	@Test
	void exposedEndpointExists() {
		this.exposed.run((context) -> assertThat(context).hasSingleBean(SocketServersEndpoint.class)
			.hasSingleBean(SocketServersEndpointWebExtension.class));
	}

	@Test
	void endpointThatIsNotExposedDoesNotExist() {
		this.runner.withBean(NettySocketServers.class, () -> new NettySocketServers(List.of()))
			.run((context) -> assertThat(context).doesNotHaveBean(SocketServersEndpoint.class));
	}

	@Test
	void endpointWithoutAccessDoesNotExist() {
		this.exposed.withPropertyValues("management.endpoint.socketservers.access=NONE")
			.run((context) -> assertThat(context).doesNotHaveBean(SocketServersEndpoint.class));
	}

	@Test
	void endpointWithoutServersDoesNotExist() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=socketservers")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SocketServersEndpoint.class));
	}

	@Test
	void endpointExposedOverJmxOnlyHasNoWebExtension() {
		this.exposed
			.withPropertyValues("management.endpoints.web.exposure.include=info", "spring.jmx.enabled=true",
					"management.endpoints.jmx.exposure.include=socketservers")
			.run((context) -> assertThat(context).hasSingleBean(SocketServersEndpoint.class)
				.doesNotHaveBean(SocketServersEndpointWebExtension.class));
	}

	@Test
	void backsOffForTheApplicationsOwn() {
		this.exposed
			.withBean("own", SocketServersEndpoint.class,
					() -> new SocketServersEndpoint(new NettySocketServers(List.of())))
			.run((context) -> assertThat(context).hasSingleBean(SocketServersEndpoint.class).hasBean("own"));
	}

	@Test
	void isAbsentWithoutTheActuator() {
		new ApplicationContextRunner().withUserConfiguration(Importing.class)
			.withBean(NettySocketServers.class, () -> new NettySocketServers(List.of()))
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(SocketServers.class)
				.doesNotHaveBean(SocketServersEndpointAutoConfiguration.class));
	}

	/** Reads the auto-configuration without loading it, as an application does. */
	@ImportAutoConfiguration(SocketServersEndpointAutoConfiguration.class)
	static class Importing {

	}

}
