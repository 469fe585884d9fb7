package dev.socketserver.autoconfigure.actuate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.socketserver.SocketServer;
import dev.socketserver.actuate.RunningClients;
import dev.socketserver.actuate.RunningServers;
import dev.socketserver.client.SocketClient;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.connect.NettySocketClients;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the endpoint, health and metrics of clients over HTTP with Spring MVC.
 */
@EndpointsWebTest
class ClientEndpointsWebTests {

	private static final String INSTANT = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z";

	private static final JsonMapper JSON = new JsonMapper();

	@Autowired
	private EndpointCalls endpoints;

	@Autowired
	private NettySocketServers servers;

	@Autowired
	private NettySocketClients clients;

	@Test
	void showsAClientWithEveryField() throws Exception {
		SocketServer server = start("upper");
		int port = server.localAddress().getPort();
		SocketClient client = RunningClients.connected(this.clients, RunningClients.spec("meter", port).build());
		assertThat(client.ask("hello", Patience.limit()).get()).isEqualTo("HELLO");
		await().until(() -> client.statistics().delivered() == 1);

		String body = this.endpoints.body("/actuator/socketclients/meter");

		String local = "127.0.0.1:" + client.session().orElseThrow().localAddress().getPort();
		assertThat(body.replaceFirst(INSTANT, "WHEN")).isEqualTo("{\"name\":\"meter\",\"state\":\"CONNECTED\","
				+ "\"host\":\"127.0.0.1\",\"port\":" + port + ",\"protocol\":\"tcp\",\"remoteAddress\":\"127.0.0.1:"
				+ port + "\",\"localAddress\":\"" + local + "\",\"handler\":\""
				+ client.spec().session().handler().name() + "\",\"framing\":\"line\",\"transport\":\""
				+ client.transport().name().toLowerCase(Locale.ROOT) + "\",\"ssl\":null,\"connectedAt\":\"WHEN\","
				+ "\"suspended\":false,\"attempts\":{\"total\":1,\"connected\":1,\"failed\":{},\"cancelled\":0},"
				+ "\"closed\":{},\"bytes\":{\"received\":6,\"sent\":6},\"messages\":{\"received\":1,\"sent\":1},"
				+ "\"pending\":{\"messages\":0,\"bytes\":0,\"replies\":0},"
				+ "\"outbound\":{\"accepted\":1,\"delivered\":1,\"repeated\":0,\"undelivered\":0,\"dropped\":0,"
				+ "\"refused\":0},\"repliesDropped\":0,\"failure\":null,\"lastClosed\":null,"
				+ "\"addresses\":[{\"address\":\"127.0.0.1:" + port + "\",\"available\":true,\"connections\":1,"
				+ "\"failures\":0,\"failure\":null,\"nextAttempt\":null}],\"pool\":{\"size\":1,\"ready\":1}}");
		assertThat(paths(JSON.readTree(body))).isEqualTo(paths(example()));
	}

	/** The example in the documentation. */
	private JsonNode example() throws IOException {
		String page = Files.readString(Path.of("..", "docs", "endpoints.md"));
		String after = page.substring(page.indexOf("```json\n{\n  \"name\": \"meter\"") + "```json\n".length());
		return JSON.readTree(after.substring(0, after.indexOf("```")));
	}

	/** Names and types of all fields, in their order, without reasons. */
	private static List<String> paths(JsonNode object) {
		List<String> paths = new ArrayList<>();
		object.propertyStream().forEach((field) -> {
			JsonNode value = field.getValue();
			if (field.getKey().equals("lastClosed")) {
				// There may be none.
				paths.add(field.getKey());
				return;
			}
			paths.add(field.getKey() + " " + value.getNodeType());
			if (value.isObject() && !field.getKey().equals("closed") && !field.getKey().equals("failed")) {
				paths(value).forEach((path) -> paths.add(field.getKey() + "." + path));
			}
		});
		return paths;
	}

	@Test
	void showsAClientThatWasNeverStartedWithEveryField() throws Exception {
		this.clients.register(RunningClients.spec("meter", 7).build());

		assertThat(this.endpoints.body("/actuator/socketclients/meter"))
			.startsWith("{\"name\":\"meter\",\"state\":\"STOPPED\",")
			.contains("\"remoteAddress\":null,\"localAddress\":null,",
					"\"transport\":null,\"ssl\":null,\"connectedAt\":null,")
			.endsWith("\"repliesDropped\":0,\"failure\":null,\"lastClosed\":null,"
					+ "\"addresses\":[{\"address\":\"127.0.0.1:7\",\"available\":true,\"connections\":0,"
					+ "\"failures\":0,\"failure\":null,\"nextAttempt\":null}],\"pool\":{\"size\":1,\"ready\":0}}");
	}

	@Test
	void healthHasAComponentForEachClient() throws Exception {
		SocketServer server = start("upper");
		this.clients.register(RunningClients.spec("idle", 7).build());
		SocketClient client = RunningClients.connected(this.clients,
				RunningClients.spec("meter", server.localAddress().getPort()).build());
		assertThat(this.endpoints.get("/actuator/health/socketClients", 200).at("/components/meter/status").asString())
			.isEqualTo("UP");

		server.stop();
		await().until(() -> client.failure() != null);
		// Listeners are notified by a thread that does not connect.
		await().until(() -> this.endpoints.get("/actuator/health/socketClients", 503)
			.at("/components/meter/details")
			.has("disconnectedAt"));

		JsonNode health = this.endpoints.get("/actuator/health/socketClients", 503);
		assertThat(health.get("status").asString()).isEqualTo("DOWN");
		assertThat(health.at("/components/idle/status").asString()).isEqualTo("UNKNOWN");
		assertThat(health.at("/components/meter/details/disconnectedAt").asString()).matches(INSTANT);
		assertThat(health.at("/components/meter/details/failure").asString()).isNotBlank();
	}

	@Test
	void metricsOfClientsAreServed() throws Exception {
		this.clients.register(RunningClients.spec("meter", 7).build());

		JsonNode metric = this.endpoints.get("/actuator/metrics/socket.client.sessions.active?tag=client:meter", 200);

		assertThat(metric.at("/measurements/0/value").asInt()).isZero();
	}

	private SocketServer start(String name) {
		return RunningServers.started(this.servers, RunningServers.upperSpec(name).address("127.0.0.1").build());
	}

}
