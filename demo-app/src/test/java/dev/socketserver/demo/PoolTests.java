package dev.socketserver.demo;

import java.util.function.Function;

import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.test.SocketServerTest;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The examples of {@code docs/fail-over.md} with several connections.
 */
@SocketServerTest(classes = PoolTests.Meters.class, properties = { "spring.config.location=classpath:pool.yml",
		"socket.servers.meters.port=7101", "socket.clients.plant.port=${local.socket.meters.port}" })
class PoolTests {

	@Autowired
	private SocketClients clients;

	@Test
	void clientHoldsItsConnectionsAndReplacesThem() {
		SocketClient client = this.clients.get("plant");
		Awaitility.await().atMost(Patience.limit()).until(() -> client.connections().size() == 4);
		assertThat(client.ask("7 21.5", Patience.limit())).succeedsWithin(Patience.limit()).isEqualTo("got 7 21.5");
		assertThat(client.rotate()).succeedsWithin(Patience.limit());
		assertThat(client.ask("7 21.6", Patience.limit())).succeedsWithin(Patience.limit()).isEqualTo("got 7 21.6");
	}

	@Configuration(proxyBeanMethods = false)
	static class Meters {

		@Bean
		Function<String, String> meterNumber() {
			return (reading) -> reading.split(" ")[0];
		}

		@Bean
		@SocketHandler("meters")
		Function<String, String> meters() {
			return (reading) -> "got " + reading;
		}

	}

}
