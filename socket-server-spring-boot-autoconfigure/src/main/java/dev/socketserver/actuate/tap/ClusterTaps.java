package dev.socketserver.actuate.tap;

import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

import dev.socketserver.actuate.NodeOperation.Answer;
import dev.socketserver.actuate.NodeOperation.Asked;
import dev.socketserver.actuate.NodeOperation;
import dev.socketserver.actuate.WebResponses;
import dev.socketserver.cluster.spi.ManagedCluster;
import dev.socketserver.operation.RefusedOperationException;
import dev.socketserver.operation.search.IdOnNode;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * The taps of other nodes: has a node do what is asked for. The ids of its sessions and
 * taps end with {@code @node} here.
 */
final class ClusterTaps {

	/** What is longer is to be fetched from its node. */
	private static final int MOST_CONTENT = 16 * 1024 * 1024;

	private final ManagedCluster cluster;

	private final LocalTaps local;

	private final NodeOperation operation;

	ClusterTaps(ManagedCluster cluster, LocalTaps local) {
		this.cluster = cluster;
		this.local = local;
		this.operation = new NodeOperation(cluster, "taps", this::here);
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
		return response(id, asked);
	}

	/** Returns the content, or an answer with the error. */
	Object content(String id, @Nullable String format, String requestedBy) {
		IdOnNode parsed = IdOnNode.of(id);
		Map<String, @Nullable String> asked = asked("content", parsed.local(), requestedBy);
		asked.put("format", format);
		Answer answer = this.operation.ask(parsed.node(), asked, Duration.ZERO);
		Map<?, ?> content = answer.values();
		return (content != null && content.get("bytes") != null)
				? new LocalTaps.Content(Base64.getDecoder().decode(String.valueOf(content.get("bytes"))),
						String.valueOf(content.get("type")))
				: answer.response(parsed.node(), Body::new);
	}

	WebEndpointResponse<OperationResponseBody> remove(String id, String by) {
		IdOnNode parsed = IdOnNode.of(id);
		return response(parsed, asked("remove", parsed.local(), by));
	}

	private WebEndpointResponse<OperationResponseBody> response(IdOnNode id, Map<String, @Nullable String> asked) {
		return this.operation.ask(id.node(), asked, Duration.ZERO).response(id.node(), Body::new);
	}

	private static Map<String, @Nullable String> asked(String what, String id, String by) {
		Map<String, @Nullable String> asked = new LinkedHashMap<>();
		asked.put("do", what);
		asked.put("id", id);
		asked.put("by", by);
		return asked;
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
			default -> NodeOperation.unknown();
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

	/** An object of JSON. */
	private static final class Body extends LinkedHashMap<String, Object> implements OperationResponseBody {

		private static final long serialVersionUID = 1L;

		Body(Map<String, ?> values) {
			super(values);
		}

	}

}
