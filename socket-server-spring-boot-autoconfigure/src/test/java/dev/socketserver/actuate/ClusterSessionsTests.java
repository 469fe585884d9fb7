package dev.socketserver.actuate;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.socketserver.SocketServer;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.DeliveryException;
import dev.socketserver.cluster.spi.ManagedCluster;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.operation.UnknownTargetException;
import dev.socketserver.operation.search.SessionFilter;
import dev.socketserver.operation.search.SessionQuery;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ClusterSessions}.
 */
class ClusterSessionsTests {

	private final RunningServers a = new RunningServers();

	private final RunningServers b = new RunningServers();

	private final TestCluster nodes = new TestCluster();

	private final SocketSessionsEndpoint endpoint = endpoint(this.a);

	private final ClusterSessions sessions = new ClusterSessions(this.nodes.node("a"), this.endpoint);

	private final List<TestPeer> peers = new ArrayList<>();

	@AfterEach
	void stop() throws Exception {
		Opened.closeAll(this.peers);
		this.a.close();
		this.b.close();
	}

	private static SocketSessionsEndpoint endpoint(RunningServers servers) {
		return new SocketSessionsEndpoint(servers.servers(), List.of(), Show.ALWAYS, Show.ALWAYS, null);
	}

	private void otherNode() {
		new ClusterSessions(this.nodes.node("b"), endpoint(this.b));
	}

	private void connect(SocketServer server) throws Exception {
		TestPeer peer = TestPeer.connect(server.localAddress());
		this.peers.add(peer);
		// Its handler has set the attributes.
		assertThat(peer.ask("x")).isEqualToIgnoringCase("x");
	}

	private List<String> ids(String after, int size) {
		return ids(this.sessions.list(query(null, after, size), false));
	}

	private static List<String> ids(Map<String, Object> page) {
		return ((List<?>) page.get("sessions")).stream().map((one) -> (String) ((Map<?, ?>) one).get("id")).toList();
	}

	private static SessionQuery query(String server, String after, Integer size) {
		SessionFilter filter = SessionFilter.of(server, null, null, null, null, null);
		return SessionQuery.of(filter, null, after, null, size);
	}

	@Test
	void aServerIsUnknownOnlyIfNoNodeHasIt() {
		this.a.upper("here");
		this.b.upper("there");
		otherNode();

		for (String server : List.of("here", "there")) {
			Map<String, Object> page = this.sessions.list(query(server, null, null), false);
			assertThat(page).containsEntry("complete", true).containsEntry("sessions", List.of());
		}
		assertThatExceptionOfType(UnknownTargetException.class)
			.isThrownBy(() -> this.sessions.list(query("nowhere", null, null), false));
	}

	@Test
	void continuesAfterEachSession() throws Exception {
		SocketServer first = this.a.upper("x");
		SocketServer second = this.b.upper("x");
		otherNode();
		for (int i = 0; i < 3; i++) {
			connect(first);
			connect(second);
		}

		List<String> found = ids(null, 1);
		List<String> all = new ArrayList<>();
		while (!found.isEmpty()) {
			all.addAll(found);
			found = ids(found.get(0), 1);
		}

		assertThat(all).containsExactly("x-1@a", "x-1@b", "x-2@a", "x-2@b", "x-3@a", "x-3@b");
		assertThat(this.nodes.asked()).anyMatch((asked) -> asked.contains("\"since\":\""));
	}

	/** Where the session has ended long ago, and where its node is gone. */
	@ParameterizedTest
	@ValueSource(ints = { 404, 504 })
	void continuesAfterAPageWhoseLastSessionCannotBeFoundAnyMore(int status) throws Exception {
		SocketServer first = this.a.upper("x");
		SocketServer second = this.b.upper("x");
		otherNode();
		connect(first);
		connect(second);
		connect(first);
		assertThat(ids(null, 2)).containsExactly("x-1@a", "x-1@b");

		Map<String, ?> none = Map.of("sessions", List.of(), "page", Map.of("number", 0, "size", 500, "total", 0));
		this.nodes.node("b").operation("sessions", (body) -> {
			if (status == 504) {
				return CompletableFuture.failedFuture(new DeliveryException(Delivery.NODE_UNREACHABLE, "gone"));
			}
			return new String(body, StandardCharsets.UTF_8).contains("\"get\"") ? answer(Map.of("status", status))
					: answer(Map.of("status", 200, "body", none));
		});

		Map<String, Object> page = this.sessions.list(query(null, "x-1@b", 2), false);
		assertThat(ids(page)).containsExactly("x-2@a");
		assertThat(page).containsEntry("complete", status != 504)
			.containsEntry("missing", (status == 504) ? List.of("b") : List.of());
		assertThatExceptionOfType(UnknownTargetException.class).isThrownBy(() -> ids("x-7@b", 2));
	}

	private static CompletableFuture<byte[]> answer(Map<String, ?> answer) {
		return CompletableFuture.completedFuture(JsonMapper.builder().build().writeValueAsBytes(answer));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void continuesBehindTenThousandSessionsOfANode(boolean old) {
		many(12_000, old);

		assertThat(ids("x-11000@b", 2)).containsExactly("x-11001@b", "x-11002@b");
		assertThat(this.sessions.list(query(null, "x-11999@b", 50), false))
			.satisfies((page) -> assertThat(ids(page)).containsExactly("x-12000@b"))
			.satisfies((page) -> assertThat(page.get("page")).hasToString("{number=0, size=50, total=12000}"));
	}

	/** A node with sessions that opened one after the other, and that may be older. */
	private void many(int count, boolean old) {
		List<Map<String, Object>> all = IntStream.rangeClosed(1, count)
			.<Map<String, Object>>mapToObj(
					(i) -> Map.of("id", "x-" + i, "openedAt", Instant.ofEpochSecond(i).toString()))
			.toList();
		JsonMapper mapper = JsonMapper.builder().build();
		ManagedCluster node = this.nodes.node("b");
		node.operation("sessions", (body) -> {
			Map<?, ?> asked = mapper.readValue(body, Map.class);
			Map<String, Object> answer = new LinkedHashMap<>(Map.of("status", 200));
			if (asked.get("do").equals("get")) {
				answer.put("body", all.get(Integer.parseInt(asked.get("id").toString().substring(2)) - 1));
			}
			else {
				int start = (asked.get("since") == null || old) ? 0
						: (int) Instant.parse((String) asked.get("since")).getEpochSecond() - 1;
				int from = Math.min(count, start + (int) asked.get("page") * 500);
				answer.put("body", Map.of("sessions", all.subList(from, Math.min(count, from + 500)), "page",
						Map.of("number", asked.get("page"), "size", 500, "total", count)));
			}
			return CompletableFuture.completedFuture(mapper.writeValueAsBytes(answer));
		});
	}

	@Test
	void asksForFewerSessionsWhereManyAreLongerThanAMessage() throws Exception {
		SocketServer large = this.b.withAttributes("large", attributes(150));
		otherNode();
		for (int i = 0; i < 7; i++) {
			connect(large);
		}

		List<String> ids = new ArrayList<>();
		while (ids.size() < 7) {
			String after = ids.isEmpty() ? null : ids.get(ids.size() - 1);
			Map<String, Object> page = this.sessions.list(query(null, after, null), true);
			assertThat(page).containsEntry("missing", List.of());
			assertThat(new JsonMapper().writeValueAsBytes(page)).hasSizeLessThanOrEqualTo(1024 * 1024);
			ids.addAll(ids(page));
		}

		assertThat(ids)
			.containsExactlyElementsOf(IntStream.rangeClosed(1, 7).mapToObj((i) -> "large-" + i + "@b").toList());
	}

	@Test
	void anAnswerThatIsLongerThanAMessageIsRefusedWithItsLimit() throws Exception {
		// Of one map, only 200 entries are shown.
		SocketServer large = this.b.withAttributes("large",
				Map.of("a", attributes(200), "b", attributes(200), "c", attributes(200)));
		otherNode();
		connect(large);

		WebEndpointResponse<OperationResponseBody> response = this.sessions.show("large-1@b", true, true);

		assertThat(response.getStatus()).isEqualTo(409);
		assertThat(String.valueOf(response.getBody())).contains("Node 'b' refuses: ", "and may have 1048575")
			.contains("ask that node itself");
	}

	private static Map<String, Object> attributes(int count) {
		return IntStream.range(0, count).boxed().collect(Collectors.toMap((i) -> "key" + i, (i) -> "x".repeat(2000)));
	}

	@Test
	void waitsAsLongAsAnEvaluationMayTake() {
		otherNode();

		this.sessions.change("x-1@b", "eval", "1", null, true);
		this.sessions.change("x-1@b", "ask", "1", "7s", true);
		this.sessions.change("x-1@b", "pause", null, null, true);

		assertThat(this.nodes.longer()).containsExactly(Duration.ofSeconds(15), Duration.ofSeconds(7), Duration.ZERO);
	}

	@Test
	void anEmptyTimeoutIsRefusedOnEachNode() throws Exception {
		SocketServer first = this.a.upper("x");
		SocketServer second = this.b.upper("x");
		otherNode();
		connect(first);
		connect(second);
		SocketSessionsEndpointWebExtension web = new SocketSessionsEndpointWebExtension(this.endpoint,
				new Viewers(Show.ALWAYS, Set.of()), new Viewers(Show.ALWAYS, Set.of()), this.sessions);

		for (String id : List.of("x-1", "x-1@a", "x-1@b")) {
			WebEndpointResponse<OperationResponseBody> response = web.changeSocketSession(SecurityContext.NONE, id,
					"pause", null, "");
			assertThat(response.getStatus()).isEqualTo(400);
			assertThat(String.valueOf(response.getBody())).contains("Only the action ask takes a timeout");
		}
	}

}
