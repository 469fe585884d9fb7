package dev.socketserver.autoconfigure.actuate;

import dev.socketserver.SocketServers;
import dev.socketserver.fixtures.network.HttpPeer;
import jakarta.servlet.Servlet;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.web.reactive.config.EnableWebFlux;
import org.springframework.web.servlet.DispatcherServlet;

import static org.assertj.core.api.Assertions.assertThat;

/** An application with WebFlux only, which it configures itself. */
class EnableWebFluxTests {

	@Test
	void serversStartAndTheEndpointAnswers() throws Exception {
		ClassLoader reactive = new FilteredClassLoader(Servlet.class, DispatcherServlet.class);
		SpringApplication application = new SpringApplicationBuilder(Application.class).web(WebApplicationType.REACTIVE)
			.resourceLoader(new DefaultResourceLoader(reactive))
			.build();
		try (ConfigurableApplicationContext context = application.run("--server.port=0", "--server.address=127.0.0.1",
				"--socket.servers.it.port=0", "--socket.servers.it.handler=echo",
				"--management.endpoints.web.exposure.include=socketservers")) {
			assertThat(context.getBean(SocketServers.class).get("it").localAddress()).isNotNull();
			assertThat(HttpPeer.get(context, "/actuator/socketservers/it").body()).contains("\"state\":\"RUNNING\"");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableWebFlux
	static class Application {

	}

}
