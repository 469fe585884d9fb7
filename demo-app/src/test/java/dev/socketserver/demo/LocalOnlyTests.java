package dev.socketserver.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

import dev.socketserver.ServerState;
import dev.socketserver.SocketServers;
import dev.socketserver.fixtures.Patience;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a page of somebody else can have the browser of a person at this machine do to the
 * demo: nothing.
 */
@DemoTest
class LocalOnlyTests {

	@Autowired
	private RestTestClient http;

	@Autowired
	private SocketServers servers;

	@LocalServerPort
	private int port;

	@Value("${server.address}")
	private String address;

	@Test
	void listensOnTheLoopbackAddressOnly() {
		assertThat(this.address).isEqualTo("127.0.0.1");
	}

	@Test
	void leadsToThePage() {
		this.http.get()
			.uri("/")
			.exchange()
			.expectBody(String.class)
			.value((page) -> assertThat(page).contains("<title>Socket servers</title>", "url=actuator/socketui"));
	}

	@Test
	void servesThePageWithItsPolicy() {
		this.http.get()
			.uri("/actuator/socketui")
			.exchange()
			.expectStatus()
			.isOk()
			.expectHeader()
			.contentTypeCompatibleWith(MediaType.TEXT_HTML)
			.expectHeader()
			.value("Content-Security-Policy",
					(policy) -> assertThat(policy.split("; ")).contains("default-src 'none'", "script-src 'self'",
							"style-src 'self'", "connect-src 'self'", "form-action 'none'", "frame-ancestors 'none'",
							"require-trusted-types-for 'script'"))
			.expectHeader()
			.valueEquals("X-Content-Type-Options", "nosniff")
			.expectBody(String.class)
			.value((page) -> assertThat(page).contains("<title>Socket servers</title>"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain" })
	void aForeignFormChangesNothing(String type) {
		this.http.post()
			.uri("/actuator/socketservers/upper")
			.header(HttpHeaders.CONTENT_TYPE, type)
			.header(HttpHeaders.ORIGIN, "http://elsewhere.example")
			.body("{\"action\": \"stop\"}".getBytes())
			.exchange()
			.expectStatus()
			.value((status) -> assertThat(status).isIn(HttpStatus.UNSUPPORTED_MEDIA_TYPE.value(),
					HttpStatus.FORBIDDEN.value()));

		assertThat(this.servers.server("upper").orElseThrow().state()).isEqualTo(ServerState.RUNNING);
	}

	@ParameterizedTest
	@ValueSource(strings = { "POST", "DELETE" })
	void aForeignScriptGetsNoPermission(String method) {
		this.http.options()
			.uri("/actuator/socketservers/upper")
			.header(HttpHeaders.ORIGIN, "http://elsewhere.example")
			.header(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD, method)
			.header(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS, "content-type")
			.exchange()
			.expectHeader()
			.doesNotExist(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN)
			.expectHeader()
			.doesNotExist(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/actuator/socketservers", "/actuator/socketsessions", "/actuator/socketclients" })
	void aForeignNameForThisMachineIsRefused(String path) throws IOException {
		assertThat(statusLine(path, "elsewhere.example")).startsWith("HTTP/1.1 403");
		assertThat(statusLine(path, "localhost.elsewhere.example:8080")).startsWith("HTTP/1.1 403");
	}

	@ParameterizedTest
	@ValueSource(strings = { "localhost", "LOCALHOST:8080", "127.0.0.1:8080", "[::1]:8080" })
	void theNamesOfThisMachineAreNot(String host) throws IOException {
		assertThat(statusLine("/", host)).startsWith("HTTP/1.1 200");
	}

	/** Over a plain socket: clients of HTTP set the name themselves. */
	private String statusLine(String path, String host) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
			socket.setSoTimeout(Patience.millis());
			socket.getOutputStream()
				.write(("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
					.getBytes(StandardCharsets.US_ASCII));
			return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
				.readLine();
		}
	}

}
