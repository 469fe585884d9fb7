package dev.socketserver.autoconfigure.actuate.tap;

import dev.socketserver.actuate.tap.SocketTapsEndpoint;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.actuate.SocketTapsEndpointAutoConfiguration;
import dev.socketserver.operator.SocketTaps;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SocketTapsEndpointAutoConfiguration}.
 */
class SocketTapsOffTests {

	private final WebApplicationContextRunner context = new WebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(EndpointAutoConfiguration.class, SocketServerAutoConfiguration.class,
				SocketTapsEndpointAutoConfiguration.class))
		.withPropertyValues("management.endpoints.web.exposure.include=*");

	@Test
	void thereIsNoneUnlessAskedFor() {
		this.context.run((context) -> assertThat(context).doesNotHaveBean(SocketTapsEndpoint.class)
			.doesNotHaveBean(SocketTaps.class));
	}

	@Test
	void thereIsOneIfAskedFor() {
		this.context.withPropertyValues("socket.tap.enabled=true")
			.run((context) -> assertThat(context).hasSingleBean(SocketTapsEndpoint.class));
	}

	@Test
	void exposureIsAskedForBesides() {
		this.context
			.withPropertyValues("socket.tap.enabled=true", "management.endpoints.web.exposure.include=socketservers")
			.run((context) -> assertThat(context).doesNotHaveBean(SocketTapsEndpoint.class));
	}

	@Test
	void anUnknownKeyFailsTheStart() {
		this.context.withPropertyValues("socket.tap.enabeld=true")
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.hasMessageContaining("socket.tap.enabeld")
				.hasMessageContaining("socket.tap.enabled"));
	}

	@Test
	void wrongValuesAreRefusedByName() {
		this.context.withPropertyValues("socket.tap.limit=0")
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.hasMessageContaining("socket.tap.limit"));
	}

}
