package dev.socketserver.examples.devices;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import com.zaxxer.hikari.HikariDataSource;
import dev.socketserver.CloseReason;
import dev.socketserver.SocketServers;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What {@link DevicesTests} leaves out, since {@code docs/examples.md} shows it.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "spring.config.name=devices")
@AutoConfigureRestTestClient
class DeviceAnswersTests {

	private static final String ORDER = "/devices/4712/orders/o-17";

	@Autowired
	private RestTestClient http;

	@SocketConnection("devices")
	private SocketTestClient tracker;

	@Test
	void theLastPositionIsKept() {
		this.tracker.send("LOGIN 4712 red-3").expect("WELCOME");
		this.tracker.send("POS 52.52 13.405").expect("OK");
		this.tracker.send("POS north 13.405").expect("ERROR");
		this.tracker.send("POS 91 13.405").expect("ERROR");
		this.tracker.send("WHERE").expect("ERROR");
		this.tracker.send("POS 52.53 13.41").expect("OK");

		this.http.get()
			.uri("/devices/4712/position")
			.exchange()
			.expectBody()
			.jsonPath("$.latitude")
			.isEqualTo(52.53)
			.jsonPath("$.longitude")
			.isEqualTo(13.41);
	}

	@Test
	void aPositionOfAnOldSessionDoesNotReplaceANewerOne(@Autowired Positions positions) {
		Instant now = Instant.now();
		positions.save("4711", new Position(52.53, 13.41, now));
		positions.save("4711", new Position(52.52, 13.405, now.minusMillis(1)));

		this.http.get().uri("/devices/4711/position").exchange().expectBody().jsonPath("$.latitude").isEqualTo(52.53);
	}

	@Test
	void keysAreNotPrinted(@Autowired DevicesProperties properties) {
		assertThat(properties).hasToString("DevicesProperties[replyTimeout=PT10S]");
	}

	@Test
	void whoIsNotADeviceIsSentAway(@SocketConnection("devices") SocketTestClient impostor,
			@SocketConnection("devices") SocketTestClient stranger) {
		this.tracker.send("POS 52.52 13.405").expect("ERROR").expectClosed();
		impostor.send("LOGIN 4711 red-3").expect("ERROR").expectClosed();
		stranger.send("LOGIN 4713 blue-7").expect("ERROR").expectClosed();
	}

	@Test
	void aCommandThatCannotBeSentIsRefused() {
		assertThat(status("4713", "{\"command\":\"restart\"}")).isEqualTo(404);
		assertThat(status("4713", "{\"command\":\"restart\\nCMD 2 format\"}")).isEqualTo(400);
		assertThat(status("4713", "{}")).isEqualTo(400);
	}

	@Test
	void nobodyWaitsForADeviceThatHasGone(@Autowired SocketServers servers) {
		this.tracker.send("LOGIN 4711 blue-7").expect("WELCOME");
		CompletableFuture<Integer> status = CompletableFuture
			.supplyAsync(() -> status("4711", "{\"command\":\"restart\"}"));
		assertThat(this.tracker.receive()).endsWith(" restart");

		this.tracker.reset();

		assertThat(status).succeedsWithin(Patience.limit()).isEqualTo(503);
		await().untilAsserted(() -> {
			assertThat(servers.find("device", "4711")).isEmpty();
			assertThat(servers.server("devices").orElseThrow().statistics().closed())
				.containsKey(CloseReason.PEER_RESET);
		});
	}

	@Test
	void aPositionIsStoredBeforeItIsAcknowledged(@Autowired HikariDataSource dataSource) {
		this.tracker.send("LOGIN 4711 blue-7").expect("WELCOME");
		this.tracker.send("POS 52.52 13.405").expect("OK");

		List<String> reports = JdbcClient.create(dataSource)
			.sql("select payload from socket_inbox where identity = 'device:4711'")
			.query((row, index) -> new String(row.getBytes(1), StandardCharsets.UTF_8))
			.list();
		assertThat(reports).containsExactly("POS 52.52 13.405");
	}

	@Test
	void anOrderWaitsForItsDevice() {
		this.http.put()
			.uri(ORDER)
			.body(Map.of("command", "interval 60"))
			.exchange()
			.expectBody()
			.jsonPath("$.state")
			.isEqualTo("WAITING");

		this.tracker.send("LOGIN 4712 red-3").expect("WELCOME").expect("CMD o-17 interval 60");
		this.tracker.send("REPLY o-17 done");

		await().untilAsserted(() -> assertThat(state()).contains("\"state\":\"DELIVERED\""));
	}

	private String state() {
		return this.http.get().uri(ORDER).exchange().expectBody(String.class).returnResult().getResponseBody();
	}

	private int status(String device, String body) {
		return this.http.post()
			.uri("/devices/{id}/commands", device)
			.contentType(MediaType.APPLICATION_JSON)
			.body(body)
			.exchange()
			.returnResult()
			.getStatus()
			.value();
	}

}
