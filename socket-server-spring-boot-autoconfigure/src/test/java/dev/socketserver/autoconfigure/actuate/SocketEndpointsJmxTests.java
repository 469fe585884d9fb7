package dev.socketserver.autoconfigure.actuate;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import javax.management.MBeanException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.ReflectionException;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.actuate.RunningClients;
import dev.socketserver.actuate.RunningServers;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.test.annotation.DirtiesContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the endpoints over JMX.
 */
@SpringBootTest(classes = WholeApplication.class, webEnvironment = WebEnvironment.NONE,
		properties = { "spring.jmx.enabled=true", "socket.servers.configured.port=0",
				"socket.servers.configured.handler=upper",
				"management.endpoints.jmx.exposure.include=socketservers,socketsessions,socketclients,socketsettings,"
						+ "socketbans,socketcluster" })
@DirtiesContext // an MBean of Spring Cloud has the same name in each application
class SocketEndpointsJmxTests {

	@Autowired
	private MBeanServer mbeans;

	@Autowired
	private SocketServers servers;

	@Autowired
	private SocketClients clients;

	@Test
	void offersTheSameAsHttp() throws Exception {
		SocketServer server = RunningServers.started(this.servers, RunningServers.upperSpec("upper").build());
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			assertThat(peer.ask("x")).isEqualTo("X");

			assertThat(map(invoke("Socketservers", "socketServer", "upper"))).containsEntry("state", "RUNNING")
				.containsEntry("failure", null);
			assertThat(map(map(invoke("Socketsessions", "socketSessions", "upper", null, "127.0.0.0/8", null, null,
					false, null, 0, 1, "pending"))
				.get("page"))).containsEntry("total", 1L);
			assertThat(map(map(invoke("Socketsessions", "socketSessions", null, null, null, null, null, true, null,
					null, null, null))
				.get("page"))).containsEntry("total", 0L);
			assertThat(map(invoke("Socketsessions", "changeSocketSession", "upper-1", "pause", null)))
				.containsEntry("readsPaused", true);
			assertThat(map(invoke("Socketsessions", "changeSocketSession", "upper-1", "resume", null)))
				.containsEntry("readsPaused", false);
			invoke("Socketsessions", "changeSocketSession", "upper-1", "send", "news");
			assertThat(peer.line()).isEqualTo("news");
			CompletableFuture<Object> reply = CompletableFuture.supplyAsync(() -> ask("how?", "5m"));
			assertThat(peer.line()).isEqualTo("how?");
			assertThat(map(invoke("Socketsessions", "socketSession", "upper-1"))).containsEntry("requests", 1);
			peer.send("well\n");
			assertThat(map(Patience.await(reply))).isEqualTo(Map.of("reply", "well"));
			assertThatThrownBy(() -> ask("again?", "10ms")).rootCause()
				.hasMessageContaining("session upper-1")
				.hasMessageContaining("10 ms");
			assertThatExceptionOfType(ReflectionException.class)
				.isThrownBy(() -> invoke("Socketsessions", "changeSocketSession", "upper-1", "send", null))
				.withMessageContaining("needs a payload");
			assertThatExceptionOfType(ReflectionException.class)
				.isThrownBy(() -> invoke("Socketsessions", "socketSessions", null, null, "here"))
				.withMessageContaining("remote is 'here'");
			assertThatExceptionOfType(MBeanException.class)
				.isThrownBy(() -> invoke("Socketsessions", "changeSocketSession", "upper-1", "resume", null))
				.withMessageContaining("has not been paused");
			assertThatExceptionOfType(MBeanException.class)
				.isThrownBy(() -> invoke("Socketsessions", "changeSocketSession", "upper-1", "eval", "1"))
				.withMessageContaining("eval-over-actuator");
			assertThatExceptionOfType(ReflectionException.class)
				.isThrownBy(
						() -> invoke("Socketsessions", "closeSocketSessions", null, null, null, null, null, null, 5))
				.withMessageContaining("at least one of server");
			assertThat(
					map(invoke("Socketsessions", "closeSocketSessions", "upper", null, null, null, "hall", "age", 5)))
				.containsEntry("closed", 0);
			assertThat(map(invoke("Socketsessions", "closeSocketSession", "upper-1"))).containsEntry("id", "upper-1");
			// What is over that soon may not have left.
			assertThat(peer.end()).isIn("", "again?\n");
			await().until(() -> server.session("upper-1").isEmpty());
			assertThat(map(invoke("Socketsessions", "socketSession", "upper-1"))).containsEntry("state", "CLOSED");
			assertThat(map(map(invoke("Socketsessions", "socketSessions", null, null, null, null, null, true, null,
					null, null, null))
				.get("page"))).containsEntry("total", 1L);
		}
		assertThat(map(invoke("Socketservers", "socketServers"))).containsOnlyKeys("servers");
		assertThat(map(invoke("Socketservers", "changeSocketServer", "upper", "stop")).get("state")).isIn("DRAINING",
				"STOPPED");
		await().until(() -> server.stopped().isDone());

		assertThatExceptionOfType(MBeanException.class)
			.isThrownBy(() -> invoke("Socketservers", "stopSocketServer", "upper"))
			.withMessageContaining("STOPPED");
		assertThatExceptionOfType(ReflectionException.class)
			.isThrownBy(() -> invoke("Socketservers", "changeSocketServer", "upper", "explode"))
			.withMessageContaining("start, stop");
		assertThat(invoke("Socketservers", "socketServer", "nope")).isNull();
	}

	@Test
	void aStopTakesWhatItTakesOverHttp() throws Exception {
		SocketServer server = RunningServers.started(this.servers, RunningServers.upperSpec("upper").build());
		try (TestPeer peer = TestPeer.connect(server.localAddress())) {
			assertThat(peer.ask("x")).isEqualTo("X");
			assertThatExceptionOfType(ReflectionException.class)
				.isThrownBy(() -> invoke("Socketservers", "changeSocketServer", "upper", "stop", "soon", null))
				.withMessageContaining("soon");

			assertThat(map(invoke("Socketservers", "changeSocketServer", "upper", "stop", "10s", "keep")))
				.containsEntry("state", "STOPPED");

			assertThat(peer.ask("y")).isEqualTo("Y");
		}
	}

	@Test
	void bansAreSeenMadeAndEnded() throws Exception {
		RunningServers.started(this.servers, RunningServers.upperSpec("gate").build());
		assertThat(map(invoke("Socketbans", "banSocketAddress", "gate", "198.51.100.7", "3d")))
			.containsEntry("address", "198.51.100.7")
			.containsEntry("reason", "OPERATOR");
		assertThat(map(invoke("Socketbans", "socketBans", null, "198.51.100.7")).get("bans")).asInstanceOf(LIST)
			.singleElement()
			.satisfies((ban) -> assertThat(map(ban)).containsEntry("server", "gate"));
		assertThat(invoke("Socketbans", "deleteSocketBan", "gate", "198.51.100.7"))
			.isEqualTo(Map.of("bans", List.of()));
		for (String[] wrong : new String[][] { { "gate", "198.51.100.7", "does not ban" },
				{ "gate", "here", "address is 'here'" }, { "none", "198.51.100.7", "no server 'none'" } }) {
			assertThatExceptionOfType(ReflectionException.class)
				.isThrownBy(() -> invoke("Socketbans", "deleteSocketBan", wrong[0], wrong[1]))
				.withMessageContaining(wrong[2]);
		}
	}

	@Test
	void offersTheSameAsHttpForTheCluster() throws Exception {
		assertThat((List<?>) map(invoke("Socketcluster", "socketCluster")).get("nodes")).hasSize(1);
		assertThatThrownBy(() -> invoke("Socketcluster", "changeSocketCluster", "rebalance", "soon"))
			.hasMessageContaining("over is 'soon'");
	}

	private Object ask(String payload, String timeout) {
		try {
			return invoke("Socketsessions", "changeSocketSession", "upper-1", "ask", payload, timeout);
		}
		catch (Exception ex) {
			throw new CompletionException(ex);
		}
	}

	/** Sessions that have ended are forgotten with their server. */
	@AfterEach
	void removeServers() {
		this.clients.remove("meter");
		this.servers.remove("upper");
		this.servers.remove("other");
		this.servers.remove("gate");
	}

	@Test
	void offersTheSameAsHttpForClients() throws Exception {
		SocketServer server = RunningServers.started(this.servers, RunningServers.upperSpec("other").build());
		SocketClient client = RunningClients.connected(this.clients,
				RunningClients.spec("meter", server.localAddress().getPort()).build());

		assertThat(map(invoke("Socketclients", "socketClients"))).containsOnlyKeys("clients");
		assertThat(map(invoke("Socketclients", "socketClient", "meter"))).containsEntry("state", "CONNECTED")
			.containsEntry("failure", null);
		assertThat(invoke("Socketclients", "socketClient", "nope")).isNull();
		assertThat(map(invoke("Socketclients", "changeSocketClient", "meter", "disconnect"))).containsEntry("suspended",
				true);
		assertThatExceptionOfType(MBeanException.class)
			.isThrownBy(() -> invoke("Socketclients", "changeSocketClient", "meter", "disconnect"))
			.withMessageContaining("already disconnected");
		assertThatExceptionOfType(ReflectionException.class)
			.isThrownBy(() -> invoke("Socketclients", "changeSocketClient", "meter", "explode"))
			.withMessageContaining("start, stop");
		invoke("Socketclients", "changeSocketClient", "meter", "reconnect");
		await().until(() -> client.state() == ClientState.CONNECTED && client.statistics().connected() == 2);
		invoke("Socketclients", "stopSocketClient", "meter");
		await().until(() -> client.state() == ClientState.STOPPED);
		assertThatExceptionOfType(MBeanException.class)
			.isThrownBy(() -> invoke("Socketclients", "stopSocketClient", "meter"))
			.withMessageContaining("STOPPED");
	}

	@Test
	void offersTheSameAsHttpForSettings(@Autowired ConfigurableEnvironment environment) throws Exception {
		assertThat(map(invoke("Socketsettings", "socketSettingsOf", "servers", "configured")))
			.containsEntry("name", "configured")
			.containsKey("settings");
		environment.getPropertySources()
			.addFirst(new MapPropertySource("changed", Map.of("socket.servers.configured.limits.sessions", "12")));
		assertThat((List<?>) map(invoke("Socketsettings", "socketSettings")).get("pending")).hasSize(1);

		assertThat(map(invoke("Socketsettings", "changeSocketSettings", "apply", null))).containsEntry("version", 2L);

		assertThat(this.servers.get("configured").spec().limits().sessions()).isEqualTo(12);
		assertThat((List<?>) map(invoke("Socketsettings", "socketSettings")).get("history")).singleElement()
			.satisfies((made) -> assertThat(map(made)).containsEntry("by", "actuator"));
		assertThatThrownBy(() -> invoke("Socketsettings", "changeSocketSettings", "undo", null)).rootCause()
			.hasMessageContaining("action is 'undo'");
		assertThatThrownBy(() -> invoke("Socketsettings", "socketSettingsOf", "servers", "none")).rootCause()
			.hasMessageContaining("There is no server 'none'");
	}

	private Object invoke(String endpoint, String operation, Object... arguments) throws Exception {
		ObjectName name = this.mbeans
			.queryNames(new ObjectName("org.springframework.boot:type=Endpoint,name=" + endpoint + ",*"), null)
			.iterator()
			.next();
		return this.mbeans.invoke(name, operation, arguments, new String[0]);
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> map(Object value) {
		return (Map<String, Object>) value;
	}

}
