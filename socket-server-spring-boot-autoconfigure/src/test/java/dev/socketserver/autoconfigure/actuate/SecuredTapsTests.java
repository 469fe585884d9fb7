package dev.socketserver.autoconfigure.actuate;

import java.nio.charset.StandardCharsets;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.autoconfigure.actuate.SecuredTapsTests.Application;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.operator.SocketTaps;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
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
 * Taps after Spring Security: operators may tap, and auditors may see what was tapped.
 */
@SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "spring.autoconfigure.exclude=", "server.address=127.0.0.1", "socket.tap.enabled=true",
				"socket.servers.same.port=0", "socket.servers.same.handler=echo", "socket.servers.same.framing=line",
				"socket.servers.same.limits.frame=16", "socket.tap.recorder=5",
				"management.endpoints.web.exposure.include=sockettaps,socketsessions",
				"management.endpoint.sockettaps.show-values=when-authorized",
				"management.endpoint.sockettaps.roles=AUDITOR" })
@AutoConfigureRestTestClient
@ExtendWith(OutputCaptureExtension.class)
class SecuredTapsTests {

	@Autowired
	private RestTestClient client;

	@Autowired
	private SocketTaps taps;

	@ParameterizedTest
	@CsvSource({ "GET,''", "GET,/tap-1", "POST,''", "DELETE,/tap-1" })
	void whoIsUnknownMayDoNothing(HttpMethod method, String path) {
		assertThat(status(null, method, path)).isEqualTo(401);
		assertThat(this.taps.taps()).isEmpty();
	}

	@Test
	void operatorsTapAndAuditorsLook(CapturedOutput output) {
		assertThat(status("auditor", HttpMethod.POST, "")).isEqualTo(403);
		assertThat(status("operator", HttpMethod.POST, "")).isEqualTo(200);
		String id = this.taps.taps().get(0).id();
		assertThat(status("operator", HttpMethod.GET, "")).isEqualTo(200);
		assertThat(status("operator", HttpMethod.GET, "/" + id)).isEqualTo(403);
		assertThat(status("operator", HttpMethod.GET, "/" + id + "?format=text")).isEqualTo(403);
		assertThat(status("auditor", HttpMethod.GET, "/" + id)).isEqualTo(200);
		assertThat(status("auditor", HttpMethod.DELETE, "/" + id)).isEqualTo(403);
		assertThat(status("operator", HttpMethod.DELETE, "/" + id)).isEqualTo(204);

		assertThat(output).contains(id + " began for operator: sessions server=same")
			.contains(id + " of operator ended, since operator has ended it");
	}

	@Test
	void whatIsRecordedIsForThoseWhoMaySeeWhatIsTapped(@Autowired SocketServers servers) throws Exception {
		SocketServer same = servers.server("same").orElseThrow();
		String path;
		try (TestPeer peer = TestPeer.connect(same.localAddress())) {
			peer.ask("pin=4711");
			path = "/actuator/socketsessions/" + same.sessions().findFirst().orElseThrow().id();
			peer.send("longer than a frame may be");
			assertThat(peer.read()).isNull();
		}
		await().untilAsserted(
				() -> assertThat(text("auditor", path)).contains("\"recorded\":\"> \\\"pin=4711", "! FRAME_TOO_LARGE"));
		assertThat(text("operator", path)).contains("FRAME_TOO_LARGE").doesNotContain("recorded", "4711");
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

	private int status(String user, HttpMethod method, String path) {
		RestTestClient.RequestBodySpec request = this.client.method(method)
			.uri("/actuator/sockettaps" + path)
			.headers((headers) -> {
				if (user != null) {
					headers.setBasicAuth(user, user);
				}
			});
		if (method == HttpMethod.POST) {
			request.contentType(MediaType.APPLICATION_JSON).body("{\"server\":\"same\"}");
		}
		return request.exchange().returnResult(byte[].class).getStatus().value();
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Users.PlainPasswords.class)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		SecurityFilterChain endpoints(HttpSecurity http) throws Exception {
			return Users.mayReadAndOperatorsChange(http, "sockettaps");
		}

		@Bean
		UserDetailsService users() {
			return Users.of(Users.user("operator"), Users.user("auditor"));
		}

	}

}
