package dev.socketserver.autoconfigure.actuate;

import java.util.Map;

import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.SocketClients;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.operator.SocketTaps;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Endpoints where operators may only look.
 */
@SpringBootTest(classes = WholeApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "socket.servers.upper.port=0", "socket.clients.meter.port=1",
				"socket.clients.meter.start.auto=false", "socket.tap.enabled=true",
				"management.endpoints.web.exposure.include=socketservers,socketsessions,socketclients,sockettaps",
				"management.endpoint.socketservers.access=read-only",
				"management.endpoint.socketsessions.access=read-only",
				"management.endpoint.socketclients.access=read-only", "management.endpoint.sockettaps.access=read-only",
				"management.endpoint.socketsessions.show-values=always" })
@AutoConfigureRestTestClient
class ReadOnlyEndpointsTests {

	@Autowired
	private RestTestClient client;

	@ParameterizedTest
	@CsvSource({ "GET,'',200", "POST,'',405", "DELETE,/tap-1,405" })
	void tapsAreListed(HttpMethod method, String path, int status, @Autowired SocketTaps taps) {
		RestTestClient.RequestBodySpec request = this.client.method(method).uri("/actuator/sockettaps" + path);
		if (method == HttpMethod.POST) {
			request.contentType(MediaType.APPLICATION_JSON).body("{\"server\":\"upper\"}");
		}
		request.exchange().expectStatus().isEqualTo(status);
		assertThat(taps.taps()).isEmpty();
	}

	@Test
	void nothingCanBeChanged(@Autowired SocketServers servers, @Autowired SocketClients clients) throws Exception {
		SocketServer server = servers.get("upper");
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			assertThat(peer.ask("x")).isEqualTo("X");
			server.session("upper-1").orElseThrow().attributes().put("user", "ann");

			this.client.get().uri("/actuator/socketservers/upper").exchange().expectStatus().isOk();
			isNotChanged("/actuator/socketservers/upper", "stop");
			isNotChanged("/actuator/socketsessions/upper-1", "pause");
			this.client.get()
				.uri("/actuator/socketsessions/upper-1")
				.exchange()
				.expectStatus()
				.isOk()
				.expectBody()
				.jsonPath("$.attributes.user")
				.isEqualTo("ann");

			this.client.get().uri("/actuator/socketclients/meter").exchange().expectStatus().isOk();
			isNotChanged("/actuator/socketclients/meter", "start");

			assertThat(server.state()).isEqualTo(ServerState.RUNNING);
			assertThat(clients.get("meter").state()).isEqualTo(ClientState.STOPPED);
			assertThat(peer.ask("y")).isEqualTo("Y");
		}
	}

	private void isNotChanged(String uri, String action) {
		this.client.post()
			.uri(uri)
			.contentType(MediaType.APPLICATION_JSON)
			.body(Map.of("action", action))
			.exchange()
			.expectStatus()
			.isEqualTo(405);
		this.client.delete().uri(uri).exchange().expectStatus().isEqualTo(405);
	}

}
