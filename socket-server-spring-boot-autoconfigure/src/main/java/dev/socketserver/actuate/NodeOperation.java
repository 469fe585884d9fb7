package dev.socketserver.actuate;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.DeliveryException;
import dev.socketserver.cluster.spi.ManagedCluster;
import dev.socketserver.operation.BadParameterException;
import dev.socketserver.operation.search.IdOnNode;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.NullNode;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * An operation that a node has another one perform, or itself. What is asked and answered
 * are objects of JSON. For use within this project, not for applications.
 */
public final class NodeOperation {

	static final int GATEWAY_TIMEOUT = 504;

	private final ManagedCluster cluster;

	private final String name;

	private final Function<Asked, WebEndpointResponse<OperationResponseBody>> here;

	private final JsonMapper mapper = JsonMapper.builder().build();

	/**
	 * Creates the operation, and performs what other nodes ask of this one.
	 * @param cluster the cluster
	 * @param name the name of the operation
	 * @param here performs it on this node
	 */
	public NodeOperation(ManagedCluster cluster, String name,
			Function<Asked, WebEndpointResponse<OperationResponseBody>> here) {
		this.cluster = cluster;
		this.name = name;
		this.here = here;
		cluster.operation(name, this::perform);
	}

	/** Returns the names of the nodes that can be asked, this one included. */
	List<String> nodes() {
		return this.cluster.joinedNodes()
			.stream()
			.filter((node) -> node.state() != ClusterNode.State.DEAD)
			.map(ClusterNode::name)
			.toList();
	}

	private CompletableFuture<byte[]> perform(byte[] body) {
		WebEndpointResponse<OperationResponseBody> response = this.here.apply(new Asked(map(body)));
		Map<String, Object> answer = new LinkedHashMap<>();
		answer.put("status", response.getStatus());
		answer.put("body", response.getBody());
		return CompletableFuture.completedFuture(this.mapper.writeValueAsBytes(answer));
	}

	private Map<?, ?> map(byte[] json) {
		return this.mapper.readValue(json, Map.class);
	}

	/**
	 * Asks a node.
	 * @param node its name
	 * @param asked what for
	 * @param longer how much longer than {@code socket.cluster.request-timeout} it may
	 * take
	 * @return the answer; fails with a {@link DeliveryException}
	 */
	CompletableFuture<Answer> begin(String node, Map<String, ? extends @Nullable Object> asked, Duration longer) {
		byte[] body = this.mapper.writeValueAsBytes(asked);
		return (node.equals(this.cluster.node()) ? perform(body) : this.cluster.operate(node, this.name, body, longer))
			.thenApply(this::map)
			.thenApply((read) -> new Answer(((Number) Objects.requireNonNull(read.get("status"))).intValue(),
					(read.get("body") instanceof Map<?, ?> values) ? values : null));
	}

	/**
	 * Asks a node, and waits for the answer.
	 * @param node its name
	 * @param asked what for
	 * @param longer how much longer than {@code socket.cluster.request-timeout} it may
	 * take
	 * @return the answer: 404 if the node does not exist, 504 if it does not answer, 409
	 * if it refuses or its answer is longer than a message between nodes, 1 MiB, 400 if
	 * what is asked is too long for one
	 */
	public Answer ask(String node, Map<String, ? extends @Nullable Object> asked, Duration longer) {
		try {
			return begin(node, asked, longer).join();
		}
		catch (IllegalArgumentException ex) {
			// Longer than a message may be.
			return error(WebEndpointResponse.STATUS_BAD_REQUEST, String.valueOf(ex.getMessage()));
		}
		catch (CompletionException ex) {
			return (ex.getCause() instanceof DeliveryException failed) ? answer(node, failed) : unanswered(node);
		}
	}

	private static Answer answer(String node, DeliveryException failed) {
		return switch (failed.delivery()) {
			case NO_SESSION -> error(WebEndpointResponse.STATUS_NOT_FOUND, "There is no node '" + node + "'");
			case REFUSED -> error(WebResponses.STATUS_CONFLICT,
					"Node '" + node + "' refuses: " + failed.getMessage() + "; ask that node itself");
			default -> unanswered(node);
		};
	}

	private static Answer unanswered(String node) {
		return error(GATEWAY_TIMEOUT, "Node '" + node + "' does not answer");
	}

	private static Answer error(int status, String text) {
		return new Answer(status, Map.of("error", text));
	}

	/**
	 * Responds to a node that asks for what this one does not know.
	 * @return the response
	 */
	public static WebEndpointResponse<OperationResponseBody> unknown() {
		return WebResponses.error(
				new BadParameterException("This node does not know that operation", "Unknown operation"),
				WebEndpointResponse.STATUS_BAD_REQUEST);
	}

	/**
	 * What a node asks for.
	 *
	 * @param values as they were received
	 */
	public record Asked(Map<?, ?> values) {

		/**
		 * Returns a parameter.
		 * @param key its name
		 * @return the value, or {@code null}
		 */
		public @Nullable String text(String key) {
			Object value = this.values.get(key);
			return (value != null) ? String.valueOf(value) : null;
		}

	}

	/**
	 * What a node has answered.
	 *
	 * @param status the status of HTTP
	 * @param values the body, if there is one
	 */
	public record Answer(int status, @Nullable Map<?, ?> values) {

		/**
		 * Makes the response of this node.
		 * @param node the node, which the id in it is to name
		 * @return the response
		 */
		public WebEndpointResponse<OperationResponseBody> response(String node) {
			return (this.values != null) ? new WebEndpointResponse<>(Body.of(this.values, node), this.status)
					: new WebEndpointResponse<>(this.status);
		}

	}

	/** An object of JSON, as it is shown. */
	public static final class Body extends LinkedHashMap<String, Object> implements OperationResponseBody {

		private static final long serialVersionUID = 1L;

		/**
		 * Creates a body.
		 * @param values its members
		 */
		public Body(Map<?, ?> values) {
			values.forEach((key, value) -> put(String.valueOf(key), shown(value)));
		}

		/** Creates a body whose id, if it has one, names its node. */
		static Body of(Map<?, ?> values, String node) {
			Body body = new Body(values);
			if (body.get("id") instanceof String id) {
				body.put("id", new IdOnNode(id, node).toString());
			}
			return body;
		}

		private static Object shown(@Nullable Object value) {
			if (value instanceof List<?> list) {
				return list.stream().map(Body::shown).toList();
			}
			// The mapper of the endpoints leaves out what is null in a map.
			return (value instanceof Map<?, ?> map) ? new Body(map)
					: Objects.requireNonNullElse(value, NullNode.getInstance());
		}

	}

}
