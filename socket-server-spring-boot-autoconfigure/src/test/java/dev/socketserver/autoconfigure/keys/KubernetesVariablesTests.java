package dev.socketserver.autoconfigure.keys;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.UpperHandler;
import dev.socketserver.client.SocketClients;
import dev.socketserver.spec.listen.Tcp;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/** Variables as Kubernetes injects them for each Service of a namespace. */
@Tag("virtual-threads")
@ExtendWith(OutputCaptureExtension.class)
class KubernetesVariablesTests {

	private final Map<String, Object> variables = new LinkedHashMap<>();

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(SocketServerAutoConfiguration.class)
	@Import(UpperHandler.class)
	static class Application {

	}

	/** Adds what there is for a Service of one named port. */
	private void service(String prefix) {
		this.variables.putAll(Map.of(prefix + "_SERVICE_HOST", "10.0.0.1", prefix + "_SERVICE_PORT", "8888",
				prefix + "_SERVICE_PORT_HTTP", "8888", prefix + "_PORT", "tcp://10.0.0.1:8888",
				prefix + "_PORT_8888_TCP", "tcp://10.0.0.1:8888", prefix + "_PORT_8888_TCP_PROTO", "tcp",
				prefix + "_PORT_8888_TCP_PORT", "8888", prefix + "_PORT_8888_TCP_ADDR", "10.0.0.1"));
	}

	private void run(Consumer<ConfigurableApplicationContext> check) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new SystemEnvironmentPropertySource(
					StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, this.variables));
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.environment(environment)
			.properties("socket.servers.upper.port=0")
			.run()) {
			check.accept(context);
		}
	}

	private static List<String> names(ConfigurableApplicationContext context) {
		List<String> names = new ArrayList<>();
		context.getBean(SocketServers.class).forEach((server) -> names.add(server.name()));
		return names;
	}

	@Test
	void variablesOfAServiceAreNoKeys(CapturedOutput output) {
		for (String service : List.of("SOCKET", "SOCKET_SERVERS", "SOCKET_CLIENTS", "SOCKET_SERVERS_UPPER",
				"SOCKET_SERVER_DEFAULTS")) {
			service(service);
		}
		this.variables.put("SOCKET_SERVERS_UPPER_BACKLOG", "7");
		run((context) -> {
			assertThat(names(context)).containsExactly("upper");
			assertThat(context.getBean(SocketClients.class)).isEmpty();
			SocketServer upper = context.getBean(SocketServers.class).get("upper");
			assertThat(((Tcp) upper.spec().listenOn()).backlog()).isEqualTo(7);
			assertThat(context.getEnvironment().getProperty("SOCKET_SERVERS_UPPER_PORT"))
				.isEqualTo("tcp://10.0.0.1:8888");
		});
		assertThat(output).doesNotContain("is ignored")
			.containsOnlyOnce("Kubernetes Service 'socket-servers-upper'")
			.containsOnlyOnce("Kubernetes Service 'socket-clients'")
			.contains("enableServiceLinks: false");
	}

	@Test
	void aPortThatTheApplicationSetsBesideAServiceIsOurs() {
		service("SOCKET_SERVERS_UPPER");
		this.variables.put("SOCKET_SERVERS_UPPER_PORT", "0");
		run((context) -> assertThat(names(context)).containsExactly("upper"));
	}

	@Test
	void aServerMayBeCalledService(CapturedOutput output) {
		this.variables.put("SOCKET_SERVERS_SERVICE_PORT", "0");
		this.variables.put("SOCKET_SERVERS_SERVICE_HANDLER", "upper");
		run((context) -> assertThat(names(context)).containsExactlyInAnyOrder("upper", "service"));
		assertThat(output).doesNotContain("Kubernetes");
	}

}
