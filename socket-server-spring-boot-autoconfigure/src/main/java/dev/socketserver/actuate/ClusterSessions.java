package dev.socketserver.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

import dev.socketserver.cluster.ClusterNode;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.DeliveryException;
import dev.socketserver.cluster.spi.ManagedCluster;
import dev.socketserver.operation.BadParameterException;
import dev.socketserver.operation.PeerRequest;
import dev.socketserver.operation.search.SessionFilter;
import dev.socketserver.operation.search.SessionOrder;
import dev.socketserver.operation.UnknownTargetException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * The sessions of all nodes, for operators: asks each node for its own, and merges what
 * they answer. The id of a session is {@code chat-1@node} here.
 */
public final class ClusterSessions {

	private static final String OPERATION = "sessions";

	private static final int PAGE = 500;

	/** How many sessions of a node are looked through to find a place among them. */
	private static final int MOST = 10_000;

	private static final int GATEWAY_TIMEOUT = 504;

	private final ManagedCluster cluster;

	private final SocketSessionsEndpoint local;

	private final JsonMapper mapper = JsonMapper.builder().build();

	/**
	 * Creates the view, and answers what other nodes ask of this one.
	 * @param cluster the cluster
	 * @param local the sessions of this node
	 */
	public ClusterSessions(ManagedCluster cluster, SocketSessionsEndpoint local) {
		this.cluster = cluster;
		this.local = local;
		cluster.operation(OPERATION, this::perform);
	}

	/** Whether an id names a node. */
	static boolean isOfNode(String id) {
		return id.indexOf('@') >= 0;
	}

	/** Performs what another node asks for. */
	private CompletableFuture<byte[]> perform(byte[] body) {
		Map<String, Object> asked = map(body);
		WebEndpointResponse<OperationResponseBody> response = here(asked);
		Map<String, Object> answer = new LinkedHashMap<>();
		answer.put("status", response.getStatus());
		answer.put("body", response.getBody());
		return CompletableFuture.completedFuture(this.mapper.writeValueAsBytes(answer));
	}

	@SuppressWarnings("unchecked") // what a JSON object is
	private Map<String, Object> map(byte[] json) {
		return this.mapper.readValue(json, Map.class);
	}

	private static @Nullable String text(Map<String, Object> from, String key) {
		Object value = from.get(key);
		return (value != null) ? String.valueOf(value) : null;
	}

	private WebEndpointResponse<OperationResponseBody> here(Map<String, Object> asked) {
		boolean shown = this.local.isShown() && Boolean.parseBoolean(text(asked, "shown"));
		String id = String.valueOf(text(asked, "id"));
		return switch (String.valueOf(text(asked, "do"))) {
			case "list" -> WebResponses.ok(() -> this.local.sessions(
					SessionFilter.of(text(asked, "server"), text(asked, "remote"), text(asked, "bound"),
							text(asked, "group"), text(asked, "state"), Boolean.parseBoolean(text(asked, "closed"))),
					SessionOrder.of(text(asked, "sort")), null, Integer.valueOf(String.valueOf(text(asked, "page"))),
					PAGE, shown));
			case "get" ->
				WebResponses.found(() -> this.local.session(id, shown), () -> UnknownTargetException.session(id));
			case "change" -> WebResponses.ok(() -> this.local.changeOrAsk(id, String.valueOf(text(asked, "action")),
					text(asked, "payload"), text(asked, "timeout"), shown));
			case "close" -> WebResponses.noContent(() -> this.local.close(id, false));
			default -> WebResponses.ok(() -> {
				throw new BadParameterException("This node does not know that operation", "Unknown operation");
			});
		};
	}

	/** Has a node show one of its sessions. */
	WebEndpointResponse<OperationResponseBody> show(String id, boolean shown) {
		return onNode(id, "get", Map.of("shown", shown), Duration.ZERO);
	}

	/** Has a node close one of its sessions. */
	WebEndpointResponse<OperationResponseBody> close(String id) {
		return onNode(id, "close", Map.of(), Duration.ZERO);
	}

	/** Has a node do something with one of its sessions. */
	WebEndpointResponse<OperationResponseBody> change(String id, String action, @Nullable String payload,
			@Nullable String timeout, boolean shown) {
		Map<String, Object> asked = new LinkedHashMap<>();
		asked.put("shown", shown);
		asked.put("action", action);
		if (payload != null) {
			asked.put("payload", payload);
		}
		if (timeout != null) {
			asked.put("timeout", timeout);
		}
		return onNode(id, "change", asked, action.equals("ask") ? PeerRequest.timeout(timeout) : Duration.ZERO);
	}

	private WebEndpointResponse<OperationResponseBody> onNode(String id, String what, Map<String, Object> parameters,
			Duration longer) {
		int at = id.lastIndexOf('@');
		String node = id.substring(at + 1);
		Map<String, Object> asked = new LinkedHashMap<>(parameters);
		asked.put("do", what);
		asked.put("id", id.substring(0, at));
		try {
			Map<String, Object> answer = ask(node, asked, longer).join();
			Object status = answer.get("status");
			return new WebEndpointResponse<>(body(answer, node), (status instanceof Integer code) ? code : 200);
		}
		catch (CompletionException ex) {
			return failed(node, ex);
		}
	}

	private static WebEndpointResponse<OperationResponseBody> failed(String node, CompletionException ex) {
		boolean unknown = ex.getCause() instanceof DeliveryException failed && failed.delivery() == Delivery.NO_SESSION;
		return new WebEndpointResponse<>(
				new Body(Map.of("error",
						unknown ? "There is no node '" + node + "'" : "Node '" + node + "' does not answer")),
				unknown ? WebEndpointResponse.STATUS_NOT_FOUND : GATEWAY_TIMEOUT);
	}

	@SuppressWarnings("unchecked") // what a JSON object is
	private static @Nullable OperationResponseBody body(Map<String, Object> answer, String node) {
		if (!(answer.get("body") instanceof Map<?, ?> body)) {
			return null;
		}
		Map<String, Object> named = new LinkedHashMap<>((Map<String, Object>) body);
		if (named.get("id") instanceof String id) {
			named.put("id", id + "@" + node);
		}
		return new Body(named);
	}

	private CompletableFuture<Map<String, Object>> ask(String node, Map<String, Object> asked) {
		return ask(node, asked, Duration.ZERO);
	}

	private CompletableFuture<Map<String, Object>> ask(String node, Map<String, Object> asked, Duration longer) {
		byte[] body = this.mapper.writeValueAsBytes(asked);
		return (node.equals(this.cluster.node()) ? perform(body) : this.cluster.operate(node, OPERATION, body, longer))
			.thenApply(this::map);
	}

	/** Returns a page of the sessions of all nodes. */
	OperationResponseBody list(Map<String, @Nullable String> filter, @Nullable String sort, @Nullable String after,
			int page, int size, boolean shown) {
		SessionOrder order = SessionOrder.of(sort);
		if (after != null && order != null) {
			throw new BadParameterException("after cannot be given together with sort", "Bad parameter");
		}
		int wanted = (after != null) ? MOST : (int) Math.min(MOST, (page + 1L) * size);
		Map<String, Object> asked = new LinkedHashMap<>();
		asked.put("do", "list");
		asked.put("shown", shown);
		filter.forEach((key, value) -> {
			if (value != null) {
				asked.put(key, value);
			}
		});
		if (sort != null) {
			asked.put("sort", sort);
		}
		Map<String, CompletableFuture<List<Listed>>> answers = new LinkedHashMap<>();
		List<String> missing = new ArrayList<>();
		long[] total = new long[1];
		for (ClusterNode node : this.cluster.nodes()) {
			if (node.state() != ClusterNode.State.DEAD) {
				answers.put(node.name(), gather(node.name(), asked, 0, wanted, new ArrayList<>(), total));
			}
		}
		List<Listed> all = new ArrayList<>();
		BadParameterException refused = null;
		for (Map.Entry<String, CompletableFuture<List<Listed>>> answer : answers.entrySet()) {
			try {
				all.addAll(answer.getValue().join());
			}
			catch (CompletionException ex) {
				if (ex.getCause() instanceof UnknownTargetException) {
					// Not every node has every server.
					refused = (BadParameterException) ex.getCause();
				}
				else if (ex.getCause() instanceof BadParameterException bad) {
					throw bad;
				}
				else {
					missing.add(answer.getKey());
				}
			}
		}
		if (refused != null && all.isEmpty() && missing.isEmpty() && total[0] == 0) {
			throw refused;
		}
		all.sort(Listed.order(order));
		int start = (after != null) ? behind(all, after) : 0;
		int from = (int) Math.min(all.size(), start + (long) page * size);
		Map<String, Object> body = new LinkedHashMap<>();
		body.put("sessions",
				all.subList(from, Math.min(all.size(), from + size)).stream().map(Listed::session).toList());
		Map<String, Object> shownPage = new LinkedHashMap<>();
		shownPage.put("number", page);
		shownPage.put("size", size);
		shownPage.put("total", total[0]);
		body.put("page", shownPage);
		body.put("complete", missing.isEmpty());
		body.put("missing", missing);
		return new Body(body);
	}

	private CompletableFuture<List<Listed>> gather(String node, Map<String, Object> asked, int page, int wanted,
			List<Listed> found, long[] total) {
		Map<String, Object> request = new LinkedHashMap<>(asked);
		request.put("page", page);
		return attempt(() -> ask(node, request)).thenCompose((answer) -> {
			Map<?, ?> body = (Map<?, ?>) Objects.requireNonNull(answer.get("body"));
			if (!Objects.equals(answer.get("status"), 200)) {
				String error = String.valueOf(body.get("error"));
				return CompletableFuture.failedFuture(Objects.equals(answer.get("status"), 404)
						? UnknownTargetException.server(String.valueOf(asked.get("server")))
						: new BadParameterException(error, "Bad parameter"));
			}
			List<?> sessions = (List<?>) Objects.requireNonNull(body.get("sessions"));
			for (Object session : sessions) {
				found.add(Listed.of((Map<?, ?>) session, node, found.size()));
			}
			if (page == 0 && body.get("page") instanceof Map<?, ?> shown
					&& shown.get("total") instanceof Number count) {
				synchronized (total) {
					total[0] += count.longValue();
				}
			}
			return (sessions.size() < PAGE || found.size() >= wanted) ? CompletableFuture.completedFuture(found)
					: gather(node, asked, page + 1, wanted, found, total);
		});
	}

	private static <T> CompletableFuture<T> attempt(Supplier<CompletableFuture<T>> step) {
		try {
			return step.get();
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	/** Returns the place behind a session, which may have ended meanwhile. */
	private int behind(List<Listed> all, String after) {
		for (int i = 0; i < all.size(); i++) {
			if (Objects.equals(all.get(i).session().get("id"), after)) {
				return i + 1;
			}
		}
		if (isOfNode(after)) {
			int at = after.lastIndexOf('@');
			String node = after.substring(at + 1);
			try {
				Map<String, Object> answer = ask(node,
						Map.of("do", "get", "id", after.substring(0, at), "shown", false))
					.join();
				if (answer.get("body") instanceof Map<?, ?> session && session.get("openedAt") != null) {
					Listed ended = Listed.of(session, node, 0);
					return (int) all.stream().filter((one) -> Listed.order(null).compare(one, ended) <= 0).count();
				}
			}
			catch (CompletionException ex) {
				// Nobody knows where it was.
			}
		}
		throw UnknownTargetException.session(after);
	}

	/** What other nodes have answered, as it is shown. */
	private static final class Body extends LinkedHashMap<String, Object> implements OperationResponseBody {

		private static final long serialVersionUID = 1L;

		Body(Map<String, ? extends Object> values) {
			super(values);
		}

	}

	/**
	 * A session of a node.
	 *
	 * @param session as it is shown
	 * @param openedAt when it opened
	 * @param node its node
	 * @param place its place among those of its node
	 */
	private record Listed(Map<String, Object> session, Instant openedAt, String node, int place) {

		static Listed of(Map<?, ?> session, String node, int place) {
			Map<String, Object> named = new LinkedHashMap<>();
			session.forEach((key, value) -> named.put(String.valueOf(key), value));
			named.put("id", named.get("id") + "@" + node);
			return new Listed(named, Instant.parse(String.valueOf(named.get("openedAt"))), node, place);
		}

		/** Their order; each node's own stays as it is. */
		static Comparator<Listed> order(@Nullable SessionOrder order) {
			if (order == null || order == SessionOrder.AGE) {
				return Comparator.comparing(Listed::openedAt)
					.thenComparing(Listed::node)
					.thenComparingInt(Listed::place);
			}
			return Comparator.comparingDouble((Listed one) -> -one.weight(order))
				.thenComparingInt(Listed::place)
				.thenComparing(Listed::node);
		}

		private double weight(SessionOrder order) {
			return switch (order) {
				case BYTES -> number("bytes", "received") + number("bytes", "sent");
				case PENDING -> number("pending", "outboundBytes");
				// Not in what is shown: the first of each node, then the second.
				default -> -this.place;
			};
		}

		private double number(String block, String key) {
			return (this.session.get(block) instanceof Map<?, ?> values && values.get(key) instanceof Number number)
					? number.doubleValue() : 0;
		}

	}

}
