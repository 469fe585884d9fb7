package dev.socketserver.autoconfigure.actuate;

import java.util.List;
import java.util.function.Supplier;

import dev.socketserver.SocketServers;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.connect.NettySocketClients;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What holds for the auto-configuration of every endpoint of ours.
 *
 * @param <E> the endpoint
 */
abstract class AbstractEndpointAutoConfigurationTests<E> {

	private final String id;

	private final Class<?> autoConfiguration;

	private final Class<?> importing;

	private final Class<E> endpoint;

	private final Class<?> webExtension;

	private final Supplier<E> own;

	private final ApplicationContextRunner runner;

	/** With servers and clients, and with the endpoint exposed. */
	final ApplicationContextRunner exposed;

	/**
	 * Creates the tests of an endpoint.
	 * @param importing imports the auto-configuration without loading it, as an
	 * application does
	 * @param own makes an endpoint of the application's own
	 */
	AbstractEndpointAutoConfigurationTests(String id, Class<?> autoConfiguration, Class<?> importing, Class<E> endpoint,
			Class<?> webExtension, Supplier<E> own) {
		this.id = id;
		this.autoConfiguration = autoConfiguration;
		this.importing = importing;
		this.endpoint = endpoint;
		this.webExtension = webExtension;
		this.own = own;
		this.runner = new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(autoConfiguration));
		this.exposed = withEngine(this.runner.withPropertyValues("management.endpoints.web.exposure.include=" + id));
	}

	/** With servers and clients, of which there are none yet. */
	private static ApplicationContextRunner withEngine(ApplicationContextRunner runner) {
		NettySocketServers servers = new NettySocketServers(List.of());
		return runner.withBean(NettySocketServers.class, () -> servers)
			.withBean(NettySocketClients.class, () -> new NettySocketClients(servers, List::of));
	}

	@Test
	void exposedEndpointExists() {
		this.exposed
			.run((context) -> assertThat(context).hasSingleBean(this.endpoint).hasSingleBean(this.webExtension));
	}

	@Test
	void endpointThatIsNotExposedDoesNotExist() {
		withEngine(this.runner).run((context) -> assertThat(context).doesNotHaveBean(this.endpoint));
	}

	@Test
	void endpointWithoutAccessDoesNotExist() {
		this.exposed.withPropertyValues("management.endpoint." + this.id + ".access=NONE")
			.run((context) -> assertThat(context).doesNotHaveBean(this.endpoint));
	}

	@Test
	void endpointWithoutServersAndClientsDoesNotExist() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=" + this.id)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(this.endpoint));
	}

	@Test
	void endpointExposedOverJmxOnlyHasNoWebExtension() {
		this.exposed
			.withPropertyValues("management.endpoints.web.exposure.include=info", "spring.jmx.enabled=true",
					"management.endpoints.jmx.exposure.include=" + this.id)
			.run((context) -> assertThat(context).hasSingleBean(this.endpoint).doesNotHaveBean(this.webExtension));
	}

	@Test
	void backsOffForTheApplicationsOwn() {
		this.exposed.withBean("own", this.endpoint, this.own)
			.run((context) -> assertThat(context).hasSingleBean(this.endpoint).hasBean("own"));
	}

	@Test
	void isAbsentWithoutTheActuator() {
		withEngine(new ApplicationContextRunner().withUserConfiguration(this.importing))
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(SocketServers.class)
				.doesNotHaveBean(this.autoConfiguration));
	}

}
