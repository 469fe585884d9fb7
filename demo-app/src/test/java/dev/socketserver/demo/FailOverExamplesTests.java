package dev.socketserver.demo;

import java.util.function.Consumer;

import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.client.ClientSpec;
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

	private static void plant(Consumer<ClientSpec> test) {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
			.withPropertyValues("spring.config.location=classpath:fail-over.yml",
					"socket.clients.plant.start.auto=false")
			.withInitializer(new ConfigDataApplicationContextInitializer())
			.run((context) -> test.accept(context.getBean(SocketClients.class).client("plant").orElseThrow().spec()));
	}

	@Test
	void severalAddresses() {
		plant((spec) -> assertThat(spec.addresses()).extracting(ServerAddress::toString)
			.containsExactly("plant-a.example.com:7100", "plant-b.example.com:7100", "[2001:db8::7]:7100"));
	}

}
