package dev.socketserver.demo;

import java.time.Duration;
import java.util.function.Consumer;

import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.client.ClientPool;
import dev.socketserver.client.ClientSpec;
import dev.socketserver.client.Route;
import dev.socketserver.client.ServerAddress;
import dev.socketserver.client.SocketClients;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The examples of {@code docs/fail-over.md}.
 */
class FailOverExamplesTests {

	private static void plant(String file, Consumer<ClientSpec> test) {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
			.withPropertyValues("PROXY_PASSWORD=secret", "spring.config.location=classpath:" + file,
					"socket.clients.plant.start.auto=false")
			.withInitializer(new ConfigDataApplicationContextInitializer())
			.run((context) -> test.accept(context.getBean(SocketClients.class).client("plant").orElseThrow().spec()));
	}

	@Test
	void severalAddresses() {
		plant("fail-over.yml", (spec) -> assertThat(spec.addresses()).extracting(ServerAddress::toString)
			.containsExactly("plant-a.example.com:7100", "plant-b.example.com:7100", "[2001:db8::7]:7100"));
	}

	/** Of {@code docs/coming-from.md}. */
	@Test
	void severalServersAndConnections() {
		plant("coming-from.yml", (spec) -> {
			assertThat(spec.addresses()).hasSize(2);
			assertThat(spec.pool()).isNotNull().extracting(ClientPool::size).isEqualTo(4);
		});
	}

	@Test
	void failBack() {
		plant("fail-back.yml", (spec) -> assertThat(spec.failOver().failBack()).isEqualTo(Duration.ofMinutes(1)));
	}

	@Test
	void proxies() {
		plant("fail-over-proxy.yml", (spec) -> assertThat(spec.route().proxy())
			.isEqualTo(new Route.Proxy(Route.Proxy.Type.SOCKS5, "proxy.example.com", 1080, "gate", "secret")));
	}

}
