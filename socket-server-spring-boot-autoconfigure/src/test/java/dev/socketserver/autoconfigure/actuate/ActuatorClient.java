package dev.socketserver.autoconfigure.actuate;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.fixtures.network.HttpPeer;
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
		return HttpPeer.client().send(request, BodyHandlers.ofString());
	}

	static CompletableFuture<HttpResponse<String>> begin(HttpRequest request) {
		return HttpPeer.client().sendAsync(request, BodyHandlers.ofString());
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
