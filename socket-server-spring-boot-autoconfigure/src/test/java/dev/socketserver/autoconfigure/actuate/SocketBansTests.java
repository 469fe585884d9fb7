package dev.socketserver.autoconfigure.actuate;

import java.net.http.HttpRequest;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import dev.socketserver.SocketServers;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.event.SocketAddressBannedEvent;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import io.micrometer.core.instrument.MeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.micrometer.metrics.test.autoconfigure.AutoConfigureMetrics;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;

/** Bans by properties, as the endpoint, an event and a meter show them. */
@SpringBootTest(classes = SocketBansTests.Application.class, webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "management.endpoints.web.exposure.include=socketbans,socketsessions",
				"socket.servers.gate.port=0", "socket.servers.gate.handler=upper",
				"socket.servers.gate.limits.frame=50", "socket.servers.gate.ban.offences=2",
				"socket.servers.gate.ban.within=5m", "socket.servers.gate.ban.for=1h",
				"socket.servers.gate.ban.max-for=2h", "socket.servers.gate.ban.reasons=FRAME_TOO_LARGE",
				"socket.servers.gate.ban.exempt=127.0.9.0/24", "socket.servers.open.port=0",
				"socket.servers.open.handler=upper", "socket.servers.slow.port=0", "socket.servers.slow.handler=upper",
				"socket.servers.slow.rate.messages=60/h", "socket.servers.slow.rate.messages-burst=1" })
@AutoConfigureMetrics
class SocketBansTests {

	@LocalServerPort
	private int port;

	@Autowired
	private SocketServers servers;

	@Autowired
	private MeterRegistry meters;

	@Autowired
	private Application application;

	private HttpRequest request(String method, String path, String body) {
		return ActuatorClient.request(this.port, method, path, body, ActuatorClient.JSON);
	}

	private JsonNode list(String query) throws Exception {
		return ActuatorClient.json(request("GET", "socketbans" + query, null), 200).get("bans");
	}

	private TestPeer connect(String server) throws Exception {
		return TestPeer.connect(this.servers.get(server).localAddress());
	}

	@Test
	void offencesBanAndAnOperatorBansAndForgives() throws Exception {
		for (int i = 0; i < 2; i++) {
			try (TestPeer peer = connect("gate")) {
				peer.send("x".repeat(100) + "\n");
				assertThat(peer.end()).isEmpty();
			}
		}
		SocketAddressBannedEvent event = Patience.next(this.application.banned);
		assertThat(event.server().name()).isEqualTo("gate");
		assertThat(event.address()).isEqualTo("127.0.0.1").isEqualTo(event.ban().address());

		JsonNode ban = list("?server=gate&address=127.0.0.1").get(0);
		assertThat(ban.propertyNames()).containsExactly("address", "server", "reason", "offences", "since", "until",
				"times");
		assertThat(ban.get("reason").asString()).isEqualTo("FRAME_TOO_LARGE");
		assertThat(ban.get("offences").asInt()).isEqualTo(2);
		assertThat(ban.get("times").asInt()).isEqualTo(1);
		assertThat(list("?server=open").values()).isEmpty();
		assertThat(gauge("gate")).isEqualTo(1);

		assertThat(ActuatorClient.send(request("DELETE", "socketbans/gate/127.0.0.1", null)).statusCode())
			.isEqualTo(204);
		assertThat(ActuatorClient.send(request("DELETE", "socketbans/gate/127.0.0.1", null)).statusCode())
			.isEqualTo(404);
		try (TestPeer peer = connect("gate")) {
			assertThat(peer.ask("x")).isEqualTo("X");
		}
		assertThat(gauge("gate")).isZero();

		// An address of IPv4 may be written as one of IPv6.
		ActuatorClient.json(request("POST", "socketbans", "{\"server\": \"open\", \"address\": \"::ffff:192.0.2.1\"}"),
				200);
		assertThat(list("?address=192.0.2.1").get(0).get("address").asString()).isEqualTo("192.0.2.1");
		assertThat(ActuatorClient.send(request("DELETE", "socketbans/open/::ffff:192.0.2.1", null)).statusCode())
			.isEqualTo(204);

		// Where no server bans by itself, too.
		JsonNode made = ActuatorClient.json(
				request("POST", "socketbans", "{\"server\": \"open\", \"address\": \"2001:db8::7\", \"for\": \"3d\"}"),
				200);
		assertThat(made.get("reason").asString()).isEqualTo("OPERATOR");
		assertThat(made.get("address").asString()).isEqualTo("2001:db8::/64");
		assertThat(list("?address=2001:db8::1")).hasSize(1);
		assertThat(ActuatorClient.send(request("DELETE", "socketbans/open/2001:db8::ffff", null)).statusCode())
			.isEqualTo(204);
	}

	/** As it is listed, it goes to each operation. */
	@Test
	void aRangeOfIpv6IsTakenAsItIsListed() throws Exception {
		String body = "{\"server\": \"open\", \"address\": \"2001:db8:7::/64\"}";
		String listed = ActuatorClient.json(request("POST", "socketbans", body), 200).get("address").asString();
		assertThat(listed).isEqualTo("2001:db8:7::/64");
		String query = "?server=open&address=" + listed;
		assertThat(list(query)).hasSize(1);
		assertThat(ActuatorClient.send(request("DELETE", "socketbans" + query, null)).statusCode()).isEqualTo(204);
		assertThat(ActuatorClient.send(request("DELETE", "socketbans" + query, null)).statusCode()).isEqualTo(404);
		assertThat(list(query).values()).isEmpty();
		assertThat(ActuatorClient.send(request("DELETE", "socketbans?server=open", null)).statusCode()).isEqualTo(400);
		for (String none : List.of("192.0.2.0/64", "::ffff:192.0.2.1/64", "2001:db8::/48", "/64", "2001:db8::/64/64")) {
			assertRefused(400, "{\"server\": \"open\", \"address\": \"" + none + "\"}", "an IP address");
		}
	}

	@Test
	void theRateOfASessionIsShownAsItIsConfigured() throws Exception {
		try (TestPeer slow = connect("slow"); TestPeer open = connect("open")) {
			assertThat(slow.ask("x")).isEqualTo("X");
			assertThat(open.ask("x")).isEqualTo("X");
			JsonNode rate = session("slow").get("rate");
			assertThat(rate.propertyNames()).containsExactly("messages", "bytes", "paused");
			assertThat(rate.get("bytes").isNull()).isTrue();
			assertThat(rate.get("messages").asString()).isEqualTo("60/h");
			assertThat(rate.get("paused").asBoolean()).isFalse();
			assertThat(session("open").get("rate").isNull()).isTrue();

			slow.send("y\n");
			Awaitility.await().until(() -> session("slow").get("rate").get("paused").asBoolean());
			Awaitility.await()
				.until(() -> this.meters.get("socket.server.rate.exceeded")
					.tags("server", "slow", "action", "pause")
					.functionCounter()
					.count() == 1);
		}
	}

	private JsonNode session(String server) throws Exception {
		return ActuatorClient.json(request("GET", "socketsessions?server=" + server, null), 200).get("sessions").get(0);
	}

	private double gauge(String server) {
		return this.meters.get("socket.server.bans").tag("server", server).gauge().value();
	}

	@Test
	void whatMakesNoSenseIsRefusedAndSaysWhy() throws Exception {
		assertRefused(400, "{\"server\": \"gate\", \"address\": \"127.0.9.1\"}", "ban.exempt");
		assertRefused(400, "{\"server\": \"open\", \"address\": \"127.0.0.1\"}", "ban.exempt");
		assertRefused(400, "{\"server\": \"gate\", \"address\": \"nobody\"}", "an IP address");
		assertRefused(400, "{\"server\": \"gate\"}", "address is required");
		assertRefused(400, "{\"address\": \"192.0.2.1\"}", "server is required");
		assertRefused(400, "{\"server\": \"gate\", \"address\": \"192.0.2.1\", \"for\": \"long\"}", "a duration");
		for (String time : List.of("0", "99", "99ms")) {
			assertRefused(400, "{\"server\": \"gate\", \"address\": \"192.0.2.1\", \"for\": \"" + time + "\"}",
					"between 100 ms and a year");
		}
		for (String time : List.of("-1h", "PT-1S", "1y", "99999999999999999999d", "999999999999999d", "1 h")) {
			assertRefused(400, "{\"server\": \"gate\", \"address\": \"192.0.2.1\", \"for\": \"" + time + "\"}",
					"a duration");
		}
		assertRefused(400, "{\"server\": \"gate\", \"address\": \"fe80::1%lo\"}", "an IP address");
		assertThat(ActuatorClient.send(request("DELETE", "socketbans/gate/fe80::1%25lo", null)).statusCode())
			.isEqualTo(400);
		assertRefused(400, "{\"server\": \"gate\", \"address\": \"192.0.2.1\", \"until\": \"1h\"}", "until");
		assertRefused(404, "{\"server\": \"none\", \"address\": \"192.0.2.1\"}", "no server 'none'");
		assertThat(ActuatorClient.json(request("GET", "socketbans?server=none", null), 404).get("error").asString())
			.contains("none");
		assertThat(ActuatorClient.json(request("GET", "socketbans?adress=1", null), 400).get("error").asString())
			.contains("adress");
	}

	private void assertRefused(int status, String body, String error) throws Exception {
		assertThat(ActuatorClient.json(request("POST", "socketbans", body), status).get("error").asString())
			.contains(error);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Upper.class)
	static class Application {

		private final BlockingQueue<SocketAddressBannedEvent> banned = new LinkedBlockingQueue<>();

		@EventListener
		void banned(SocketAddressBannedEvent event) {
			if (event.ban().times() > 0) {
				this.banned.add(event);
			}
		}

	}

	@SocketHandler("upper")
	static class Upper {

		@OnMessage
		String upper(String line) {
			return line.toUpperCase(Locale.ROOT);
		}

	}

}
