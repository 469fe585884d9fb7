package dev.socketserver.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.socketserver.actuate.NodeOperation.Answer;
import dev.socketserver.actuate.NodeOperation.Asked;
import dev.socketserver.actuate.NodeOperation.Body;
import dev.socketserver.actuate.shown.PageLength;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.DeliveryException;
import dev.socketserver.cluster.spi.ManagedCluster;
import dev.socketserver.engine.log.LoggedFailure;
import dev.socketserver.operation.ActionNames;
import dev.socketserver.operation.BadParameterException;
import dev.socketserver.operation.PeerRequest;
import dev.socketserver.operation.SessionEvaluator;
import dev.socketserver.operation.UnknownTargetException;
import dev.socketserver.operation.search.ClusterList;
import dev.socketserver.operation.search.IdOnNode;
import dev.socketserver.operation.search.PageEnds;
import dev.socketserver.operation.search.SessionFilter;
import dev.socketserver.operation.search.SessionOrder;
import dev.socketserver.operation.search.SessionQuery;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * The sessions of all nodes, for operators: asks each node for its own, and merges what
 * they answer. The id of a session is {@code chat-1@node} here. Waits for other nodes as
 * long as {@code socket.cluster.request-timeout} says, and so is not for I/O threads.
 * Safe for use by several threads.
 */
public final class ClusterSessions implements ClusterList {

	/** How many sessions a node is asked for at once; fewer if these are too long. */
	private static final int PAGE = 500;

	/** How many sessions of a node are looked through to find a place among them. */
	private static final int MOST = 10_000;

	/** When the last sessions of pages have opened. */
	private final PageEnds<Instant> ends = new PageEnds<>();

	private final SocketSessionsEndpoint local;

	private final NodeOperation operation;

	/**
	 * Creates the view, and answers what other nodes ask of this one.
	 * @param cluster the cluster
	 * @param local the sessions of this node
	 */
	public ClusterSessions(ManagedCluster cluster, SocketSessionsEndpoint local) {
		this.local = local;
		this.operation = new NodeOperation(cluster, "sessions", this::here);
	}

	/**
	 * Returns the sessions that a scope names.
	 * @throws BadParameterException if it names none
	 */
	static ClusterSessions of(@Nullable ClusterSessions cluster, @Nullable String scope) {
		if (!"cluster".equals(scope)) {
			throw BadParameterException.value("scope", String.valueOf(scope), "cluster", "Bad parameter");
		}
		if (cluster == null) {
			throw new BadParameterException("scope has no other value here: this application is no node of a cluster",
					"Bad parameter");
		}
		return cluster;
	}

	private WebEndpointResponse<OperationResponseBody> here(Asked asked) {
		boolean shown = this.local.isShown() && Boolean.parseBoolean(asked.text("shown"));
		String id = String.valueOf(asked.text("id"));
		return switch (String.valueOf(asked.text("do"))) {
			case "list" ->
				WebResponses.ok(() -> this.local.sessions(SessionQuery.of(asked::text).since(since(asked)), shown));
			case "get" -> WebResponses.found(
					() -> "false".equals(asked.text("details")) ? this.local.withoutDetails(id, shown)
							: this.local.session(id, shown,
									this.local.isRecordedShown() && Boolean.parseBoolean(asked.text("recorded"))),
					() -> UnknownTargetException.session(id));
			case "change" -> WebResponses.ok(() -> this.local.changeOrAsk(id, String.valueOf(asked.text("action")),
					asked.text("payload"), asked.text("timeout"), shown));
			case "close" -> WebResponses.noContent(() -> this.local.close(id, false));
			case "close-each" -> WebResponses.ok(() -> this.local.close(ids(asked)));
			default -> NodeOperation.unknown();
		};
	}

	private static @Nullable Instant since(Asked asked) {
		String since = asked.text("since");
		return (since != null) ? Instant.parse(since) : null;
	}

	private static List<String> ids(Asked asked) {
		return (asked.values().get("ids") instanceof List<?> ids) ? ids.stream().map(String::valueOf).toList()
				: List.of();
	}

	// What a node is to do with one of its sessions.

	WebEndpointResponse<OperationResponseBody> show(String id, boolean shown, boolean recordedShown) {
		return onNode(id, "get", Map.of("shown", shown, "recorded", recordedShown), Duration.ZERO);
	}

	WebEndpointResponse<OperationResponseBody> close(String id) {
		return onNode(id, "close", Map.of(), Duration.ZERO);
	}

	WebEndpointResponse<OperationResponseBody> change(String id, String action, @Nullable String payload,
			@Nullable String timeout, boolean shown) {
		Map<String, @Nullable Object> asked = new LinkedHashMap<>();
		asked.put("shown", shown);
		asked.put("action", action);
		asked.put("payload", payload);
		asked.put("timeout", timeout);
		return onNode(id, "change", asked, longer(action, timeout));
	}

	private static Duration longer(String action, @Nullable String timeout) {
		return switch (action) {
			case "ask" -> PeerRequest.timeout(timeout);
			case "eval" -> SessionEvaluator.PATIENCE;
			default -> Duration.ZERO;
		};
	}

	private WebEndpointResponse<OperationResponseBody> onNode(String id, String what,
			Map<String, ? extends @Nullable Object> parameters, Duration longer) {
		IdOnNode parsed = IdOnNode.of(id);
		String node = parsed.node();
		Map<String, @Nullable Object> asked = new LinkedHashMap<>(parameters);
		asked.put("do", what);
		asked.put("id", parsed.local());
		return this.operation.ask(node, asked, longer).response(node);
	}

	@Override
	public Map<String, Object> sessions(SessionQuery query) {
		return list(query, false);
	}

	/** Returns a page of the sessions of all nodes. */
	Body list(SessionQuery query, boolean shown) {
		int page = query.page();
		int size = query.size();
		String after = query.after();
		Listed last = (after != null) ? find(after) : null;
		// Behind the last one, and those that opened with it.
		long wanted = (page + 1L) * size + ((last != null) ? PAGE : 0);
		Gathered gathered = gather(query.filter(), query.order(), last, (session) -> isSince(last, session),
				(int) Math.min(MOST, wanted), shown);
		List<Listed> all = gathered.sessions();
		int start = (last != null) ? indexAfter(all, last) : 0;
		int from = (int) Math.min(all.size(), start + (long) page * size);
		List<Listed> onPage = all.subList(from, Math.min(all.size(), from + size));
		List<Map<String, Object>> fitting = PageLength.fitting(onPage, Listed::session, PageLength::of,
				ClusterSessions::shortened);
		if (query.order() == null && !fitting.isEmpty()) {
			remember(onPage.get(fitting.size() - 1));
		}
		Map<String, Object> body = new LinkedHashMap<>();
		body.put("sessions", fitting);
		Map<String, Object> shownPage = new LinkedHashMap<>();
		shownPage.put("number", page);
		shownPage.put("size", (fitting.size() == onPage.size()) ? size : fitting.size());
		shownPage.put("total", gathered.total());
		body.put("page", shownPage);
		return complete(body, gathered.missing());
	}

	private static Map<String, Object> shortened(Listed listed) {
		Map<String, Object> shorter = new Body(listed.session());
		shorter.put("attributes", Map.of());
		return shorter;
	}

	/** Older nodes list the sessions before it, too. */
	private static boolean isSince(@Nullable Listed last, Map<?, ?> session) {
		return last == null || !openedAt(session).isBefore(last.openedAt());
	}

	private static Instant openedAt(Map<?, ?> session) {
		return Instant.parse(String.valueOf(session.get("openedAt")));
	}

	private static Body complete(Map<String, Object> body, Collection<String> missing) {
		body.put("complete", missing.isEmpty());
		body.put("missing", List.copyOf(missing));
		return new Body(body);
	}

	/** Closes the first sessions of all nodes that are not closing. */
	OperationResponseBody closeFirst(SessionFilter filter, @Nullable String sort, int max) {
		int wanted = Math.min(MOST, max);
		Gathered gathered = gather(filter, SessionOrder.of(sort), null, (session) -> session.get("closed") == null,
				wanted, false);
		Map<String, List<String>> ids = gathered.sessions()
			.stream()
			.limit(wanted)
			.collect(Collectors.groupingBy(Listed::node, LinkedHashMap::new,
					Collectors.mapping(Listed::local, Collectors.toList())));
		Map<String, CompletableFuture<Integer>> answers = new LinkedHashMap<>();
		ids.forEach((node, its) -> answers.put(node, closeEach(node, its)));
		Set<String> missing = new TreeSet<>(gathered.missing());
		int closed = 0;
		for (Map.Entry<String, CompletableFuture<Integer>> answer : answers.entrySet()) {
			try {
				closed += answer.getValue().join();
			}
			catch (CompletionException ex) {
				missing.add(answer.getKey());
			}
		}
		return complete(new LinkedHashMap<>(Map.of("closed", closed)), missing);
	}

	private CompletableFuture<Integer> closeEach(String node, List<String> ids) {
		CompletableFuture<Integer> closed = CompletableFuture.completedFuture(0);
		for (int from = 0; from < ids.size(); from += PAGE) {
			List<String> some = List.copyOf(ids.subList(from, Math.min(ids.size(), from + PAGE)));
			closed = closed.thenCompose((sum) -> attempt(
					() -> this.operation.begin(node, Map.of("do", "close-each", "ids", some), Duration.ZERO))
				.thenApply((answer) -> sum + count(answer)));
		}
		return closed;
	}

	private static int count(Answer answer) {
		Map<?, ?> body = answer.values();
		if (body != null && body.get("closed") instanceof Number closed) {
			return closed.intValue();
		}
		throw new IllegalStateException("The node closes sessions in another way");
	}

	private Gathered gather(SessionFilter filter, @Nullable SessionOrder order, @Nullable Listed last,
			Predicate<Map<?, ?>> condition, int wanted, boolean shown) {
		Map<String, @Nullable Object> asked = new LinkedHashMap<>(filter.parameters());
		asked.put("do", "list");
		asked.put("shown", shown);
		asked.put("sort", (order != null) ? ActionNames.of(order) : null);
		asked.put("since", (last != null) ? last.openedAt().toString() : null);
		List<Gathering> answers = this.operation.nodes()
			.stream()
			.map((node) -> new Gathering(node, asked, condition, wanted))
			.toList();
		List<Listed> all = new ArrayList<>();
		List<String> missing = new ArrayList<>();
		long total = 0;
		boolean known = false;
		BadParameterException refused = null;
		for (Gathering gathering : answers) {
			try {
				all.addAll(gathering.answer.join());
				known = true;
				total += gathering.total;
			}
			catch (CompletionException ex) {
				if (ex.getCause() instanceof UnknownTargetException unknown) {
					// Not every node has every server.
					refused = unknown;
				}
				else if (ex.getCause() instanceof BadParameterException bad) {
					throw bad;
				}
				else {
					missing.add(gathering.node);
				}
			}
		}
		if (refused != null && !known && missing.isEmpty()) {
			throw refused;
		}
		all.sort(Listed.order(order));
		return new Gathered(all, total, missing);
	}

	private static <T> CompletableFuture<T> attempt(Supplier<CompletableFuture<T>> step) {
		return CompletableFuture.completedFuture(step).thenCompose(Supplier::get);
	}

	private void remember(Listed last) {
		if (last.session().get("id") instanceof String id) {
			this.ends.remember(id, last.openedAt());
		}
	}

	/** Finds a session, which may have ended. */
	private Listed find(String after) {
		if (IdOnNode.isOne(after)) {
			IdOnNode parsed = IdOnNode.of(after);
			Instant openedAt = this.ends.find(after);
			if (openedAt != null) {
				return Listed.of(Map.of("id", parsed.local(), "openedAt", openedAt.toString()), parsed.node(), 0);
			}
			Map<?, ?> session = this.operation
				.ask(parsed.node(), Map.of("do", "get", "id", parsed.local(), "shown", false, "details", false),
						Duration.ZERO)
				.values();
			// Else it is unknown where it was.
			if (session != null && session.get("openedAt") != null) {
				return Listed.of(session, parsed.node(), 0);
			}
		}
		throw UnknownTargetException.session(after);
	}

	/** Returns the place after a session, which may have ended meanwhile. */
	private static int indexAfter(List<Listed> all, Listed last) {
		for (int i = 0; i < all.size(); i++) {
			if (Objects.equals(all.get(i).session().get("id"), last.session().get("id"))) {
				return i + 1;
			}
		}
		return (int) all.stream().filter((one) -> Listed.order(null).compare(one, last) <= 0).count();
	}

	/**
	 * What the nodes have answered.
	 *
	 * @param sessions in their order
	 * @param total how many there are
	 * @param missing nodes that did not answer
	 */
	private record Gathered(List<Listed> sessions, long total, List<String> missing) {

	}

	/** Fetches sessions of a node, one page after the other. */
	private final class Gathering {

		private final String node;

		private final Map<String, @Nullable Object> asked;

		private final Predicate<Map<?, ?>> condition;

		private final int wanted;

		private final List<Listed> found = new ArrayList<>();

		/** Written before the answer is complete. */
		private long total;

		private final CompletableFuture<List<Listed>> answer;

		Gathering(String node, Map<String, @Nullable Object> asked, Predicate<Map<?, ?>> condition, int wanted) {
			this.node = node;
			this.asked = asked;
			this.condition = condition;
			this.wanted = wanted;
			this.answer = from(0, PAGE);
		}

		@SuppressWarnings("FutureReturnValueIgnored") // composed at once
		private CompletableFuture<List<Listed>> from(int start, int size) {
			Map<String, @Nullable Object> request = new LinkedHashMap<>(this.asked);
			request.put("page", start / size);
			request.put("size", size);
			return attempt(() -> ClusterSessions.this.operation.begin(this.node, request, Duration.ZERO))
				.handle((answered, failure) -> (answered != null) ? add(answered, start, size)
						: again(failure, start, size))
				.thenCompose(Function.identity());
		}

		/** Asks for fewer sessions if so many did not fit into a message. */
		private CompletableFuture<List<Listed>> again(Throwable failure, int start, int size) {
			Throwable cause = LoggedFailure.cause(failure);
			boolean refused = cause instanceof DeliveryException failed && failed.delivery() == Delivery.REFUSED;
			return (refused && size > 1) ? from(start, smaller(size)) : CompletableFuture.failedFuture(cause);
		}

		/** Smaller pages begin where larger ones do: 500, 250, 125, 25, 5, 1. */
		private static int smaller(int size) {
			return (size % 2 == 0) ? size / 2 : size / 5;
		}

		private CompletableFuture<List<Listed>> add(Answer answered, int start, int size) {
			Map<?, ?> body = Objects.requireNonNull(answered.values());
			if (answered.status() != WebEndpointResponse.STATUS_OK) {
				String error = String.valueOf(body.get("error"));
				return CompletableFuture.failedFuture((answered.status() == WebEndpointResponse.STATUS_NOT_FOUND)
						? UnknownTargetException.server(String.valueOf(this.asked.get("server")))
						: new BadParameterException(error, "Bad parameter"));
			}
			List<?> sessions = (List<?>) Objects.requireNonNull(body.get("sessions"));
			Map<?, ?> page = (Map<?, ?>) Objects.requireNonNull(body.get("page"));
			int fitting = (page.get("size") instanceof Integer shown) ? shown : 0;
			if (fitting > 0 && fitting < size) {
				return from(start, smaller(size));
			}
			if (fitting != size) {
				throw new IllegalStateException("The node lists sessions in another way");
			}
			for (Object one : sessions) {
				Map<?, ?> session = (Map<?, ?>) one;
				if (this.condition.test(session)) {
					this.found.add(Listed.of(session, this.node, this.found.size()));
				}
			}
			if (start == 0 && page.get("total") instanceof Number count) {
				this.total = count.longValue();
			}
			return (sessions.size() < size || this.found.size() >= this.wanted)
					? CompletableFuture.completedFuture(this.found) : from(start + size, size);
		}

	}

	/**
	 * A session of a node.
	 *
	 * @param session as it is shown
	 * @param openedAt when it opened
	 * @param node its node
	 * @param position its place among those of its node
	 */
	private record Listed(Map<String, Object> session, Instant openedAt, String node, int position) {

		static Listed of(Map<?, ?> session, String node, int position) {
			Body named = Body.of(session, node);
			return new Listed(named, ClusterSessions.openedAt(named), node, position);
		}

		/** Returns its id at its node. */
		String local() {
			return IdOnNode.of(String.valueOf(this.session.get("id"))).local();
		}

		/** What was refused has no id. */
		private static boolean isSession(Map<String, Object> listed) {
			return listed.get("id") instanceof String;
		}

		/** Their order; each node's own stays as it is. */
		static Comparator<Listed> order(@Nullable SessionOrder order) {
			if (order == null || order == SessionOrder.AGE) {
				return Comparator.comparing((Listed one) -> !isSession(one.session()))
					.thenComparing(Listed::openedAt)
					.thenComparing(Listed::node)
					.thenComparingInt(Listed::position);
			}
			return Comparator.comparingDouble((Listed one) -> -one.weight(order))
				.thenComparingInt(Listed::position)
				.thenComparing(Listed::node);
		}

		private double weight(SessionOrder order) {
			return switch (order) {
				case BYTES -> number("bytes", "received") + number("bytes", "sent");
				case PENDING -> number("pending", "outboundBytes");
				// Not in what is shown: the first of each node, then the second.
				default -> -this.position;
			};
		}

		private double number(String block, String key) {
			return (this.session.get(block) instanceof Map<?, ?> values && values.get(key) instanceof Number number)
					? number.doubleValue() : 0;
		}

	}

}
