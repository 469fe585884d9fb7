package dev.socketserver.autoconfigure.registration;

import java.util.function.Function;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.fixtures.Patience;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SocketClientSpecCustomizer}, and for what an application does with a
 * client that it has by name.
 */
class SocketClientSpecsTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketServerAutoConfiguration.class))
		.withUserConfiguration(Handlers.class)
		.withPropertyValues("socket.servers.meters.port=0", "socket.clients.meter.port=${local.socket.meters.port}",
				"socket.clients.meter.limits.frame=2KB", "socket.clients.other.port=${local.socket.meters.port}");

	@Test
	void customizersChangeWhatThePropertiesSayInTheirOrder() {
		this.runner.withUserConfiguration(Customizers.class).run((context) -> {
			SocketClients clients = context.getBean(SocketClients.class);
			assertThat(clients.get("meter").spec().session().maxFrameBytes()).isEqualTo(9_000);
			assertThat(clients.get("other").spec().session().maxFrameBytes()).isEqualTo(8_000);
			assertThat(clients.get("meter").ask("{\"unit\":\"kWh\"}", Patience.limit()))
				.as("a frame that 2 KB would not hold")
				.succeedsWithin(Patience.limit())
				.asString()
				.hasSizeGreaterThan(4_000);
		});
	}

	@Test
	void whatACustomizerBreaksFailsTheStartAndIsNotSaidOfAProperty() {
		this.runner.withBean(SocketClientSpecCustomizer.class, () -> (client, spec) -> spec.limits((l) -> l.frame(-1)))
			.run((context) -> assertThat(context.getStartupFailure()).hasStackTraceContaining(
					"What SocketClientSpecCustomizer beans have made of client 'meter' is not possible: "));
	}

	@Test
	void repliesAreJsonWhereTheirTypeIsAskedForAsThoseOfTheCluster() {
		this.runner.withPropertyValues("socket.clients.meter.limits.frame=9KB").run((context) -> {
			SocketClient meter = context.getBean(SocketClients.class).get("meter");
			assertThat(meter.ask(new Question("kWh"), Answer.class, Patience.limit())).succeedsWithin(Patience.limit())
				.isEqualTo(new Answer("x".repeat(5_000), 42));
			SocketServer meters = context.getBean(SocketServers.class).get("meters");
			// It counts once the reply has left.
			Awaitility.await().until(() -> meters.statistics().messagesHandled() == 1);
		});
	}

	record Question(String unit) {

	}

	record Answer(String text, int value) {

	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		@Bean
		@SocketHandler
		Function<Question, Answer> meters() {
			return (question) -> new Answer("x".repeat(5_000), 42);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Customizers {

		@Bean
		@Order(2)
		SocketClientSpecCustomizer second() {
			return (client, spec) -> {
				if (client.equals("meter")) {
					spec.limits((limits) -> limits.frame(9_000));
				}
			};
		}

		@Bean
		@Order(1)
		SocketClientSpecCustomizer first() {
			return (client, spec) -> spec.limits((limits) -> limits.frame(8_000));
		}

	}

}
