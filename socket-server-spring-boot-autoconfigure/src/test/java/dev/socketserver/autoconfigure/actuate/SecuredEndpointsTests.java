package dev.socketserver.autoconfigure.actuate;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.socketserver.ServerStartException;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.actuate.RunningClients;
import dev.socketserver.actuate.RunningServers;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.fixtures.DeafPort;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.operator.SocketTaps;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The endpoints after Spring Security, as its users set it up: operators may do
 * everything, others may read, and values are for auditors, as is what was tapped.
 */
@SpringBootTest(classes = { WholeApplication.class, SecuredEndpointsTests.Security.class },
		webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "spring.autoconfigure.exclude=", "server.address=127.0.0.1", "socket.tap.enabled=true",
				"socket.tap.recorder=5", "socket.servers.short.port=0", "socket.servers.short.handler=echo",
				"socket.servers.short.framing=line", "socket.servers.short.limits.frame=16",
				"management.endpoints.web.exposure.include=socketservers,socketsessions,socketclients,sockettaps",
				"management.endpoint.sockettaps.show-values=when-authorized",
				"management.endpoint.sockettaps.roles=AUDITOR",
				"management.endpoint.socketsessions.show-values=when-authorized",
				"management.endpoint.socketsessions.roles=AUDITOR",
				"management.endpoint.socketservers.show-values=when-authorized",
				"management.endpoint.socketservers.roles=AUDITOR",
				"management.endpoint.socketclients.show-values=when-authorized",
				"management.endpoint.socketclients.roles=AUDITOR" })
@AutoConfigureRestTestClient
@ExtendWith(OutputCaptureExtension.class)
class SecuredEndpointsTests {

	@Autowired
	private RestTestClient client;

	@Autowired
	private SocketServers servers;

	@Autowired
	private SocketClients clients;

	@Autowired
	private SocketTaps taps;

	private SocketServer server;

	private SocketSession session;

	private TestPeer peer;

	private final DeafPort deaf = new DeafPort();

	@BeforeEach
	void start() throws Exception {
		this.server = RunningServers.started(this.servers,
				RunningServers.upperSpec("upper").address("127.0.0.1").build());
		this.peer = TestPeer.connect(this.server.localAddress());
		assertThat(this.peer.ask("x")).isEqualTo("X");
		this.session = this.server.sessions().findFirst().orElseThrow();
		this.session.attributes().put("user", "ann");
		this.clients.register(RunningClients.spec("meter", this.deaf.number()).build());
	}

	@AfterEach
	void stop() throws Exception {
		this.peer.close();
		this.servers.remove("upper");
		this.servers.remove("broken");
		this.clients.remove("meter");
		List.copyOf(this.taps.taps()).forEach((tap) -> this.taps.remove(tap.id(), "test"));
		this.deaf.close();
	}

	@ParameterizedTest
	@CsvSource({ "GET,socketservers", "GET,socketservers/upper", "POST,socketservers/upper",
			"DELETE,socketservers/upper", "GET,socketsessions", "GET,socketsessions/ID", "POST,socketsessions/ID",
			"DELETE,socketsessions/ID", "GET,socketclients", "GET,socketclients/meter", "POST,socketclients/meter",
			"DELETE,socketclients/meter", "GET,sockettaps", "GET,sockettaps/tap-1", "POST,sockettaps",
			"DELETE,sockettaps/tap-1" })
	void whoIsUnknownMayDoNothing(HttpMethod method, String path) throws Exception {
		assertThat(status(null, method, path)).isEqualTo(401);
		assertThat(status("stranger:wrong", method, path)).isEqualTo(401);
		assertNothingChanged();
	}

	@ParameterizedTest
	@CsvSource({ "GET,socketservers,200", "GET,socketservers/upper,200", "POST,socketservers/upper,403",
			"DELETE,socketservers/upper,403", "GET,socketsessions,200", "GET,socketsessions/ID,200",
			"POST,socketsessions/ID,403", "DELETE,socketsessions/ID,403", "GET,socketclients,200",
			"GET,socketclients/meter,200", "POST,socketclients/meter,403", "DELETE,socketclients/meter,403" })
	void whoMayOnlyLookChangesNothing(HttpMethod method, String path, int status) throws Exception {
		assertThat(status("visitor:visitor", method, path)).isEqualTo(status);
		assertNothingChanged();
	}

	@ParameterizedTest
	@CsvSource({ "socketservers/upper,action=stop", "socketsessions/ID,action=pause",
			"socketclients/meter,action=start" })
	void aFormOfABrowserThatIsLoggedInChangesNothing(String path, String form) throws Exception {
		this.client.post()
			.uri("/actuator/" + path.replace("ID", this.session.id()))
			.headers((headers) -> headers.setBasicAuth("operator", "operator"))
			.contentType(MediaType.APPLICATION_FORM_URLENCODED)
			.body(form)
			.exchange()
			.expectStatus()
			.isEqualTo(415);
		assertNothingChanged();
	}

	@Test
	void aPageOfAnotherSiteWithoutABodyChangesNothing() throws Exception {
		this.client.post()
			.uri("/actuator/socketservers/upper?action=stop")
			.headers((headers) -> headers.setBasicAuth("operator", "operator"))
			.exchange()
			.expectStatus()
			.isEqualTo(415);
		assertNothingChanged();
	}

	@Test
	void operatorsDoWhatTheyWant() throws Exception {
		assertThat(status("operator:operator", HttpMethod.POST, "socketsessions/ID")).isEqualTo(200);
		assertThat(this.session.info().readsPaused()).isTrue();
		assertThat(status("operator:operator", HttpMethod.DELETE, "socketsessions/ID")).isEqualTo(204);
		assertThat(this.peer.read()).isNull();
		assertThat(status("operator:operator", HttpMethod.POST, "socketservers/upper")).isEqualTo(200);
		assertThat(this.server.state()).isEqualTo(ServerState.PAUSED);
		assertThat(status("operator:operator", HttpMethod.POST, "socketclients/meter")).isEqualTo(200);
		assertThat(this.clients.get("meter").state()).isNotEqualTo(ClientState.STOPPED);
	}

	@ParameterizedTest
	@CsvSource({ "visitor,******", "operator,******", "auditor,ann" })
	void valuesAreForThoseWithTheRole(String user, String shown) {
		for (String path : new String[] { "socketsessions/ID?", "socketsessions/?server=upper" }) {
			String pointer = path.contains("server") ? "$.sessions[0].attributes.user" : "$.attributes.user";
			this.client.get()
				.uri("/actuator/" + path.replace("/?", "?").replace("ID", this.session.id()))
				.headers((headers) -> headers.setBasicAuth(user, user))
				.exchange()
				.expectStatus()
				.isOk()
				.expectBody()
				.jsonPath(pointer)
				.isEqualTo(shown);
		}
	}

	@ParameterizedTest
	@CsvSource({ "operator,pause,,******", "operator,send,hello,******", "chief,pause,,ann" })
	void theAnswerToAnActionShowsValuesToThoseWithTheRole(String user, String action, String payload, String shown) {
		Map<String, String> body = new HashMap<>(Map.of("action", action));
		if (payload != null) {
			body.put("payload", payload);
		}
		this.client.post()
			.uri("/actuator/socketsessions/" + this.session.id())
			.headers((headers) -> headers.setBasicAuth(user, user))
			.contentType(MediaType.APPLICATION_JSON)
			.body(body)
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.attributes.user")
			.isEqualTo(shown);
	}

	@ParameterizedTest
	@CsvSource({ "visitor,false", "auditor,true" })
	void whyAServerFailedIsForThoseWithTheRole(String user, boolean shown) {
		int port = this.server.localAddress().getPort();
		SocketServer broken = this.servers
			.register(RunningServers.upperSpec("broken").address("127.0.0.1").port(port).build());
		try {
			broken.start();
		}
		catch (ServerStartException ex) {
			// As intended.
		}

		for (String[] place : new String[][] { { "", "$.servers[2].failure" }, { "/broken", "$.failure" } }) {
			this.client.get()
				.uri("/actuator/socketservers" + place[0])
				.headers((headers) -> headers.setBasicAuth(user, user))
				.exchange()
				.expectBody()
				.jsonPath(place[1])
				.value(String.class,
						(failure) -> assertThat(failure).matches(shown ? ".*127.0.0.1:" + port + ".*" : "\\*{6}"));
		}
	}

	@ParameterizedTest
	@CsvSource({ "visitor,false", "auditor,true" })
	void whyAClientCannotConnectIsForThoseWithTheRole(String user, boolean shown) {
		SocketClient meter = this.clients.get("meter");
		meter.start();
		await().until(() -> meter.failure() != null);

		for (String[] place : new String[][] { { "", "$.clients[0].failure" }, { "/meter", "$.failure" } }) {
			this.client.get()
				.uri("/actuator/socketclients" + place[0])
				.headers((headers) -> headers.setBasicAuth(user, user))
				.exchange()
				.expectBody()
				.jsonPath(place[1])
				.value(String.class,
						(failure) -> assertThat(failure).matches(shown ? ".*" + this.deaf.number() + ".*" : "\\*{6}"));
		}
	}

	@Test
	void operatorsTapAndAuditorsLook(CapturedOutput output) {
		assertThat(status("auditor:auditor", HttpMethod.POST, "sockettaps")).isEqualTo(403);
		assertThat(status("operator:operator", HttpMethod.POST, "sockettaps")).isEqualTo(200);
		String id = this.taps.taps().get(0).id();
		String path = "sockettaps/" + id;
		assertThat(status("operator:operator", HttpMethod.GET, "sockettaps")).isEqualTo(200);
		assertThat(status("operator:operator", HttpMethod.GET, path)).isEqualTo(403);
		assertThat(status("operator:operator", HttpMethod.GET, path + "?format=text")).isEqualTo(403);
		assertThat(status("auditor:auditor", HttpMethod.GET, path)).isEqualTo(200);
		assertThat(status("auditor:auditor", HttpMethod.DELETE, path)).isEqualTo(403);
		assertThat(status("operator:operator", HttpMethod.DELETE, path)).isEqualTo(204);

		assertThat(output).contains(id + " began for operator: sessions server=short")
			.contains(id + " of operator ended, since operator has ended it");
	}

	@Test
	void whatIsRecordedIsForThoseWhoMaySeeWhatIsTapped() throws Exception {
		SocketServer server = this.servers.get("short");
		String path;
		try (TestPeer talking = TestPeer.connect(server.localAddress())) {
			// Not digits, which ports and instants in the answer have, too.
			talking.ask("pin=swan");
			path = "/actuator/socketsessions/" + server.sessions().findFirst().orElseThrow().id();
			talking.send("longer than a frame may be");
			assertThat(talking.read()).isNull();
		}
		await().untilAsserted(
				() -> assertThat(text("auditor", path)).contains("\"recorded\":\"> \\\"pin=swan", "! FRAME_TOO_LARGE"));
		assertThat(text("operator", path)).contains("FRAME_TOO_LARGE").doesNotContain("recorded", "swan");
	}

	private String text(String user, String path) {
		return new String(this.client.get()
			.uri(path)
			.headers((headers) -> headers.setBasicAuth(user, user))
			.exchange()
			.expectStatus()
			.isOk()
			.returnResult(byte[].class)
			.getResponseBody(), StandardCharsets.UTF_8);
	}

	private void assertNothingChanged() throws Exception {
		assertThat(this.server.state()).isEqualTo(ServerState.RUNNING);
		assertThat(this.session.info().readsPaused()).isFalse();
		assertThat(this.clients.get("meter").state()).isEqualTo(ClientState.STOPPED);
		assertThat(this.taps.taps()).isEmpty();
		assertThat(this.peer.ask("y")).isEqualTo("Y");
	}

	private int status(String credentials, HttpMethod method, String path) {
		RestTestClient.RequestBodySpec request = this.client.method(method)
			.uri("/actuator/" + path.replace("ID", this.session.id()));
		if (credentials != null) {
			String[] parts = credentials.split(":");
			request.headers((headers) -> headers.setBasicAuth(parts[0], parts[1]));
		}
		if (method == HttpMethod.POST) {
			request.contentType(MediaType.APPLICATION_JSON)
				.body(path.equals("sockettaps") ? Map.of("server", "short")
						: Map.of("action", path.startsWith("socketclients") ? "start" : "pause"));
		}
		return request.exchange().returnResult(byte[].class).getStatus().value();
	}

	@TestConfiguration(proxyBeanMethods = false)
	@Import(Users.PlainPasswords.class)
	static class Security {

		@Bean
		SecurityFilterChain endpoints(HttpSecurity http) throws Exception {
			return Users.mayReadAndOperatorsChange(http, "socketservers", "socketsessions", "socketclients",
					"sockettaps");
		}

		@Bean
		UserDetailsService users() {
			return Users.of(Users.user("visitor"), Users.user("operator"), Users.user("auditor"),
					Users.user("chief", "OPERATOR", "AUDITOR"));
		}

	}

}
