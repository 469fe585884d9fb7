package dev.socketserver.actuate.tap;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;

import dev.socketserver.actuate.NodeOperation;
import dev.socketserver.actuate.NodeOperation.Answer;
import dev.socketserver.actuate.NodeOperation.Asked;
import dev.socketserver.actuate.NodeOperation.Body;
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

	/** How much of it fits into a message between nodes in Base64, with room to spare. */
	private static final int PART = 512 * 1024;

	private final LocalTaps local;

	private final ManagedCluster cluster;

	private final NodeOperation operation;

	ClusterTaps(ManagedCluster cluster, LocalTaps local) {
		this.cluster = cluster;
		this.local = local;
		this.operation = new NodeOperation(cluster, "taps", this::here);
	}

	WebEndpointResponse<OperationResponseBody> start(TapParameters parameters, String requestedBy) {
		IdOnNode id = IdOnNode.of(String.valueOf(parameters.text("session")));
		Map<String, @Nullable String> asked = asked("start", id.local(), requestedBy);
		TapParameters.OTHERS.forEach((name) -> asked.put(name, parameters.text(name)));
		return response(id, asked);
	}

	/**
	 * Responds with the content as it is when its first part is read, or with the error.
	 */
	WebEndpointResponse<OperationResponseBody> content(String id, @Nullable String format, String requestedBy) {
		IdOnNode parsed = IdOnNode.of(id);
		Map<String, @Nullable String> asked = asked("content", parsed.local(), requestedBy);
		asked.put("format", format);
		ByteArrayOutputStream read = new ByteArrayOutputStream();
		Map<?, ?> first = null;
		do {
			asked.put("from", String.valueOf(read.size()));
			Answer answer = this.operation.ask(parsed.node(), asked, Duration.ZERO);
			Map<?, ?> part = answer.values();
			if (part == null || part.get("bytes") == null) {
				return answer.response(parsed.node());
			}
			byte[] bytes = Base64.getDecoder().decode(String.valueOf(part.get("bytes")));
			if (first != null && bytes.length == 0) {
				return changed(id);
			}
			first = (first != null) ? first : part;
			read.writeBytes(bytes);
		}
		while (first.get("length") instanceof Integer length && read.size() < length);
		byte[] content = read.toByteArray();
		if (first.get("length") instanceof Integer length) {
			// It may have grown meanwhile.
			content = Arrays.copyOf(content, length);
			if (!checksum(content).equals(first.get("checksum"))) {
				return changed(id);
			}
		}
		return new WebEndpointResponse<>(new LocalTaps.Content(content, String.valueOf(first.get("type"))));
	}

	/** A transcript gets the ids of sessions with the second one. */
	private static WebEndpointResponse<OperationResponseBody> changed(String id) {
		return WebResponses.error(
				new RefusedOperationException(
						"What tap '" + id + "' has kept has changed while it was read: try again"),
				WebResponses.STATUS_CONFLICT);
	}

	private static String checksum(byte[] content) {
		CRC32 checksum = new CRC32();
		checksum.update(content);
		return Long.toHexString(checksum.getValue());
	}

	WebEndpointResponse<OperationResponseBody> remove(String id, String by) {
		IdOnNode parsed = IdOnNode.of(id);
		return response(parsed, asked("remove", parsed.local(), by));
	}

	private WebEndpointResponse<OperationResponseBody> response(IdOnNode id, Map<String, @Nullable String> asked) {
		return this.operation.ask(id.node(), asked, Duration.ZERO).response(id.node());
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
			case "start" -> WebResponses.ok(() -> this.local
				.start(new TapParameters((name) -> name.equals("session") ? id : asked.text(name)), by));
			case "content" ->
				this.local.shown() ? WebResponses.ok(() -> content(id, asked)) : SocketTapsEndpoint.notShown();
			case "remove" -> WebResponses.noContent(() -> this.local.remove(id, by));
			default -> NodeOperation.unknown();
		};
	}

	private Body content(String id, Asked asked) {
		LocalTaps.Content content = this.local.content(id, asked.text("format"));
		if (content.bytes().length > MOST_CONTENT) {
			throw new RefusedOperationException(
					"Tap '" + id + "' has " + content.bytes().length + " bytes, and other nodes are sent "
							+ MOST_CONTENT + ": ask node '" + this.cluster.node() + "' itself");
		}
		byte[] bytes = content.bytes();
		String start = asked.text("from");
		if (start == null) {
			// An older node takes it in one message only.
			return new Body(Map.of("bytes", Base64.getEncoder().encodeToString(bytes), "type", content.type()));
		}
		int from = Math.min(bytes.length, Integer.parseInt(start));
		byte[] part = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + PART));
		Body body = new Body(Map.of("bytes", Base64.getEncoder().encodeToString(part), "type", content.type()));
		if (from == 0) {
			body.put("length", bytes.length);
			body.put("checksum", checksum(bytes));
		}
		return body;
	}

}
