package dev.socketserver.examples.devices;

import java.util.Map;

import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Orders for a device that is away.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "spring.config.name=devices")
@AutoConfigureRestTestClient
class DeviceOrdersTests {

	private static final String ORDER = "/devices/4711/orders/o-17";

	@Autowired
	private RestTestClient http;

	@SocketConnection("devices")
	private SocketTestClient tracker;

	@Test
	void anOrderWaitsForItsDevice() {
		this.http.put()
			.uri(ORDER)
			.body(Map.of("command", "interval 60"))
			.exchange()
			.expectBody()
			.jsonPath("$.state")
			.isEqualTo("WAITING");

		this.tracker.send("LOGIN 4711 blue-7").expect("WELCOME").expect("CMD o-17 interval 60");
		this.tracker.send("REPLY o-17 done");

		await().untilAsserted(() -> assertThat(state()).contains("\"state\":\"DELIVERED\""));
	}

	private String state() {
		return this.http.get().uri(ORDER).exchange().expectBody(String.class).returnResult().getResponseBody();
	}

}
