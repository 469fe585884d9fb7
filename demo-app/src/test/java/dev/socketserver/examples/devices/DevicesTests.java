package dev.socketserver.examples.devices;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "spring.config.name=devices")
@AutoConfigureRestTestClient
class DevicesTests {

	@Autowired
	private RestTestClient http;

	@SocketConnection("devices")
	private SocketTestClient tracker;

	@Test
	void aCommandIsAnsweredWithTheReplyOfTheDevice() {
		this.tracker.send("LOGIN 4711 blue-7").expect("WELCOME");

		CompletableFuture<String> response = CompletableFuture.supplyAsync(() -> command("interval 60"));
		String command = this.tracker.receive();
		assertThat(command).matches("CMD \\d+ interval 60");
		this.tracker.send("REPLY " + command.split(" ")[1] + " done");

		assertThat(response.join()).isEqualTo("{\"reply\":\"done\"}");
	}

	@Test
	void aDeviceThatComesBackReplacesItsOldSession(@SocketConnection("devices") SocketTestClient again) {
		this.tracker.send("LOGIN 4711 blue-7").expect("WELCOME");
		again.send("LOGIN 4711 blue-7").expect("WELCOME");
		this.tracker.expectClosed();

		CompletableFuture<String> response = CompletableFuture.supplyAsync(() -> command("restart"));
		String command = again.receive();
		again.send("REPLY " + command.split(" ")[1] + " bye");

		assertThat(response.join()).isEqualTo("{\"reply\":\"bye\"}");
	}

	private String command(String command) {
		return this.http.post()
			.uri("/devices/4711/commands")
			.body(Map.of("command", command))
			.exchange()
			.expectBody(String.class)
			.returnResult()
			.getResponseBody();
	}

}
