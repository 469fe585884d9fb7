package dev.socketserver.demo;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.socketserver.ServerState;
import dev.socketserver.SocketServers;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Test;

import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When servers listen, compared with the runners of the application.
 */
class RunnersTests {

	@Test
	void serversListenBeforeRunnersHaveRun() {
		try (ConfigurableApplicationContext application = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.run("--spring.config.name=none", "--socket.cluster.enabled=false", "--socket.servers.early.port=0",
					"--socket.servers.prices.port=0", "--socket.servers.prices.start.auto=false")) {

			assertThat(application.getBean(Prices.class).seen).containsExactly("not loaded", "STOPPED");
			SocketServers servers = application.getBean(SocketServers.class);
			try (SocketTestClient client = SocketTestClient.connect(servers.server("prices").orElseThrow())) {
				assertThat(client.ask("tea")).isEqualTo("3");
			}
		}
	}

	@SocketHandler({ "early", "prices" })
	static class Prices {

		final List<String> seen = new CopyOnWriteArrayList<>();

		private volatile String price = "not loaded";

		void load() {
			this.price = "3";
		}

		@OnMessage
		String price(String article) {
			return this.price;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Prices.class)
	static class Application {

		@Bean
		ApplicationRunner prices(SocketServers servers, Prices prices) {
			return (arguments) -> {
				look(servers, prices);
				prices.load();
				servers.get("prices").start();
			};
		}

		private static void look(SocketServers servers, Prices prices) {
			try (SocketTestClient client = SocketTestClient.connect(servers.server("early").orElseThrow())) {
				prices.seen.add(client.ask("tea"));
			}
			ServerState state = servers.server("prices").orElseThrow().state();
			prices.seen.add(state.name());
		}

	}

}
