package dev.socketserver.autoconfigure.actuate;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import dev.socketserver.ServerSpec;
import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketSession;
import dev.socketserver.actuate.RunningClients;
import dev.socketserver.actuate.RunningServers;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.netty.NettyPipelineCustomizer;
import dev.socketserver.netty.NettySocketServers;
import dev.socketserver.netty.connect.NettySocketClients;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.support.BeanDefinitionBuilder;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.http.HttpMethod;

import static dev.socketserver.autoconfigure.actuate.EndpointCalls.error;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the endpoints, health and metrics over HTTP with Spring MVC.
 */
@EndpointsWebTest
class SocketEndpointsWebTests {

	private static final String INSTANT = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z";

	@TempDir
	private Path directory;

	@Autowired
	private EndpointCalls endpoints;

	@Autowired
	private NettySocketServers servers;

	@Autowired
	private NettySocketClients clients;

	@Autowired
	private DefaultListableBeanFactory beans;

	@Test
	void listsServers() throws Exception {
		start("upper");
		this.servers.register(RunningServers.upperSpec("another").build());

		JsonNode list = this.endpoints.get("/actuator/socketservers", 200);

		assertThat(list.propertyNames()).containsExactly("servers");
		assertThat(list.get("servers").values()).extracting((server) -> server.get("name").asString())
			.containsExactly("upper", "another");
	}

	@Test
	void showsAServerWithEveryField() throws Exception {
		SocketServer server = start("upper");
		try (TestPeer gone = TestPeer.connect(server.localAddress())) {
			assertThat(gone.ask("hello")).isEqualTo("HELLO");
		}
		await().until(() -> server.listeners().get(0).sessions() == 0);
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			assertThat(peer.ask("you")).isEqualTo("YOU");
			await().until(() -> server.statistics().messagesSent() == 2);

			String body = this.endpoints.body("/actuator/socketservers/upper");

			int port = server.localAddress().getPort();
			assertThat(body.replaceFirst(INSTANT, "WHEN")).isEqualTo("{\"name\":\"upper\",\"state\":\"RUNNING\","
					+ "\"address\":\"127.0.0.1:" + port + "\",\"port\":" + port
					+ ",\"protocol\":\"tcp\",\"inherited\":null,\"handler\":\"upper\",\"framing\":\"line\",\"transport\":\""
					+ server.transport().name().toLowerCase(Locale.ROOT) + "\",\"ssl\":null,"
					+ "\"sessions\":{\"active\":1,\"accepted\":2,\"rejected\":0,\"closed\":{\"PEER_CLOSED\":1}},"
					+ "\"bytes\":{\"received\":10,\"sent\":10},\"messages\":{\"received\":2,\"sent\":2},"
					+ "\"framesDropped\":{},\"datagrams\":null,\"repliesDropped\":0,\"startedAt\":\"WHEN\",\"failure\":null,\"drain\":null,\"mappings\":[],\"bridge\":null,"
					+ "\"listeners\":[{\"name\":\"main\",\"state\":\"LISTENING\",\"address\":\"127.0.0.1:" + port
					+ "\",\"port\":" + port + ",\"accepted\":2,\"sessions\":1,\"failure\":null}]}");
		}
	}

	@Test
	void showsAStoppedServerWithEveryField() throws Exception {
		this.servers.register(RunningServers.upperSpec("upper").build());

		assertThat(this.endpoints.body("/actuator/socketservers/upper"))
			.isEqualTo("{\"name\":\"upper\",\"state\":\"STOPPED\","
					+ "\"address\":null,\"port\":null,\"protocol\":\"tcp\",\"inherited\":null,\"handler\":\"upper\",\"framing\":\"line\",\"transport\":null,"
					+ "\"ssl\":null,\"sessions\":{\"active\":0,\"accepted\":0,\"rejected\":0,\"closed\":{}},"
					+ "\"bytes\":{\"received\":0,\"sent\":0},\"messages\":{\"received\":0,\"sent\":0},"
					+ "\"framesDropped\":{},\"datagrams\":null,\"repliesDropped\":0,\"startedAt\":null,\"failure\":null,\"drain\":null,\"mappings\":[],\"bridge\":null,"
					+ "\"listeners\":[{\"name\":\"main\",\"state\":\"CLOSED\",\"address\":\"127.0.0.1:0\",\"port\":null,"
					+ "\"accepted\":0,\"sessions\":0,\"failure\":null}]}");
	}

	@Test
	void stopsAndStartsAServer() throws Exception {
		SocketServer server = start("upper");
		int port = server.localAddress().getPort();

		JsonNode stopped = this.endpoints.post("/actuator/socketservers/upper", Map.of("action", "stop"), 200);

		assertThat(stopped.get("name").asString()).isEqualTo("upper");
		assertThat(stopped.get("state").asString()).isIn("DRAINING", "STOPPED");
		assertThat(stopped.get("address").isNull()).isTrue();
		await().untilAsserted(() -> assertThatIOException().isThrownBy(() -> connect(port)));
		await().until(() -> server.state() == ServerState.STOPPED);
		assertThat(error(this.endpoints.post("/actuator/socketservers/upper", Map.of("action", "stop"), 409)))
			.contains("'upper'", "STOPPED");

		JsonNode started = this.endpoints.post("/actuator/socketservers/upper", Map.of("action", "start"), 200);

		assertThat(started.get("state").asString()).isEqualTo("RUNNING");
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			assertThat(peer.ask("again")).isEqualTo("AGAIN");
		}
		assertThat(error(this.endpoints.post("/actuator/socketservers/upper", Map.of("action", "start"), 409)))
			.contains("RUNNING");
	}

	@Test
	void stoppingDoesNotWaitForSessions() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		SocketServer server = RunningServers.started(this.servers,
				RunningServers.streamSpec("slow", (in, out, session) -> release.await()));
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			await().until(() -> server.statistics().active() == 1);

			JsonNode stopped = this.endpoints.post("/actuator/socketservers/slow", Map.of("action", "stop"), 200);

			assertThat(stopped.get("state").asString()).isEqualTo("DRAINING");
			assertThat(stopped.get("sessions").get("active").asInt()).isOne();
			assertThat(this.endpoints.get("/actuator/health/socketServers/slow", 503).get("status").asString())
				.isEqualTo("OUT_OF_SERVICE");
			assertThat(error(this.endpoints.post("/actuator/socketservers/slow", Map.of("action", "start"), 409)))
				.contains("DRAINING");
			release.countDown();
			assertThat(peer.read()).isNull();
		}
		await().until(() -> server.state() == ServerState.STOPPED);
	}

	@Test
	void deleteStopsAServer() throws Exception {
		SocketServer server = start("upper");
		int port = server.localAddress().getPort();

		assertThat(this.endpoints.exchange(HttpMethod.DELETE, "/actuator/socketservers/upper", null, 204)).isNull();

		await().untilAsserted(() -> assertThatIOException().isThrownBy(() -> connect(port)));
		await().until(() -> server.state() == ServerState.STOPPED);
		assertThat(error(this.endpoints.delete("/actuator/socketservers/upper", 409))).contains("STOPPED");
		assertThat(this.endpoints.get("/actuator/socketservers/upper", 200).get("state").asString())
			.isEqualTo("STOPPED");
	}

	@Test
	void pausesOneListener() throws Exception {
		SocketServer server = RunningServers.started(this.servers,
				gateway().listener("extra", (extra) -> extra.port(0)).build());

		JsonNode paused = act("pause", "extra", 200);

		assertThat(paused.get("state").asString()).isEqualTo("RUNNING");
		assertThat(paused.get("listeners").values())
			.extracting((listener) -> listener.get("name").asString(), (listener) -> listener.get("state").asString())
			.containsExactly(tuple("main", "LISTENING"), tuple("extra", "PAUSED"));
		assertThat(error(act("pause", "extra", 409))).contains("PAUSED");
		assertThat(error(act("pause", "none", 404))).contains("'none'");
		assertThat(error(act("stop", "extra", 400))).contains("listener");
		assertThat(act("resume", "extra", 200).get("listeners").get(1).get("state").asString()).isEqualTo("LISTENING");
		assertThat(error(act("resume", "extra", 409))).contains("LISTENING");
		assertThat(server.state()).isEqualTo(ServerState.RUNNING);
	}

	@Test
	void healthIsDegradedWhileOneOfSeveralListenersCannotAccept() throws Exception {
		Path directory = Files.createDirectory(this.directory.resolve("run"));
		SocketServer server = RunningServers.started(this.servers,
				gateway()
					.listener("local",
							(local) -> local.domainSocket((socket) -> socket.path(directory + "/gateway.sock")))
					.build());
		assertThat(this.endpoints.get("/actuator/health/socketServers/gateway", 200).get("status").asString())
			.isEqualTo("UP");

		// With the file: the listener might make it again in between.
		Files.move(directory, this.directory.resolve("gone"));
		await().until(() -> server.failure() != null);
		JsonNode health = this.endpoints.get("/actuator/health/socketServers/gateway", 200);
		assertThat(health.get("status").asString()).isEqualTo("DEGRADED");
		assertThat(health.get("details").get("listeners").get("main").asString()).isEqualTo("LISTENING");
		assertThat(health.get("details").get("listeners").get("local").asString()).startsWith("FAILED: ");
		assertThat(this.endpoints.get("/actuator/health/socketServers", 200).get("status").asString())
			.isEqualTo("DEGRADED");
		JsonNode shown = this.endpoints.get("/actuator/socketservers/gateway", 200).get("listeners").get(1);
		assertThat(shown.get("name").asString()).isEqualTo("local");
		assertThat(shown.get("state").asString()).isEqualTo("FAILED");
		assertThat(shown.get("failure").asString()).isNotBlank();

		Files.createDirectory(directory);

		await().until(() -> server.failure() == null);
		assertThat(this.endpoints.get("/actuator/health/socketServers/gateway", 200).get("status").asString())
			.isEqualTo("UP");
	}

	private static ServerSpec.Builder gateway() {
		return RunningServers.upperSpec("gateway").port(0);
	}

	private JsonNode act(String action, String listener, int status) {
		return this.endpoints.post("/actuator/socketservers/gateway", Map.of("action", action, "listener", listener),
				status);
	}

	@Test
	void unknownServersAreNotFound() throws Exception {
		assertThat(error(this.endpoints.get("/actuator/socketservers/nope", 404))).contains("'nope'");
		assertThat(error(this.endpoints.post("/actuator/socketservers/nope", Map.of("action", "stop"), 404)))
			.contains("'nope'");
		assertThat(error(this.endpoints.delete("/actuator/socketservers/nope", 404))).contains("'nope'");
	}

	@Test
	void badActionsAreRefused() throws Exception {
		SocketServer server = start("upper");

		assertThat(error(this.endpoints.post("/actuator/socketservers/upper", Map.of("action", "explode"), 400)))
			.contains("'explode'", "start, stop");
		assertThat(error(this.endpoints.post("/actuator/socketservers/upper", Map.of("acton", "stop"), 400)))
			.contains("'acton'", "use action");
		assertThat(server.state()).isEqualTo(ServerState.RUNNING);
	}

	@Test
	void pausesAndResumesAServer() throws Exception {
		SocketServer server = start("upper");

		assertThat(act("pause", 200).get("state").asString()).isEqualTo("PAUSED");

		assertThat(error(act("pause", 409))).contains("PAUSED");
		assertThat(this.endpoints.get("/actuator/health/socketServers/upper", 503).get("status").asString())
			.isEqualTo("OUT_OF_SERVICE");
		try (TestPeer waiting = TestPeer.connect(server.localAddress())) {
			waiting.send("waited\n");
			assertThat(act("resume", 200).get("state").asString()).isEqualTo("RUNNING");
			assertThat(waiting.line()).isEqualTo("WAITED");
		}
		assertThat(error(act("resume", 409))).contains("RUNNING");
	}

	@Test
	void drainsAServerAndAStopEndsThat() throws Exception {
		SocketServer server = start("upper");
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			assertThat(peer.ask("a")).isEqualTo("A");

			assertThat(act("drain", 200, "timeout", "10m").get("state").asString()).isEqualTo("DRAINING");

			assertThat(peer.ask("b")).isEqualTo("B");
			assertThat(error(act("drain", 409))).contains("DRAINING");
			assertThat(error(act("pause", 409))).contains("DRAINING");
			assertThat(error(act("stop", 409, "sessions", "keep"))).contains("DRAINING");
			act("stop", 200);
			assertThat(peer.read()).isNull();
		}
		await().until(() -> server.state() == ServerState.STOPPED);
		assertThat(error(act("drain", 409))).contains("STOPPED");
	}

	@Test
	void endsSessionsOneAfterTheOtherAndAStopEndsThat() throws Exception {
		SocketServer server = start("upper");
		TestPeer first = TestPeer.connect(server.localAddress());
		assertThat(first.ask("a")).isEqualTo("A");
		try (TestPeer second = TestPeer.connect(server.localAddress())) {
			assertThat(second.ask("a")).isEqualTo("A");

			Instant before = Instant.now();
			JsonNode drain = act("drain", 200, "over", "60s", "order", "oldest").get("drain");

			assertThat(drain.propertyNames()).containsExactly("endsAt", "left", "of");
			assertThat(drain.get("of").asInt()).isEqualTo(2);
			assertThat(Instant.parse(drain.get("endsAt").asString())).isBetween(before.plusSeconds(60),
					Instant.now().plusSeconds(60));
			assertThat(first.read()).isNull();
			first.close();
			await().until(() -> this.endpoints.get("/actuator/socketservers/upper", 200)
				.get("drain")
				.get("left")
				.asInt() == 1);
			assertThat(second.ask("b")).isEqualTo("B");
			assertThat(error(act("drain", 409, "over", "1s"))).contains("DRAINING");
			JsonNode health = this.endpoints.get("/actuator/health/socketServers/upper", 503);
			assertThat(health.get("status").asString()).isEqualTo("OUT_OF_SERVICE");
			assertThat(health.get("details").get("drain").propertyNames()).containsExactlyInAnyOrder("left", "of",
					"rate", "endsAt");
			assertThat(this.endpoints.get("/actuator/metrics/socket.server.drain.remaining?tag=server:upper", 200)
				.toString()).contains("\"value\":1.0");

			assertThat(act("stop", 200).get("drain").isNull()).isTrue();

			assertThat(second.read()).isNull();
		}
		await().until(() -> server.state() == ServerState.STOPPED);
	}

	@Test
	void duringTheDelayOfADrainConnectionsAreAccepted() throws Exception {
		SocketServer server = start("upper");

		assertThat(act("drain", 200, "delay", "60s").get("address").isNull()).isFalse();

		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			assertThat(peer.ask("a")).isEqualTo("A");
			assertThat(this.endpoints.exchange(HttpMethod.DELETE, "/actuator/socketservers/upper", null, 204)).isNull();
			assertThat(peer.read()).isNull();
		}
	}

	@ParameterizedTest
	@CsvSource({ "drain,order,newest", "drain,over,-1s", "drain,delay,soon", "stop,over,1s", "pause,delay,1s" })
	void refusesAWrongPlan(String action, String parameter, String value) throws Exception {
		start("upper");
		assertThat(error(act(action, 400, parameter, value))).contains(parameter);
	}

	@Test
	void stopsTheListenerAndKeepsTheSessions() throws Exception {
		SocketServer server = start("upper");
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			assertThat(peer.ask("a")).isEqualTo("A");

			assertThat(error(act("stop", 400, "sessions", "keep", "timeout", "soon"))).contains("timeout");
			JsonNode stopped = act("stop", 200, "sessions", "keep", "timeout", "0s");

			assertThat(stopped.get("state").asString()).isEqualTo("STOPPED");
			assertThat(stopped.at("/sessions/active").asInt()).isOne();
			assertThat(ids(this.endpoints.get("/actuator/socketsessions?server=upper", 200))).hasSize(1);
			assertThat(peer.ask("b")).isEqualTo("B");
			assertThat(error(act("stop", 409))).contains("STOPPED");
			assertThat(act("start", 200).get("state").asString()).isEqualTo("RUNNING");
			assertThat(act("restart", 200, "sessions", "keep", "timeout", "0s").get("state").asString())
				.isEqualTo("RUNNING");
			assertThat(peer.ask("c")).isEqualTo("C");
			act("stop", 200, "sessions", "close");
			assertThat(peer.read()).isNull();
		}
	}

	@Test
	void restartsAServerWhenItsSessionsHaveEnded() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		SocketServer server = RunningServers.started(this.servers,
				RunningServers.streamSpec("upper", (in, out, session) -> release.await()));
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			await().until(() -> server.statistics().active() == 1);

			assertThat(act("restart", 200, "timeout", "60000").get("state").asString()).isEqualTo("DRAINING");

			assertThat(error(act("restart", 409))).contains("DRAINING");
			release.countDown();
			assertThat(peer.read()).isNull();
			await().until(() -> server.state() == ServerState.RUNNING);
		}
		server.stop();
		assertThat(error(act("restart", 409))).contains("STOPPED");
	}

	@ParameterizedTest
	@CsvSource({ "stop,timeout,soon", "stop,timeout,-1s", "stop,sessions,some", "pause,timeout,1s",
			"start,sessions,keep", "drain,sessions,keep", "restart,timeout,''", "stop,timeout,99999999999999999999d" })
	void badParametersOfActionsAreRefused(String action, String parameter, String value) throws Exception {
		SocketServer server = start("upper");
		assertThat(error(act(action, 400, parameter, value))).contains(parameter);
		assertThat(server.state()).isEqualTo(ServerState.RUNNING);
	}

	private JsonNode act(String action, int status, String... parameters) throws Exception {
		Map<String, String> body = new HashMap<>(Map.of("action", action));
		for (int i = 0; i < parameters.length; i += 2) {
			body.put(parameters[i], parameters[i + 1]);
		}
		return this.endpoints.post("/actuator/socketservers/upper", body, status);
	}

	@Test
	void aFailedStartReportsWhy() throws Exception {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			String port = String.valueOf(taken.getLocalPort());
			this.servers
				.register(RunningServers.upperSpec("upper").address("127.0.0.1").port(taken.getLocalPort()).build());

			assertThat(error(this.endpoints.post("/actuator/socketservers/upper", Map.of("action", "start"), 409)))
				.contains(port);

			JsonNode failed = this.endpoints.get("/actuator/socketservers/upper", 200);
			assertThat(failed.get("state").asString()).isEqualTo("FAILED");
			assertThat(failed.get("failure").asString()).contains(port);
			assertThat(this.endpoints.get("/actuator/health/socketServers/upper", 503).get("status").asString())
				.isEqualTo("DOWN");
		}
	}

	/** A bean that is made only for the start of a server or client. */
	@Test
	void aStartThatABeanFailsReportsWhy() throws Exception {
		String customizer = "failingCustomizer";
		this.beans.registerBeanDefinition(customizer,
				BeanDefinitionBuilder.rootBeanDefinition(NettyPipelineCustomizer.class, () -> {
					throw new UnsupportedOperationException("not on this machine");
				}).setLazyInit(true).getBeanDefinition());
		try {
			this.servers.register(RunningServers.upperSpec("upper").build());
			this.clients.register(RunningClients.spec("it", 1).build());

			assertThat(error(this.endpoints.post("/actuator/socketservers/upper", Map.of("action", "start"), 409)))
				.contains("'upper' cannot listen", customizer);
			assertThat(error(this.endpoints.post("/actuator/socketclients/it", Map.of("action", "start"), 409)))
				.contains(customizer);

			assertThat(this.endpoints.get("/actuator/socketservers/upper", 200).get("state").asString())
				.isEqualTo("FAILED");
			assertThat(this.endpoints.get("/actuator/socketclients/it", 200).get("state").asString())
				.isEqualTo("STOPPED");
		}
		finally {
			this.beans.removeBeanDefinition(customizer);
		}
	}

	@Test
	void showsASessionWithEveryField() throws Exception {
		SocketServer server = start("upper");
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			assertThat(peer.ask("hello")).isEqualTo("HELLO");
			SocketSession session = server.sessions().findFirst().orElseThrow();
			session.attributes().put("user", "ann");
			await().until(() -> session.info().messagesSent() == 1 && session.info().pendingInbound() == 0);

			String body = this.endpoints.body("/actuator/socketsessions/" + session.id());

			String expected = "{\"id\":\"" + session.id() + "\",\"server\":\"upper\",\"listener\":\"main\","
					+ "\"remoteAddress\":\"127.0.0.1:" + peer.port() + "\",\"localAddress\":\"127.0.0.1:"
					+ server.localAddress().getPort()
					+ "\",\"group\":null,\"peer\":null,\"openedAt\":\"WHEN\",\"settings\":1,\"state\":\"OPEN\",\"bound\":[],\"boundTotal\":0,\"groups\":[],\"groupsTotal\":0,\"principal\":null,"
					+ "\"bytes\":{\"received\":6,\"sent\":6},\"messages\":{\"received\":1,\"sent\":1},"
					+ "\"pending\":{\"inbound\":0,\"outboundWrites\":0,\"outboundBytes\":0},\"requests\":0,\"handlerMillis\":0,\"readsPaused\":false,\"rate\":null,"
					+ "\"attributes\":{\"user\":\"******\"},\"details\":null,\"closed\":null}";
			assertThat(atAnyTime(body)).isEqualTo(expected);
			assertThat(atAnyTime(this.endpoints.body("/actuator/socketsessions")))
				.isEqualTo("{\"sessions\":[" + expected + "],\"page\":{\"number\":0,\"size\":50,\"total\":1}}");
		}
	}

	/** How long the handler took is another number each time. */
	private static String atAnyTime(String body) {
		return body.replaceFirst(INSTANT, "WHEN").replaceFirst("(\"handlerMillis\":)\\d+", "$10");
	}

	@Test
	void pagesThroughSessions() throws Exception {
		SocketServer one = start("one");
		SocketServer two = start("two");
		// One after the other, as they are listed.
		try (TestPeer a = opened(one); TestPeer b = opened(one); TestPeer c = opened(two)) {
			assertThat(List.of(a, b, c)).doesNotContainNull();

			JsonNode page = this.endpoints.get("/actuator/socketsessions?server=one&page=1&size=1", 200);
			assertThat(ids(page)).containsExactly("one-2");
			assertThat(page.get("page").toString()).isEqualTo("{\"number\":1,\"size\":1,\"total\":2}");
			assertThat(ids(this.endpoints.get("/actuator/socketsessions?server=one&after=one-1", 200)))
				.containsExactly("one-2");
			assertThat(ids(this.endpoints.get("/actuator/socketsessions?server=&page=&size=&after=", 200))).hasSize(3);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "page=-1", "page=x", "page=1.5", "page=99999999999", "size=0", "size=501", "size=-1",
			"size=all", "after=x", "server=upper&after=lower-1", "page=1&page=2", "remote=localhost",
			"remote=10.0.0.0/33", "bound=device", "bound=:7", "closed=maybe", "closed=TRUE" })
	void badParametersAreRefused(String query) throws Exception {
		start("upper");

		String parameter = query.substring(query.lastIndexOf('&') + 1, query.lastIndexOf('='));
		assertThat(error(this.endpoints.get("/actuator/socketsessions?" + query, 400))).startsWith(parameter + " is ");
	}

	@Test
	void closesASession() throws Exception {
		SocketServer server = start("upper");
		try (TestPeer peer = TestPeer.connect(server.localAddress());
				TestPeer other = TestPeer.connect(server.localAddress())) {
			assertThat(peer.ask("x")).isEqualTo("X");
			assertThat(other.ask("y")).isEqualTo("Y");
			String id = server.sessions()
				.filter((session) -> session.remoteAddress().getPort() == peer.port())
				.findFirst()
				.orElseThrow()
				.id();

			assertThat(this.endpoints.exchange(HttpMethod.DELETE, "/actuator/socketsessions/" + id, null, 204))
				.isNull();

			assertThat(peer.read()).isNull();
			assertThat(other.ask("z")).isEqualTo("Z");
			peer.endOutput();
			await().until(() -> server.session(id).isEmpty());
			assertThat(error(this.endpoints.delete("/actuator/socketsessions/" + id, 404))).contains(id);
			JsonNode ended = this.endpoints.get("/actuator/socketsessions/" + id, 200);
			assertThat(ended.get("state").asString()).isEqualTo("CLOSED");
			assertThat(ended.get("closed").toString().replaceFirst(INSTANT, "WHEN"))
				.isEqualTo("{\"reason\":\"OPERATOR_CLOSED\",\"detail\":null,\"at\":\"WHEN\"}");
			assertThat(ids(this.endpoints.get("/actuator/socketsessions?closed=true&server=upper", 200))).contains(id);
			assertThat(this.endpoints.get("/actuator/socketservers/upper", 200).at("/sessions/closed").toString())
				.isEqualTo("{\"OPERATOR_CLOSED\":1}");
		}
	}

	@Test
	void unknownSessionsAreNotFound() throws Exception {
		assertThat(error(this.endpoints.get("/actuator/socketsessions/upper-7", 404))).contains("'upper-7'");
		assertThat(error(this.endpoints.delete("/actuator/socketsessions/upper-7", 404))).contains("'upper-7'");
		assertThat(error(this.endpoints.get("/actuator/socketsessions?server=nope", 404))).contains("'nope'");
	}

	@Test
	void healthHasAComponentForEachServer() throws Exception {
		SocketServer server = start("upper");
		this.servers.register(RunningServers.upperSpec("idle").build());

		JsonNode health = this.endpoints.get("/actuator/health/socketServers", 200);

		assertThat(health.get("status").asString()).isEqualTo("UP");
		assertThat(health.at("/components/upper/status").asString()).isEqualTo("UP");
		assertThat(health.at("/components/upper/details/address").asString())
			.isEqualTo("127.0.0.1:" + server.localAddress().getPort());
		assertThat(health.at("/components/idle/status").asString()).isEqualTo("UNKNOWN");
	}

	@Test
	void metricsAreServed() throws Exception {
		SocketServer server = start("upper");
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			assertThat(peer.ask("x")).isEqualTo("X");

			JsonNode metric = this.endpoints.get("/actuator/metrics/socket.server.sessions.active?tag=server:upper",
					200);

			assertThat(metric.at("/measurements/0/value").asInt()).isOne();
		}
	}

	private static TestPeer opened(SocketServer server) throws IOException {
		TestPeer peer = TestPeer.connect(server.localAddress());
		assertThat(peer.ask("x")).isEqualTo("X");
		return peer;
	}

	private SocketServer start(String name) {
		return RunningServers.started(this.servers, RunningServers.upperSpec(name).address("127.0.0.1").build());
	}

	private static void connect(int port) throws IOException {
		new Socket(InetAddress.getByName("127.0.0.1"), port).close();
	}

	private static List<String> ids(JsonNode sessions) {
		return sessions.get("sessions").valueStream().map((session) -> session.get("id").asString()).toList();
	}

}
