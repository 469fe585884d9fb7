package dev.socketserver.repl;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.payload.PayloadConverter;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for evaluation over the actuator, where it is allowed.
 */
@SpringBootTest(classes = EvaluationEndpointTests.Application.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "management.endpoints.web.exposure.include=socketsessions",
				"socket.repl.eval-over-actuator=yes" })
@AutoConfigureRestTestClient
class EvaluationEndpointTests {

	@Autowired
	private RestTestClient client;

	@Autowired
	private SocketServers servers;

	private final JsonMapper json = new JsonMapper();

	@Test
	void evaluatesInASessionAndWritesNothingToItsPeer() throws Exception {
		ServerSpec spec = upper();
		SocketServer server = this.servers.register(spec);
		server.start();
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			assertThat(peer.ask("a")).isEqualTo("A");
			String id = server.sessions().findFirst().orElseThrow().id();

			assertThat(eval(id, "#v = 41; #session.id()", 200).get("details").toString())
				.isEqualTo("{\"values\":[\"41\",\"" + id + "\"],\"output\":\"\",\"error\":null}");
			assertThat(eval(id, "T(System).out.print('x'); #v + 1; nonsense", 200).get("details").toString())
				.startsWith("{\"values\":[\"null\",\"42\"],\"output\":\"x\",\"error\":\"EL1");
			assertThat(eval(id, "(1", 400).get("error").asString()).contains("open bracket");
			assertThat(peer.ask("b")).isEqualTo("B");
			assertThat(post(id, "{\"action\":\"explode\"}", 400).get("error").asString())
				.endsWith("use one of pause, resume, send, ask, eval");
			assertThat(post(id, "{}", 400).get("error").asString()).endsWith("one of pause, resume, send, ask, eval");
		}
		finally {
			this.servers.remove("evaluated");
		}
	}

	@Test
	void reportsWhatCameOfAnEvaluationThatEndsItsSession() throws Exception {
		SocketServer server = this.servers.register(upper());
		server.start();
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			assertThat(peer.ask("a")).isEqualTo("A");
			String id = server.sessions().findFirst().orElseThrow().id();

			JsonNode answer = eval(id, "#session.abort(); #session.closed().join().reason()", 200);

			assertThat(answer.get("state").asString()).isEqualTo("CLOSED");
			assertThat(answer.get("details").toString())
				.isEqualTo("{\"values\":[\"null\",\"HANDLER_CLOSED\"],\"output\":\"\",\"error\":null}");
		}
		finally {
			this.servers.remove("evaluated");
		}
	}

	private JsonNode eval(String id, String payload, int status) {
		return post(id, "{\"action\":\"eval\",\"payload\":\"" + payload + "\"}", status);
	}

	private JsonNode post(String id, String json, int status) {
		byte[] body = this.client.post()
			.uri("/actuator/socketsessions/{id}", id)
			.contentType(MediaType.APPLICATION_JSON)
			.body(json)
			.exchange()
			.expectStatus()
			.isEqualTo(status)
			.expectBody()
			.returnResult()
			.getResponseBody();
		return this.json.readTree(body);
	}

	private static ServerSpec upper() {
		return ServerSpec.builder("evaluated")
			.handler(ServerHandler.function("upper", PayloadConverter.text(StandardCharsets.UTF_8),
					(text) -> text.toUpperCase(Locale.ROOT)))
			.build();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
