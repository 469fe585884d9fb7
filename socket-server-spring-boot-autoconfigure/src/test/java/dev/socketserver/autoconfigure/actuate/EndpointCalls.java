package dev.socketserver.autoconfigure.actuate;

import java.util.Map;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.EntityExchangeResult;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls the endpoints of an application that a test has.
 */
final class EndpointCalls {

	private static final JsonMapper JSON = new JsonMapper();

	private final RestTestClient client;

	EndpointCalls(RestTestClient client) {
		this.client = client;
	}

	static String error(JsonNode body) {
		assertThat(body.propertyNames()).containsExactly("error");
		return body.get("error").asString();
	}

	String body(String path) {
		return exchange(HttpMethod.GET, path, null, 200);
	}

	JsonNode get(String path, int status) {
		return JSON.readTree(exchange(HttpMethod.GET, path, null, status));
	}

	JsonNode post(String path, Map<String, String> body, int status) {
		return JSON.readTree(exchange(HttpMethod.POST, path, body, status));
	}

	JsonNode delete(String path, int status) {
		return JSON.readTree(exchange(HttpMethod.DELETE, path, null, status));
	}

	String exchange(HttpMethod method, String path, Map<String, String> body, int status) {
		RestTestClient.RequestBodySpec request = this.client.method(method).uri(path);
		if (body != null) {
			request.contentType(MediaType.APPLICATION_JSON).body(body);
		}
		EntityExchangeResult<String> result = request.exchange().expectBody(String.class).returnResult();
		assertThat(result.getStatus().value()).as(() -> method + " " + path + ": " + result.getResponseBody())
			.isEqualTo(status);
		return result.getResponseBody();
	}

}
