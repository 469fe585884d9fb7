package dev.socketserver.exchange;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.concurrent.TimeoutException;

import dev.socketserver.SessionClosedException;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.network.HttpPeer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

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
	@CsvSource({ "SERVLET, wait", "SERVLET, mono", "REACTIVE, mono" })
	void failuresOfRequestsHaveStatusesAndOneLineOfLog(WebApplicationType type, String form, CapturedOutput output)
			throws Exception {
		int port = Ports.free();
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Web.class).web(type)
			.run("--server.port=0", "--socket.servers.plant.port=" + port, "--socket.servers.plant.framing=line",
					"--socket.clients.plant.port=" + port, "--socket.clients.plant.framing=line",
					"--socket.clients.away.port=" + Ports.free(), "--socket.clients.away.framing=line",
					"--socket.cluster.enabled=false")) {
			String base = "/" + form;
			assertThat(HttpPeer.get(context, base + "/plant/7").body()).isEqualTo("READ 7");
			HttpResponse<String> silent = HttpPeer.get(context, base + "/plant/silent");
			int again = 0;
			// Its time was over before it could leave.
			for (; silent.statusCode() == 503; again++) {
				silent = HttpPeer.get(context, base + "/plant/silent");
			}
			assertThat(silent.statusCode()).isEqualTo(504);
			assertThat(silent.body()).contains("\"status\":504").contains("plant");
			assertThat(HttpPeer.get(context, base + "/away").statusCode()).isEqualTo(503);
			assertThat(HttpPeer.get(context, base + "/device/absent").statusCode()).isEqualTo(404);
			assertThat(output.getAll().lines().filter((line) -> line.contains("A peer could not be asked")))
				.hasSize(3 + again);
			assertThat(output).doesNotContain("\tat ");
			if (type == WebApplicationType.REACTIVE) {
				assertThat(HttpPeer.get(context, "/wait/plant/7").statusCode()).isEqualTo(500);
				assertThat(output).contains("Plant.read waits, and was called on the thread");
			}
		}
	}

	@ParameterizedTest
	@ExtendWith(OutputCaptureExtension.class)
	@EnumSource(value = WebApplicationType.class, names = { "SERVLET", "REACTIVE" })
	void failuresOfOthersAreLeftAlone(WebApplicationType type, CapturedOutput output) throws Exception {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Others.class).web(type)
			.run("--server.port=0", "--socket.cluster.enabled=false")) {
			assertThat(HttpPeer.get(context, "/late").statusCode()).isEqualTo(500);
			assertThat(HttpPeer.get(context, "/broken").statusCode()).isEqualTo(500);
			assertThat(output).doesNotContain("A peer could not be asked");
			assertThat(HttpPeer.get(context, "/within").statusCode()).isEqualTo(503);
			assertThat(output).containsOnlyOnce("A peer could not be asked")
				.contains("status 503: Session s1 is closed");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@ImportSocketExchanges({ Plant.class, Away.class })
	@Import({ Controller.class, Handler.class, SocketExceptionHandler.class })
	static class Web {

	}

	@SocketExchange("plant")
	interface Plant {

		@Ask(value = "READ {sensor}", timeout = "1h")
		String read(String sensor);

		@Ask(value = "READ {sensor}", timeout = "1h")
		Mono<String> later(String sensor);

		@Ask(value = "READ silent", timeout = "500ms")
		String silent();

		@Ask(value = "READ silent", timeout = "500ms")
		Mono<String> silentLater();

	}

	@SocketExchange("away")
	interface Away {

		@Ask(value = "READ", timeout = "50ms")
		String read();

		@Ask(value = "READ", timeout = "50ms")
		Mono<String> later();

	}

	@SocketExchange
	interface Device {

		@Ask("STATUS")
		String status();

		@Ask("STATUS")
		Mono<String> later();

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

		@GetMapping("/wait/plant/{sensor}")
		String read(@PathVariable("sensor") String sensor) {
			return sensor.equals("silent") ? this.plant.silent() : this.plant.read(sensor);
		}

		@GetMapping("/wait/away")
		String away() {
			return this.away.read();
		}

		@GetMapping("/wait/device/{id}")
		String status(@PathVariable("id") String id) {
			return this.exchanges.identity("device", id, Device.class).status();
		}

		@GetMapping("/mono/plant/{sensor}")
		Mono<String> readLater(@PathVariable("sensor") String sensor) {
			return sensor.equals("silent") ? this.plant.silentLater() : this.plant.later(sensor);
		}

		@GetMapping("/mono/away")
		Mono<String> awayLater() {
			return this.away.later();
		}

		@GetMapping("/mono/device/{id}")
		Mono<String> statusLater(@PathVariable("id") String id) {
			return this.exchanges.identity("device", id, Device.class).later();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Failing.class, SocketExceptionHandler.class })
	static class Others {

	}

	@RestController
	static class Failing {

		@GetMapping("/late")
		String late() throws TimeoutException {
			throw new TimeoutException("A database has not answered");
		}

		@GetMapping("/broken")
		String broken() {
			throw new IllegalStateException(new IOException("A file cannot be read"));
		}

		@GetMapping("/within")
		String within() throws IOException {
			throw new IOException("A report has failed", new SessionClosedException("s1", null, null));
		}

	}

}
