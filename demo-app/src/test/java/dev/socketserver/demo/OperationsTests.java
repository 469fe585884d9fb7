package dev.socketserver.demo;

import java.util.Map;

import dev.socketserver.test.LocalSocketPort;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.servlet.client.EntityExchangeResult;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What an operator does over HTTP, as a peer sees it.
 */
@DemoTest
class OperationsTests {

	@Autowired
	private RestTestClient http;

	@Test
	void listsTheServers(@LocalSocketPort("upper") int port) {
		JsonNode servers = get("/actuator/socketservers").get("servers");

		assertThat(servers).extracting((server) -> server.get("name").asString())
			.containsExactly("upper", "talk", "chat", "frames", "console");
		assertThat(servers).extracting((server) -> server.get("framing").asString())
			.containsExactly("line", "raw", "line", "length-field", "raw");
		assertThat(servers).extracting((server) -> server.get("state").asString()).containsOnly("RUNNING");
		assertThat(servers.get(0).get("address").asString()).isEqualTo("127.0.0.1:" + port);
	}

	@Test
	void stopsAServerAndStartsItAgain(@SocketConnection("frames") SocketTestClient client,
			@LocalSocketPort("frames") int port) {
		assertThat(client.ask("before")).isEqualTo("before");
		assertThat(post("frames", "stop")).isEqualTo(HttpStatus.OK);
		try {
			client.expectClosed();
			await().untilAsserted(() -> SocketTestClient.expectRefused(port));
			await().untilAsserted(() -> assertThat(server("frames").get("state").asString()).isEqualTo("STOPPED"));
			assertThat(post("frames", "stop")).isEqualTo(HttpStatus.CONFLICT);
			assertThat(componentHealth("frames")).isEqualTo("UNKNOWN");
		}
		finally {
			assertThat(post("frames", "start")).isEqualTo(HttpStatus.OK);
		}

		JsonNode started = server("frames");
		assertThat(started.get("state").asString()).isEqualTo("RUNNING");
		SocketTestClient.connect(started.get("port").asInt()).close();
	}

	@Test
	void stopsAServerByDeletingIt(@LocalSocketPort("frames") int port) {
		assertThat(delete("/actuator/socketservers/frames")).isEqualTo(HttpStatus.NO_CONTENT);
		try {
			await().untilAsserted(() -> SocketTestClient.expectRefused(port));
			await().untilAsserted(() -> assertThat(server("frames").get("state").asString()).isEqualTo("STOPPED"));
			assertThat(delete("/actuator/socketservers/frames")).isEqualTo(HttpStatus.CONFLICT);
		}
		finally {
			assertThat(post("frames", "start")).isEqualTo(HttpStatus.OK);
		}
	}

	@Test
	void closesASessionAndItsClientSeesIt(@SocketConnection("upper") SocketTestClient client) {
		client.send("hello").expect("HELLO");
		JsonNode session = sessionOf(client);
		assertThat(session.get("server").asString()).isEqualTo("upper");
		String path = "/actuator/socketsessions/" + session.get("id").asString();
		assertThat(get(path).get("messages").get("received").asInt()).isEqualTo(1);

		assertThat(delete(path)).isEqualTo(HttpStatus.NO_CONTENT);

		client.expectClosed();
		await().untilAsserted(() -> assertThat(delete(path)).isEqualTo(HttpStatus.NOT_FOUND));
		await().untilAsserted(
				() -> assertThat(server("upper").at("/sessions/closed/OPERATOR_CLOSED").asInt(0)).isPositive());
	}

	@Test
	void saysNoToWhatDoesNotExist() {
		assertThat(post("uper", "stop")).isEqualTo(HttpStatus.NOT_FOUND);
		assertThat(post("upper", "explode")).isEqualTo(HttpStatus.BAD_REQUEST);
		assertThat(delete("/actuator/socketsessions/upper-0")).isEqualTo(HttpStatus.NOT_FOUND);
	}

	@Test
	void reportsTheHealthOfEachServer() {
		JsonNode health = get("/actuator/health").at("/components/socketServers");

		assertThat(health.get("status").asString()).isEqualTo("UP");
		assertThat(health.get("components").propertyNames()).containsExactlyInAnyOrder("upper", "talk", "chat",
				"frames", "console");
		assertThat(componentHealth("chat")).isEqualTo("UP");
	}

	@Test
	void countsSessionsBytesAndMessages(@SocketConnection("talk") SocketTestClient talk,
			@SocketConnection("upper") SocketTestClient client) {
		double bytes = metric("socket.server.received", "upper");
		double messages = metric("socket.server.messages.received", "upper");

		client.sendRaw("one\ntwo\n").expect("ONE").expect("TWO");

		await().untilAsserted(() -> {
			assertThat(metric("socket.server.received", "upper")).isEqualTo(bytes + 8);
			assertThat(metric("socket.server.messages.received", "upper")).isEqualTo(messages + 2);
			assertThat(metric("socket.server.sessions.active", "upper")).isPositive();
			assertThat(metric("socket.server.sessions.active", "talk")).isPositive();
		});
	}

	private JsonNode server(String name) {
		return get("/actuator/socketservers/" + name);
	}

	private JsonNode sessionOf(SocketTestClient client) {
		String peer = "127.0.0.1:" + client.localAddress().getPort();
		for (JsonNode session : get("/actuator/socketsessions?size=500").get("sessions")) {
			if (session.get("remoteAddress").asString().equals(peer)) {
				return session;
			}
		}
		throw new AssertionError("No session of " + peer);
	}

	private String componentHealth(String server) {
		return get("/actuator/health").at("/components/socketServers/components/" + server + "/status").asString();
	}

	private double metric(String name, String server) {
		return get("/actuator/metrics/" + name + "?tag=server:" + server).at("/measurements/0/value").asDouble();
	}

	private JsonNode get(String uri) {
		EntityExchangeResult<JsonNode> result = this.http.get()
			.uri(uri)
			.exchange()
			.expectBody(JsonNode.class)
			.returnResult();
		assertThat(result.getStatus()).isEqualTo(HttpStatus.OK);
		return result.getResponseBody();
	}

	private HttpStatus post(String server, String action) {
		return HttpStatus.valueOf(this.http.post()
			.uri("/actuator/socketservers/" + server)
			.body(Map.of("action", action))
			.exchange()
			.returnResult()
			.getStatus()
			.value());
	}

	private HttpStatus delete(String uri) {
		return HttpStatus.valueOf(this.http.delete().uri(uri).exchange().returnResult().getStatus().value());
	}

}
