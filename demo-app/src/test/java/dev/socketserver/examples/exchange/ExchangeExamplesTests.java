package dev.socketserver.examples.exchange;

import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.examples.exchange.Plant.ReadRequest;
import dev.socketserver.examples.exchange.Plant.Reading;
import dev.socketserver.fixtures.Patience;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;

/** What {@code docs/exchange.md} shows. */
class ExchangeExamplesTests {

	@SocketHandler("controller")
	static class Controller {

		private volatile double value = 21.5;

		@OnMessage
		@Nullable Object received(String message) {
			if (message.startsWith("SET 7 ")) {
				this.value = Double.parseDouble(message.substring(6));
				return null;
			}
			return (message.equals("READ 7") || message.equals("{\"sensor\":7}")) ? new Reading(this.value) : "unknown";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Plants.class, Controller.class })
	static class Application {

	}

	@SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE,
			properties = { "spring.config.name=none", "socket.servers.controller.port=0",
					"socket.servers.controller.framing=line", "socket.clients.plant.port=local.socket.controller.port",
					"socket.clients.plant.framing=line" })
	static class RealPlantTests {

		@Test
		void interfaceAsksAndSends(@Autowired Plant plant) throws Exception {
			assertThat(plant.read(7)).isEqualTo(new Reading(21.5));
			plant.set(7, 19.5);
			// Again, if its two seconds were over before.
			Patience.within(() -> assertThat(plant.read(new ReadRequest(7))).succeedsWithin(Patience.limit())
				.isEqualTo(new Reading(19.5)));
		}

	}

	@SpringBootTest(classes = Plants.class, webEnvironment = WebEnvironment.NONE)
	static class MockedPlantTests {

		@MockitoBean
		private Plant plant;

		@Test
		void interfaceIsReplacedByAMock() {
			given(this.plant.read(7)).willReturn(new Reading(3));
			assertThat(this.plant.read(7)).isEqualTo(new Reading(3));
		}

	}

}
