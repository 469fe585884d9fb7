package dev.socketserver.exchange;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.fixtures.Ports;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/** A controller that talks to a device, over HTTP. */
class SocketExceptionHandlerTests {

	@ParameterizedTest
	@ExtendWith(OutputCaptureExtension.class)
	@EnumSource(value = WebApplicationType.class, names = { "SERVLET", "REACTIVE" })
	void failuresOfRequestsHaveStatusesAndOneLineOfLog(WebApplicationType type, CapturedOutput output)
			throws Exception {
		int port = Ports.free();
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Web.class).web(type)
			.run("--server.port=0", "--socket.servers.plant.port=" + port, "--socket.servers.plant.framing=line",
					"--socket.clients.plant.port=" + port, "--socket.clients.plant.framing=line",
					"--socket.clients.away.port=" + Ports.free(), "--socket.clients.away.framing=line",
					"--socket.cluster.enabled=false")) {
			String base = "http://localhost:" + context.getEnvironment().getRequiredProperty("local.server.port");
			assertThat(get(base + "/plant/7").body()).isEqualTo("READ 7");
			HttpResponse<String> silent = get(base + "/plant/silent");
			assertThat(silent.statusCode()).isEqualTo(504);
			assertThat(silent.body()).contains("\"status\":504").contains("plant");
			assertThat(get(base + "/away").statusCode()).isEqualTo(503);
			assertThat(get(base + "/device/absent").statusCode()).isEqualTo(404);
			assertThat(output.getAll().lines().filter((line) -> line.contains("A peer could not be asked"))).hasSize(3);
			assertThat(output).doesNotContain("\tat ");
		}
	}

	private static HttpResponse<String> get(String uri) throws Exception {
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create(uri)).build(), HttpResponse.BodyHandlers.ofString());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@ImportSocketExchanges({ Plant.class, Away.class })
	@Import({ Controller.class, Handler.class, SocketExceptionHandler.class })
	static class Web {

	}

	@SocketExchange("plant")
	interface Plant {

		@Ask(value = "READ {sensor}", timeout = "500ms")
		String read(String sensor);

	}

	@SocketExchange("away")
	interface Away {

		@Ask(value = "READ", timeout = "50ms")
		String read();

	}

	@SocketExchange
	interface Device {

		@Ask("STATUS")
		String status();

	}

	@SocketHandler("plant")
	static class Handler {

		@OnMessage
		@Nullable String received(String message, SocketSession session) {
			return message.endsWith("silent") ? null : message;
		}

	}

	@RestController
	static class Controller {

		private final Plant plant;

		private final Away away;

		private final SocketExchanges exchanges;

		Controller(Plant plant, Away away, SocketExchanges exchanges) {
			this.plant = plant;
			this.away = away;
			this.exchanges = exchanges;
		}

		@GetMapping("/plant/{sensor}")
		String read(@PathVariable("sensor") String sensor) {
			return this.plant.read(sensor);
		}

		@GetMapping("/away")
		String away() {
			return this.away.read();
		}

		@GetMapping("/device/{id}")
		String status(@PathVariable("id") String id) {
			return this.exchanges.identity("device", id, Device.class).status();
		}

	}

}
