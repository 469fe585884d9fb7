package dev.socketserver.autoconfigure.actuate;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls the endpoints of an application on a real port.
 */
public final class ActuatorClient {

	public static final String JSON = "application/json";

	private static final JsonMapper MAPPER = new JsonMapper();

	private ActuatorClient() {
	}

	/**
	 * With a connection of its own: Reactor Netty 1.3.7 sometimes stops reading a
	 * connection when the next request arrives while it ends the last one
	 * (reactor-netty#4361).
	 */
	private static HttpClient client() {
		return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
	}

	/** Asks for what follows {@code /actuator/} in the path. */
	public static HttpRequest request(int port, String method, String path, String body, String type) {
		HttpRequest.Builder request = HttpRequest
			.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/" + path))
			.timeout(Duration.ofSeconds(120));
		if (body != null) {
			request.header("Content-Type", type);
		}
		return request.method(method, (body != null) ? BodyPublishers.ofString(body) : BodyPublishers.noBody()).build();
	}

	public static HttpResponse<String> send(HttpRequest request) throws Exception {
		return client().send(request, BodyHandlers.ofString());
	}

	static CompletableFuture<HttpResponse<String>> begin(HttpRequest request) {
		return client().sendAsync(request, BodyHandlers.ofString());
	}

	/** Sends a request that must be answered with a status, and reads the answer. */
	public static JsonNode json(HttpRequest request, int status) throws Exception {
		HttpResponse<String> response = send(request);
		assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
		return json(response);
	}

	static JsonNode json(HttpResponse<String> response) {
		return MAPPER.readTree(response.body());
	}

}
