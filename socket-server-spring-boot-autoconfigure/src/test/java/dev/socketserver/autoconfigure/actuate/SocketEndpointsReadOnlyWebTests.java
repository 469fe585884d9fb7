package dev.socketserver.autoconfigure.actuate;

import java.util.Map;

import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.actuate.RunningClients;
import dev.socketserver.actuate.RunningServers;
import dev.socketserver.client.ClientState;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.connect.NettySocketClients;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the endpoints with read-only access.
 */
@SpringBootTest(classes = ActuatorApplication.class, webEnvironment = WebEnvironment.RANDOM_PORT, properties = {
		"management.endpoints.web.exposure.include=socketservers,socketsessions,socketclients",
		"management.endpoint.socketservers.access=read-only", "management.endpoint.socketsessions.access=read-only",
		"management.endpoint.socketclients.access=read-only", "management.endpoint.socketsessions.show-values=always" })
@AutoConfigureRestTestClient
class SocketEndpointsReadOnlyWebTests {

	@Test
	void nothingCanBeChanged(@Autowired RestTestClient client, @Autowired NettySocketServers servers,
			@Autowired NettySocketClients clients) throws Exception {
		SocketServer server = RunningServers.started(servers, RunningServers.upperSpec("upper").build());
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			assertThat(peer.ask("x")).isEqualTo("X");
			server.session("upper-1").orElseThrow().attributes().put("user", "ann");

			client.get().uri("/actuator/socketservers/upper").exchange().expectStatus().isOk();
			client.post()
				.uri("/actuator/socketservers/upper")
				.contentType(MediaType.APPLICATION_JSON)
				.body(Map.of("action", "stop"))
				.exchange()
				.expectStatus()
				.isEqualTo(405);
			client.delete().uri("/actuator/socketservers/upper").exchange().expectStatus().isEqualTo(405);
			client.post()
				.uri("/actuator/socketsessions/upper-1")
				.contentType(MediaType.APPLICATION_JSON)
				.body(Map.of("action", "pause"))
				.exchange()
				.expectStatus()
				.isEqualTo(405);
			client.delete().uri("/actuator/socketsessions/upper-1").exchange().expectStatus().isEqualTo(405);
			client.get()
				.uri("/actuator/socketsessions/upper-1")
				.exchange()
				.expectStatus()
				.isOk()
				.expectBody()
				.jsonPath("$.attributes.user")
				.isEqualTo("ann");

			clients.register(RunningClients.spec("meter", 1).build());
			client.get().uri("/actuator/socketclients/meter").exchange().expectStatus().isOk();
			client.post()
				.uri("/actuator/socketclients/meter")
				.contentType(MediaType.APPLICATION_JSON)
				.body(Map.of("action", "start"))
				.exchange()
				.expectStatus()
				.isEqualTo(405);
			client.delete().uri("/actuator/socketclients/meter").exchange().expectStatus().isEqualTo(405);

			assertThat(server.state()).isEqualTo(ServerState.RUNNING);
			assertThat(clients.client("meter").orElseThrow().state()).isEqualTo(ClientState.STOPPED);
			assertThat(peer.ask("y")).isEqualTo("Y");
		}
	}

}
