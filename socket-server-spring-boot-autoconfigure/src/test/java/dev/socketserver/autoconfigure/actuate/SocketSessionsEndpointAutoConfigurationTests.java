package dev.socketserver.autoconfigure.actuate;

import java.util.List;
import java.util.Set;

import dev.socketserver.SocketServers;
import dev.socketserver.actuate.SocketSessionsEndpoint;
import dev.socketserver.actuate.SocketSessionsEndpointWebExtension;
import dev.socketserver.netty.NettySocketServers;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SocketSessionsEndpointAutoConfiguration}.
 */
class SocketSessionsEndpointAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketSessionsEndpointAutoConfiguration.class));

	private final ApplicationContextRunner exposed = this.runner
		.withPropertyValues("management.endpoints.web.exposure.include=socketsessions")
		.withBean(NettySocketServers.class, () -> new NettySocketServers(List.of()));

	@Test
	void exposedEndpointExistsAndHidesValues() {
		this.exposed.run((context) -> {
			assertThat(context).hasSingleBean(SocketSessionsEndpoint.class);
			assertThat(context.getBean(SocketSessionsEndpointWebExtension.class)).extracting("showValues")
				.isEqualTo(Show.NEVER);
		});
	}

	@Test
	void whoSeesValuesCanBeConfigured() {
		this.exposed
			.withPropertyValues("management.endpoint.socketsessions.show-values=when-authorized",
					"management.endpoint.socketsessions.roles=operator")
			.run((context) -> assertThat(context.getBean(SocketSessionsEndpointWebExtension.class))
				.extracting("showValues", "roles")
				.containsExactly(Show.WHEN_AUTHORIZED, Set.of("operator")));
	}

	@Test
	void endpointThatIsNotExposedDoesNotExist() {
		this.runner.withBean(NettySocketServers.class, () -> new NettySocketServers(List.of()))
			.run((context) -> assertThat(context).doesNotHaveBean(SocketSessionsEndpoint.class));
	}

	@Test
	void endpointWithoutServersDoesNotExist() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=socketsessions")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SocketSessionsEndpoint.class));
	}

	@Test
	void endpointExposedOverJmxOnlyHasNoWebExtension() {
		this.exposed
			.withPropertyValues("management.endpoints.web.exposure.include=info", "spring.jmx.enabled=true",
					"management.endpoints.jmx.exposure.include=socketsessions")
			.run((context) -> assertThat(context).hasSingleBean(SocketSessionsEndpoint.class)
				.doesNotHaveBean(SocketSessionsEndpointWebExtension.class));
	}

	@Test
	void backsOffForTheApplicationsOwn() {
		this.exposed
			.withBean("own", SocketSessionsEndpoint.class,
					() -> new SocketSessionsEndpoint(new NettySocketServers(List.of()), List.of(), Show.ALWAYS))
			.run((context) -> assertThat(context).hasSingleBean(SocketSessionsEndpoint.class).hasBean("own"));
	}

	@Test
	void isAbsentWithoutTheActuator() {
		new ApplicationContextRunner().withUserConfiguration(Importing.class)
			.withBean(NettySocketServers.class, () -> new NettySocketServers(List.of()))
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(SocketServers.class)
				.doesNotHaveBean(SocketSessionsEndpointAutoConfiguration.class));
	}

	/** Reads the auto-configuration without loading it, as an application does. */
	@ImportAutoConfiguration(SocketSessionsEndpointAutoConfiguration.class)
	static class Importing {

	}

}
