package dev.socketserver.examples.devices;

import java.util.Map;

import dev.socketserver.CloseReason;
import dev.socketserver.SocketServers;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Devices that say nothing, with times shorter than those in {@code docs/examples.md}.
 */
class QuietDevicesTests {

	@Nested
	@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
			properties = { "spring.config.name=devices", "devices.reply-timeout=100ms" })
	@AutoConfigureRestTestClient
	class WithoutAReply {

		@Test
		void nobodyWaitsForLong(@Autowired RestTestClient http, @SocketConnection("devices") SocketTestClient tracker) {
			tracker.send("LOGIN 4711 blue-7").expect("WELCOME");

			String command;
			do {
				http.post()
					.uri("/devices/4711/commands")
					.body(Map.of("command", "restart"))
					.exchange()
					.expectStatus()
					.isEqualTo(504);
				command = tracker.send("POS 52.52 13.405").receive();
			}
			// Its time was over before it could leave.
			while (command.equals("OK"));

			// What arrives too late is dropped.
			tracker.expect("OK").send(command.replace("CMD", "REPLY")).send("POS 52.52 13.405").expect("OK");
		}

	}

	@Nested
	@SpringBootTest(webEnvironment = WebEnvironment.NONE,
			properties = { "spring.config.name=devices", "socket.servers.devices.timeouts.idle=1s" })
	class WithoutAPosition {

		@Test
		void aSessionIsClosed(@Autowired SocketServers servers, @SocketConnection("devices") SocketTestClient tracker) {
			tracker.expectClosed();
			tracker.close();

			await().untilAsserted(() -> assertThat(servers.server("devices").orElseThrow().statistics().closed())
				.containsKey(CloseReason.IDLE_TIMEOUT));
		}

	}

}
