package dev.socketserver.redis;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;

import dev.socketserver.BindPolicy;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.cluster.spi.ManagedCluster;
import dev.socketserver.fixtures.RedisServer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The health of a node whose directory cannot be used.
 */
class ClusterHealthTests {

	private static final Duration LEASE = Duration.ofSeconds(1);

	private final HttpClient client = HttpClient.newHttpClient();

	@Tag("long")
	@Test
	void isDownWhenTheDirectoryHasTakenNoClaimsOrWasAwayForALease() throws Exception {
		try (RedisServer redis = RedisServer.open();
				ConfigurableApplicationContext node = new SpringApplicationBuilder(Application.class).run(
						"--spring.data.redis.port=" + redis.port(), "--socket.cluster.lease=1s",
						"--socket.cluster.request-timeout=300ms", "--socket.cluster.node=a",
						"--socket.servers.login.port=0", "--server.port=0", "--management.health.redis.enabled=false",
						"--management.endpoint.health.show-details=always");
				Socket peer = connect(node)) {
			await().until(() -> health(node).statusCode() == 200);
			StringBuilder rules = new StringBuilder("ACL SETUSER default resetkeys %R~*");
			for (String key : new String[] { "nodes", "meta", "owned", "graves", "own:*" }) {
				rules.append(" ~socket-server:{default}:").append(key);
			}
			redis.command(rules.toString());
			assertThat(ask(peer, "x")).isEqualTo("true");
			isDownAfterALease(node);
			redis.command("ACL SETUSER default allkeys");
			await().until(() -> health(node).statusCode() == 200);

			redis.kill();
			isDownAfterALease(node);
			assertThat(ask(peer, "y")).isEqualTo("true");
			redis.start();
			await().until(() -> health(node).statusCode() == 200);
		}
	}

	private void isDownAfterALease(ConfigurableApplicationContext node) throws Exception {
		ManagedCluster cluster = node.getBean(ManagedCluster.class);
		await().until(() -> !cluster.isDirectoryUp());
		Instant since = cluster.directorySince();
		HttpResponse<String> early = health(node);
		assertThat(early.body()).contains("\"directory\":\"DOWN\"");
		if (Instant.now().isBefore(since.plus(LEASE))) {
			assertThat(early.statusCode()).isEqualTo(200);
		}
		await().until(() -> health(node).statusCode() == 503);
		assertThat(Duration.between(since, Instant.now())).isGreaterThan(LEASE);
		assertThat(cluster.directorySince()).isEqualTo(since);
	}

	private static ConditionFactory await() {
		return Awaitility.await().pollInterval(Duration.ofMillis(20)).ignoreExceptions();
	}

	private HttpResponse<String> health(ConfigurableApplicationContext node) throws Exception {
		String port = node.getEnvironment().getProperty("local.server.port");
		return this.client.send(
				HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/actuator/health")).build(),
				HttpResponse.BodyHandlers.ofString());
	}

	private static Socket connect(ConfigurableApplicationContext node) throws IOException {
		Socket peer = new Socket("127.0.0.1",
				node.getBean(SocketServers.class).server("login").orElseThrow().localAddress().getPort());
		peer.setSoTimeout(10_000);
		return peer;
	}

	private static String ask(Socket peer, String user) throws IOException {
		peer.getOutputStream().write((user + "\n").getBytes(StandardCharsets.UTF_8));
		return new BufferedReader(new InputStreamReader(peer.getInputStream(), StandardCharsets.UTF_8)).readLine();
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Login login() {
			return new Login();
		}

	}

	@SocketHandler("login")
	static class Login {

		@OnMessage
		String login(String user, SocketSession session) {
			return "" + session.bind("user", user, BindPolicy.REPLACE);
		}

	}

}
