package dev.socketserver.guides;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.framing.FramingSamples;
import dev.socketserver.guides.Orders.Order;
import dev.socketserver.guides.Orders.Receipt;
import dev.socketserver.test.FramingTester;
import dev.socketserver.test.LocalSocketPort;
import dev.socketserver.test.MockSocketSession;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.micrometer.metrics.test.autoconfigure.AutoConfigureMetrics;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/** What the pages in {@code docs/guides} promise. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "spring.config.name=guides", "meters.every=400ms" })
@AutoConfigureMetrics
class GuidesTests {

	private final HttpClient http = HttpClient.newHttpClient();

	@LocalServerPort
	private int webPort;

	@Test
	void upper(@SocketConnection("upper") SocketTestClient client) {
		assertThat(client.ask("hello")).isEqualTo("HELLO");
	}

	@Test
	void theProbeWorksWithNothingButAJdk(@LocalSocketPort("upper") int port) throws Exception {
		Path java = Path.of(System.getProperty("java.home"), "bin", "java");
		Process probe = new ProcessBuilder(java.toString(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
				"../docs/Probe.java", String.valueOf(port), "Hello, World!", "again")
			.redirectErrorStream(true)
			.start();

		assertThat(new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
			.isEqualTo("HELLO, WORLD!\nAGAIN\n");
	}

	@Test
	void json(@SocketConnection("orders") SocketTestClient client) {
		assertThat(client.ask("{\"item\": \"tea\", \"amount\": 2}")).isEqualTo("{\"item\":\"tea\",\"price\":10}");
		assertThat(client.ask("tea, please")).isEqualTo("{\"error\":\"not an order\"}");
		assertThat(client.json().ask(new Order("tea", 2), Receipt.class)).isEqualTo(new Receipt("tea", 10));
	}

	@Test
	void aHandlerWithoutAServer() {
		MockSocketSession session = new MockSocketSession("devices");

		assertThat(new Devices().handle("login 4711", session)).isEqualTo("welcome 4711");
		assertThat(session.info().bound()).containsEntry("device", List.of("4711"));
	}

	@Test
	void push(@SocketConnection("devices") SocketTestClient device) throws Exception {
		assertThat(device.ask("login 4711")).isEqualTo("welcome 4711");

		assertThat(post("/devices/4711/push", "restart").statusCode()).isEqualTo(200);
		device.expect("restart");
		assertThat(post("/devices/4712/push", "restart").statusCode()).isEqualTo(404);
	}

	@Test
	void ask(@SocketConnection("devices") SocketTestClient device) {
		assertThat(device.ask("login 4713")).isEqualTo("welcome 4713");

		CompletableFuture<HttpResponse<String>> reply = this.http.sendAsync(
				request("/devices/4713/ask").POST(BodyPublishers.ofString("position")).build(),
				BodyHandlers.ofString());
		device.expect("position").send("47.1 8.5");

		assertThat(reply.join().body()).isEqualTo("47.1 8.5");
	}

	@Test
	void controller(@SocketConnection("devices") SocketTestClient device) throws Exception {
		assertThat(device.ask("login 4716")).isEqualTo("welcome 4716");

		CompletableFuture<HttpResponse<String>> reply = this.http.sendAsync(request("/stations/4716/sensors/3").build(),
				BodyHandlers.ofString());
		device.expect("READ 3").send("{\"celsius\": 21.5}");
		assertThat(reply.join().body()).isEqualTo("{\"celsius\":21.5}");

		assertThat(send(request("/stations/4716/sensors/3").header("Content-Type", "text/plain")
			.PUT(BodyPublishers.ofString("19.5"))
			.build()).statusCode()).isEqualTo(200);
		device.expect("SET 3 19.5");
		assertThat(send(request("/stations/4717/sensors/3").build()).statusCode()).isEqualTo(404);
	}

	@Test
	void kick(@SocketConnection("devices") SocketTestClient device) throws Exception {
		assertThat(device.ask("login 4714")).isEqualTo("welcome 4714");

		send(request("/devices/4714").DELETE().build());

		device.expectClosed();
	}

	@Test
	void kickOverTheActuator(@SocketConnection("devices") SocketTestClient device) throws Exception {
		assertThat(device.ask("login 4715")).isEqualTo("welcome 4715");
		String sessions = send(request("/actuator/socketsessions?bound=device:4715").build()).body();
		String id = sessions.replaceFirst(".*\"id\":\"([^\"]*)\".*", "$1");

		assertThat(send(request("/actuator/socketsessions/" + id).DELETE().build()).statusCode()).isEqualTo(204);

		device.expectClosed();
	}

	@Test
	void broadcast(@SocketConnection("rooms") SocketTestClient one, @SocketConnection("rooms") SocketTestClient other) {
		assertThat(one.ask("join kitchen")).isEqualTo("you are in kitchen");
		assertThat(other.ask("join kitchen")).isEqualTo("you are in kitchen");

		one.send("tell kitchen tea is ready");

		other.expect("tea is ready");
		assertThat(List.of(one.receive(), one.receive())).containsExactlyInAnyOrder("tea is ready", "told 2");
	}

	@Test
	void polling(@SocketConnection("meters") SocketTestClient meter, @Autowired MeterPolling polling) {
		meter.send("meter 17").expectAsk("value").answer("{\"watts\": 230}");

		await().until(() -> new MeterPolling.Reading(230).equals(polling.reading("17")));
		meter.expectAsk("value").answer("no reading").expectClosed();
	}

	@Test
	void telegrams(@SocketConnection("telegrams") SocketTestClient client) {
		assertThat(client.ask("hello")).isEqualTo("HELLO");
		client.sendRaw(new byte[] { '#', 1, 'a', 'b' }).expectClosed();
	}

	@Test
	void theFramingReadsWhatADeviceSends() {
		byte[] telegram = { '#', 2, 'O', 'K', (byte) ('O' + 'K') };

		FramingSamples.check(new TelegramFraming(), telegram, 255);
	}

	@Test
	void theFramingReadsTelegramsHoweverTheyAreCut() {
		FramingTester.of(new TelegramFraming()).maxFrameBytes(255).carries("one", "", "three");
	}

	@Test
	void theFramingRefusesAWrongSum() {
		byte[] telegram = { '#', 2, 'O', 'K', 0 };

		assertThatIllegalArgumentException()
			.isThrownBy(() -> FramingSamples.check(new TelegramFraming(), telegram, 255))
			.withMessageContaining("sum");
	}

	@Test
	void percentiles(@SocketConnection("upper") SocketTestClient client) throws Exception {
		client.ask("hello");

		assertThat(send(request("/actuator/prometheus").build()).body()).contains("socket_server_handler_seconds{",
				"quantile=\"0.99\"");
	}

	private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
		return send(request(path).POST(BodyPublishers.ofString(body)).build());
	}

	private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
		return this.http.send(request, BodyHandlers.ofString());
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://localhost:" + this.webPort + path));
	}

}
