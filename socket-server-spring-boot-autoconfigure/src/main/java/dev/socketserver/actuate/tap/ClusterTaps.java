package dev.socketserver.actuate.tap;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

import dev.socketserver.actuate.WebResponses;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.DeliveryException;
import dev.socketserver.cluster.spi.ManagedCluster;
import dev.socketserver.operation.BadParameterException;
import dev.socketserver.operation.RefusedOperationException;
import dev.socketserver.operation.search.IdOnNode;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * The taps of other nodes: has a node do what is asked for. The ids of its sessions and
 * taps end with {@code @node} here.
 */
final class ClusterTaps {

	private static final String OPERATION = "taps";

	/** What is longer is to be fetched from its node. */
	private static final int MOST_CONTENT = 16 * 1024 * 1024;

	private static final int GATEWAY_TIMEOUT = 504;

	private final ManagedCluster cluster;

	private final LocalTaps local;

	private final JsonMapper mapper = JsonMapper.builder().build();

	ClusterTaps(ManagedCluster cluster, LocalTaps local) {
		this.cluster = cluster;
		this.local = local;
		cluster.operation(OPERATION, this::perform);
	}

	WebEndpointResponse<OperationResponseBody> start(TapParameters parameters, String requestedBy) {
		IdOnNode id = IdOnNode.of(String.valueOf(parameters.session()));
		Map<String, @Nullable String> asked = asked("start", id.local(), requestedBy);
		asked.put("server", parameters.server());
		asked.put("client", parameters.client());
		asked.put("bound", parameters.bound());
		asked.put("remote", parameters.remote());
		asked.put("next", parameters.next());
		asked.put("for", parameters.duration());
		asked.put("bytes", parameters.bytes());
		Answer answer = ask(id.node(), asked);
		return new WebEndpointResponse<>(answer.body(id.node()), answer.status());
	}

	/** Returns the content, or an answer with the error. */
	Object content(String id, @Nullable String format, String requestedBy) {
		IdOnNode parsed = IdOnNode.of(id);
		Map<String, @Nullable String> asked = asked("content", parsed.local(), requestedBy);
		asked.put("format", format);
		Answer answer = ask(parsed.node(), asked);
		Object bytes = answer.values().get("bytes");
		return (bytes != null)
				? new LocalTaps.Content(Base64.getDecoder().decode(String.valueOf(bytes)),
						String.valueOf(answer.values().get("type")))
				: new WebEndpointResponse<>(answer.body(parsed.node()), answer.status());
	}

	WebEndpointResponse<OperationResponseBody> remove(String id, String by) {
		IdOnNode parsed = IdOnNode.of(id);
		Answer answer = ask(parsed.node(), asked("remove", parsed.local(), by));
		return new WebEndpointResponse<>(answer.body(parsed.node()), answer.status());
	}

	private static Map<String, @Nullable String> asked(String what, String id, String by) {
		Map<String, @Nullable String> asked = new LinkedHashMap<>();
		asked.put("do", what);
		asked.put("id", id);
		asked.put("by", by);
		return asked;
	}

	private Answer ask(String node, Map<String, @Nullable String> asked) {
		byte[] body = this.mapper.writeValueAsBytes(asked);
		try {
			byte[] answer = (node.equals(this.cluster.node()) ? perform(body)
					: this.cluster.operate(node, OPERATION, body))
				.join();
			Map<?, ?> read = this.mapper.readValue(answer, Map.class);
			return new Answer(((Number) Objects.requireNonNull(read.get("status"))).intValue(),
					(read.get("body") instanceof Map<?, ?> values) ? values : Map.of());
		}
		catch (CompletionException ex) {
			boolean unknown = ex.getCause() instanceof DeliveryException failed
					&& failed.delivery() == Delivery.NO_SESSION;
			return new Answer(unknown ? WebEndpointResponse.STATUS_NOT_FOUND : GATEWAY_TIMEOUT, Map.of("error",
					unknown ? "There is no node '" + node + "'" : "Node '" + node + "' does not answer"));
		}
	}

	/** Performs what another node asks for. */
	private CompletableFuture<byte[]> perform(byte[] body) {
		Map<?, ?> asked = this.mapper.readValue(body, Map.class);
		Map<String, Object> answer = new LinkedHashMap<>();
		WebEndpointResponse<OperationResponseBody> response = here(new Asked(asked));
		answer.put("status", response.getStatus());
		answer.put("body", response.getBody());
		return CompletableFuture.completedFuture(this.mapper.writeValueAsBytes(answer));
	}

	private WebEndpointResponse<OperationResponseBody> here(Asked asked) {
		String id = String.valueOf(asked.text("id"));
		String by = asked.text("by") + " over another node";
		return switch (String.valueOf(asked.text("do"))) {
			case "start" -> WebResponses.ok(
					() -> this.local.start(
							new TapParameters(id, asked.text("server"), asked.text("client"), asked.text("bound"),
									asked.text("remote"), asked.text("next"), asked.text("for"), asked.text("bytes")),
							by));
			case "content" -> WebResponses.ok(content(id, asked));
			case "remove" -> WebResponses.noContent(() -> this.local.remove(id, by));
			default -> WebResponses.ok(() -> {
				throw new BadParameterException("This node does not know that operation", "Unknown operation");
			});
		};
	}

	private Supplier<Body> content(String id, Asked asked) {
		return () -> {
			LocalTaps.Content content = this.local.content(id, asked.text("format"));
			if (content.bytes().length > MOST_CONTENT) {
				throw new RefusedOperationException(
						"Tap '" + id + "' has more than other nodes are sent: ask node '" + this.cluster.node() + "'");
			}
			return new Body(
					Map.of("bytes", Base64.getEncoder().encodeToString(content.bytes()), "type", content.type()));
		};
	}

	/**
	 * The parameters of an operation.
	 *
	 * @param values as they came
	 */
	private record Asked(Map<?, ?> values) {

		@Nullable String text(String key) {
			Object value = this.values.get(key);
			return (value != null) ? String.valueOf(value) : null;
		}

	}

	/**
	 * What a node has answered.
	 *
	 * @param status the status of HTTP
	 * @param values the body
	 */
	private record Answer(int status, Map<?, ?> values) {

		@Nullable OperationResponseBody body(String node) {
			if (this.values.isEmpty()) {
				return null;
			}
			Map<String, Object> named = new LinkedHashMap<>();
			this.values.forEach((key, value) -> named.put(String.valueOf(key), value));
			named.computeIfPresent("id", (key, id) -> new IdOnNode(String.valueOf(id), node).toString());
			return new Body(named);
		}

	}

	/** An object of JSON. */
	private static final class Body extends LinkedHashMap<String, Object> implements OperationResponseBody {

		private static final long serialVersionUID = 1L;

		Body(Map<String, ?> values) {
			super(values);
		}

	}

}
