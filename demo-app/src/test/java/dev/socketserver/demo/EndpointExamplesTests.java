package dev.socketserver.demo;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Runs the requests that the documentation of the endpoints shows, one after the other.
 */
@DemoTest
class EndpointExamplesTests {

	private static final String PAGE = "docs/endpoints.md";

	private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

	@Autowired
	private RestTestClient http;

	@Autowired
	private SocketServers servers;

	@Autowired
	private SocketClients clients;

	@LocalServerPort
	private int port;

	@BeforeEach
	void startClient() {
		meter().start();
	}

	private SocketClient meter() {
		return this.clients.client("meter").orElseThrow();
	}

	@AfterEach
	void startServersAndStopTheClient() {
		meter().stop().join();
		for (String name : List.of("frames", "upper")) {
			SocketServer server = this.servers.server(name).orElseThrow();
			await().until(() -> server.stopped().isDone() || server.localAddress() != null);
			server.start();
		}
	}

	@Test
	void requestsAreAnsweredAsTheyAreSaidToBe(@SocketConnection("chat") SocketTestClient client) {
		joined(client);
		List<Request> requests = requests(sessionOf(client).id());
		assertThat(requests).hasSizeGreaterThan(20);

		for (Request request : requests) {
			assertThat(status(request)).as(request.toString()).isEqualTo(request.status());
		}

		String line = client.receive();
		while (line.endsWith(" left")) {
			// Those of other tests, whose connections have ended.
			line = client.receive();
		}
		assertThat(line).isEqualTo("We close at six.");
		client.expectClosed();
	}

	@Test
	void theHandlerOfTheDemoReportsDetails(@SocketConnection("chat") SocketTestClient client) {
		joined(client);
		String id = sessionOf(client).id();

		JsonNode session = this.http.get()
			.uri("/actuator/socketsessions/" + id)
			.exchange()
			.expectBody(JsonNode.class)
			.returnResult()
			.getResponseBody();

		assertThat(session.get("details").propertyNames()).containsExactlyInAnyOrder("name", "audience");
		// Shown, since the configuration of the demo says so.
		assertThat(session.at("/details/name").asString()).isEqualTo(id);
	}

	@Test
	void actionsOfTheTablesAreThoseThatExist(@SocketConnection("chat") SocketTestClient client) {
		String session = sessionOf(client).id();
		assertThat(actions("## Servers", "## Sessions")).hasSize(6)
			.allMatch(error("/actuator/socketservers/upper")::contains);
		assertThat(actions("## Sessions", "### Sessions that have ended")).hasSize(5)
			// Off in the demo, and so not offered.
			.filteredOn((action) -> !action.equals("eval"))
			.allMatch(error("/actuator/socketsessions/" + session)::contains);
		assertThat(actions("## Clients", "## Who sees values")).hasSize(5)
			.allMatch(error("/actuator/socketclients/meter")::contains);
	}

	private static List<String> actions(String from, String to) {
		List<String> lines = Documentation.lines(PAGE);
		List<String> part = lines.subList(lines.indexOf(from), lines.indexOf(to));
		return part.stream()
			.dropWhile((line) -> !line.startsWith("| action | what it does | "))
			.filter((line) -> line.matches("\\| `[a-z]+` \\|.*"))
			.map((line) -> line.substring(3, line.indexOf('`', 3)))
			.toList();
	}

	private String error(String path) {
		return this.http.post()
			.uri(path)
			.body(Map.of("action", "none"))
			.exchange()
			.expectBody(JsonNode.class)
			.returnResult()
			.getResponseBody()
			.get("error")
			.asString();
	}

	/** Waits until it has joined, and reads over those of other tests, who leave. */
	private void joined(SocketTestClient client) {
		String line = client.receive();
		while (line.endsWith(" left")) {
			line = client.receive();
		}
		assertThat(line).isEqualTo(sessionOf(client).id() + " joined");
	}

	private SocketSession sessionOf(SocketTestClient client) {
		int peer = client.localAddress().getPort();
		SocketServer chat = this.servers.server("chat").orElseThrow();
		return await()
			.until(() -> chat.sessions().filter((session) -> session.remoteAddress().getPort() == peer).findFirst(),
					Optional::isPresent)
			.orElseThrow();
	}

	private int status(Request request) {
		URI uri = URI.create(request.uri().replace("http://localhost:8080/", "http://localhost:" + this.port + "/"));
		RestTestClient.RequestBodySpec spec = this.http.method(request.method()).uri(uri);
		if (request.body() != null) {
			spec.contentType(MediaType.APPLICATION_JSON).body(request.body());
		}
		return spec.exchange().returnResult().getStatus().value();
	}

	/** Reads the lines of the examples. */
	private static List<Request> requests(String session) {
		List<Request> requests = new ArrayList<>();
		for (String line : Documentation.lines(PAGE)) {
			if (line.startsWith("curl ")) {
				String[] parts = line.split("\\s+# ");
				requests.add(request(parts[0].replace("chat-1", session), Integer.parseInt(parts[1])));
			}
		}
		return requests;
	}

	private static Request request(String command, int status) {
		List<String> words = new ArrayList<>();
		Matcher matcher = WORD.matcher(command);
		while (matcher.find()) {
			words.add((matcher.group(1) != null) ? matcher.group(1) : matcher.group(2));
		}
		String body = after(words, "-d");
		String method = after(words, "-X");
		if (body != null) {
			assertThat(after(words, "-H")).isEqualTo("Content-Type: application/json");
		}
		if (method == null) {
			method = (body != null) ? "POST" : "GET";
		}
		return new Request(HttpMethod.valueOf(method), words.get(words.size() - 1), body, status);
	}

	private static String after(List<String> words, String option) {
		int place = words.indexOf(option);
		return (place >= 0) ? words.get(place + 1) : null;
	}

	record Request(HttpMethod method, String uri, String body, int status) {

	}

}
