package dev.socketserver.redis;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;

import dev.socketserver.cluster.spi.ManagedCluster;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.RedisServer;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.fixtures.network.HttpPeer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The health of a node whose directory cannot be used.
 */
class ClusterHealthTests {

	private static final Duration LEASE = Duration.ofSeconds(1);

	@Tag("long")
	@Test
	void isDownWhenTheDirectoryHasTakenNoClaimsOrWasAwayForALease() throws Exception {
		// Else the directory may be away once more, for as long as this JVM stands still.
		Patience.undisturbed(LEASE.dividedBy(5), this::isDownAfterEachLease);
	}

	private void isDownAfterEachLease() throws Exception {
		try (RedisServer redis = RedisServer.open();
				ConfigurableApplicationContext node = LoginApplication.run(redis.port(), "a",
						"--socket.cluster.lease=1s", "--socket.cluster.request-timeout=300ms",
						"--management.health.redis.enabled=false", "--management.endpoint.health.show-details=always");
				TestPeer peer = TestPeer.connect(node, "login")) {
			await().until(() -> health(node).statusCode() == 200);
			StringBuilder rules = new StringBuilder("ACL SETUSER default resetkeys %R~*");
			for (String key : new String[] { "nodes", "meta", "owned", "graves", "own:*" }) {
				rules.append(" ~socket-server:{default}:").append(key);
			}
			redis.command(rules.toString());
			assertThat(peer.ask("x")).isEqualTo("true");
			isDownAfterALease(node);
			redis.command("ACL SETUSER default allkeys");
			await().until(() -> health(node).statusCode() == 200);

			redis.kill();
			isDownAfterALease(node);
			assertThat(peer.ask("y")).isEqualTo("true");
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
		return HttpPeer.get(node, "/actuator/health");
	}

}
