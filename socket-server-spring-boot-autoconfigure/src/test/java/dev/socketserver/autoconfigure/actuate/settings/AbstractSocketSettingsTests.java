package dev.socketserver.autoconfigure.actuate.settings;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.UpperHandler;
import dev.socketserver.autoconfigure.actuate.ActuatorClient;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Settings over HTTP on a real port.
 */
abstract class AbstractSocketSettingsTests {

	static final String SERVERS = "socket.servers.upper.port=0";

	static final String CLIENT = "socket.clients.meter.port=9";

	static final String IDLE = "socket.clients.meter.start.auto=false";

	static final String EXPOSED = "management.endpoints.web.exposure.include=socketsettings";

	static final String ADDRESS = "server.address=127.0.0.1";

	private static final String FILE = "changed";

	@Value("${local.server.port}")
	private int port;

	@Autowired
	private ConfigurableEnvironment environment;

	@Autowired
	private SocketServers servers;

	/** Has the file say something else. */
	private void change(Map<String, Object> values) {
		MutablePropertySources sources = this.environment.getPropertySources();
		if (sources.contains(FILE)) {
			sources.remove(FILE);
		}
		sources.addFirst(new MapPropertySource(FILE, values));
	}

	@BeforeEach
	void asItWas() throws Exception {
		change(Map.of());
		post("{\"action\":\"apply\",\"most\":\"REMOVE\"}", 200);
	}

	@Test
	void theSettingsOfAServerAreShown() throws Exception {
		JsonNode upper = get("/servers/upper", 200);

		assertThat(upper.propertyNames()).containsExactly("name", "version", "settings");
		assertThat(upper.get("name").asString()).isEqualTo("upper");
		assertThat(setting(upper, "limits.frame")).hasToString(
				"{\"key\":\"limits.frame\",\"value\":\"64KB\",\"from\":\"BUILT_IN\",\"property\":null,\"origin\":null,"
						+ "\"onChange\":\"NEW_SESSIONS\"}");
		assertThat(setting(upper, "port").get("from").asString()).isEqualTo("ENTRY");
		assertThat(setting(upper, "port").get("property").asString()).isEqualTo("socket.servers.upper.port");
	}

	@Test
	void secretsAreShownToNobody() throws Exception {
		change(Map.of("socket.clients.meter.proxy.type", "socks5", "socket.clients.meter.proxy.host", "127.0.0.1",
				"socket.clients.meter.proxy.port", "1", "socket.clients.meter.proxy.password", "hush",
				"socket.clients.meter.proxy.username", "sanitized"));
		assertThat(get("", 200).toString()).contains("******").doesNotContain("hush").doesNotContain("sanitized");
	}

	@Test
	void aClientIsShown() throws Exception {
		assertThat(setting(get("/clients/meter", 200), "reconnect.period").get("value").asString()).isEqualTo("1s");
	}

	@Test
	void whatThereIsNotIsNotFound() throws Exception {
		assertThat(get("/servers/none", 404).get("error").asString()).isEqualTo("There is no server 'none'");
		assertThat(get("/clients/none", 404).get("error").asString()).isEqualTo("There is no client 'none'");
		assertThat(get("/others/none", 404).get("error").asString())
			.isEqualTo("There is no kind 'others': use servers or clients");
	}

	@Test
	void pendingChangesAreMade() throws Exception {
		change(Map.of("socket.servers.upper.limits.sessions", "12", "socket.servers.upper.backlog", "3"));
		JsonNode before = get("", 200);
		assertThat(before.propertyNames()).containsExactly("version", "pending", "history");
		assertThat(before.get("pending").get(1)).hasToString(
				"{\"entry\":\"servers.upper\",\"key\":\"limits.sessions\",\"from\":\"10000\",\"to\":\"12\",\"verdict\":\"APPLIED\","
						+ "\"reason\":null}");

		JsonNode answer = post("{\"action\":\"apply\"}", 200);

		assertThat(answer.propertyNames()).containsExactly("version", "applied", "left");
		assertThat(answer.get("version").asLong()).isEqualTo(before.get("version").asLong() + 1);
		assertThat(answer.get("applied")).hasSize(1);
		assertThat(answer.get("left").get(0).get("key").asString()).isEqualTo("backlog");
		assertThat(this.servers.get("upper").spec().limits().sessions()).isEqualTo(12);
		JsonNode history = get("", 200).get("history");
		JsonNode last = history.get(history.size() - 1);
		assertThat(last.propertyNames()).containsExactly("version", "at", "by", "outcome", "changes");
		assertThat(last.get("by").asString()).isEqualTo("actuator");
		assertThat(last.get("outcome").asString()).isEqualTo("APPLIED");
	}

	@Test
	void whatAStartWouldRefuseIsRefused() throws Exception {
		change(Map.of("socket.servers.upper.limits.sessions", "many"));

		JsonNode refused = post("{\"action\":\"apply\"}", 422).get("refused");

		assertThat(refused).hasSize(1);
		assertThat(refused.get(0).propertyNames()).containsExactly("entry", "key", "value", "reason");
		assertThat(refused.get(0).get("entry").asString()).isEqualTo("servers.upper");
		assertThat(refused.get(0).get("reason").asString())
			.startsWith("Property socket.servers.upper.limits.sessions is 'many': it must be a whole number");
		assertThat(get("", 200).get("pending").get(0).get("verdict").asString()).isEqualTo("REFUSED");
	}

	@Test
	void badRequestsAreRefused() throws Exception {
		assertThat(post("{}", 400).get("error").asString()).isEqualTo("An action is required: apply");
		assertThat(post("{\"action\":\"undo\"}", 400).get("error").asString())
			.isEqualTo("action is 'undo', but must be apply");
		assertThat(post("{\"action\":\"apply\",\"most\":\"REFUSED\"}", 400).get("error").asString())
			.isEqualTo("most is 'REFUSED', but must be APPLIED, NEW_SESSIONS, RESTART, CREATE or REMOVE");
	}

	@Test
	void misspeltParametersAreRefused() throws Exception {
		change(Map.of("socket.servers.upper.limits.sessions", "14"));
		assertThat(post("{\"action\":\"apply\",\"mots\":\"APPLIED\"}", 400).get("error").asString())
			.isEqualTo("Unknown parameter 'mots': use action, most");
		assertThat(this.servers.get("upper").spec().limits().sessions()).isEqualTo(10_000);
	}

	@Test
	void aServerThatDrainsIsLeftAlone() throws Exception {
		change(Map.of("socket.servers.upper.limits.sessions", "13", "socket.servers.second.port", "0",
				"socket.servers.second.handler", "upper"));
		post("{\"action\":\"apply\",\"most\":\"CREATE\"}", 200);
		SocketServer second = this.servers.get("second");
		CompletableFuture<?> drained;
		try (TestPeer peer = TestPeer.connect(second.localAddress())) {
			assertThat(peer.ask("a")).isEqualTo("A");
			drained = second.drain(Duration.ofMinutes(1));
			change(Map.of("socket.servers.upper.limits.sessions", "14", "socket.servers.second.port", "0",
					"socket.servers.second.handler", "upper", "socket.servers.second.limits.sessions", "5"));
			assertThat(post("{\"action\":\"apply\"}", 409).get("error").asString())
				.isEqualTo("Server 'second' is DRAINING: its settings can be changed when that is over");
			assertThat(this.servers.get("upper").spec().limits().sessions()).isEqualTo(13);
		}
		drained.get(Patience.limit().toSeconds(), TimeUnit.SECONDS);
		assertThat(post("{\"action\":\"apply\"}", 200).get("applied")).hasSize(2);
		assertThat(second.state()).isEqualTo(ServerState.STOPPED);
	}

	private static JsonNode setting(JsonNode entry, String key) {
		for (JsonNode setting : entry.get("settings")) {
			if (setting.get("key").asString().equals(key)) {
				return setting;
			}
		}
		throw new AssertionError("no " + key);
	}

	private JsonNode get(String path, int status) throws Exception {
		return exchange("GET", path, null, status);
	}

	private JsonNode post(String body, int status) throws Exception {
		return exchange("POST", "", body, status);
	}

	private JsonNode exchange(String method, String path, @Nullable String body, int status) throws Exception {
		return ActuatorClient.json(
				ActuatorClient.request(this.port, method, "socketsettings" + path, body, ActuatorClient.JSON), status);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(UpperHandler.class)
	static class Application {

		@Bean
		SanitizingFunction hidesNames() {
			return SanitizingFunction.sanitizeValue().ifKeyEndsWith("username");
		}

	}

}
