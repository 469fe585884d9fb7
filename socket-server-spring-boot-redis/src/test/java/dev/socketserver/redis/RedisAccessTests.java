package dev.socketserver.redis;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import dev.socketserver.BindPolicy;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.fixtures.Opened;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.RedisServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

import static dev.socketserver.fixtures.Patience.within;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The access list of the documentation names all that nodes need.
 */
class RedisAccessTests {

	private static final Duration LEASE = Duration.ofMillis(1_500);

	@RegisterExtension
	private final Opened opened = new Opened();

	@TempDir
	private Path folder;

	@Test
	void itIsEnoughForOneRedis() throws Exception {
		RedisServer redis = this.opened.add(RedisServer.open());
		RedisStandaloneConfiguration configuration = new RedisStandaloneConfiguration("127.0.0.1", redis.port());
		configuration.setUsername("sockets");
		configuration.setPassword("password");
		assertWorks(redis, configuration);
	}

	@Test
	void itIsEnoughForARedisCluster() throws Exception {
		RedisServer redis = this.opened.add(RedisServer.open("--cluster-enabled", "yes", "--cluster-port",
				"" + Ports.free(), "--cluster-config-file", this.folder.resolve("nodes").toString()));
		assertThat(redis.command("CLUSTER ADDSLOTSRANGE 0 16383")).isEqualTo("+OK");
		within(() -> assertThat(redis.command("GET x")).isEqualTo("$-1"));
		RedisClusterConfiguration configuration = new RedisClusterConfiguration(List.of("127.0.0.1:" + redis.port()));
		configuration.setUsername("sockets");
		configuration.setPassword("password");
		assertWorks(redis, configuration);
	}

	private void assertWorks(RedisServer redis, RedisConfiguration configuration) throws Exception {
		String rule = Files.readAllLines(Path.of("../docs/cluster.md"))
			.stream()
			.filter((line) -> line.startsWith("ACL SETUSER"))
			.findFirst()
			.orElseThrow();
		assertThat(redis.command(rule.replace("{default}", "{test}"))).isEqualTo("+OK");
		TestNode a = node(configuration, "a");
		TestNode b = node(configuration, "b");
		within(() -> assertThat(a.member.nodes()).hasSize(2));
		TestNode.Session older = a.open();
		assertThat(older.bind("x", BindPolicy.REPLACE)).isTrue();
		assertThat(b.open().bind("x", BindPolicy.REPLACE)).isTrue();
		within(() -> assertThat(older.open).isFalse());
		within(() -> assertThat(a.send("x")).isEqualTo(Delivery.WRITTEN));
		b.kill();
		within(LEASE.multipliedBy(10), () -> {
			assertThat(a.send("x")).isEqualTo(Delivery.NO_SESSION);
			assertThat(redis.command("EXISTS socket-server:{test}:own:b:" + b.id.incarnation())).isEqualTo(":0");
		});
		assertThat(redis.command("ACL LOG")).as("what was denied").isEqualTo("*0");
	}

	private TestNode node(RedisConfiguration configuration, String name) {
		LettuceClientConfiguration client = LettuceClientConfiguration.defaultConfiguration();
		LettuceConnectionFactory factory = (configuration instanceof RedisClusterConfiguration cluster)
				? new LettuceConnectionFactory(cluster, client)
				: new LettuceConnectionFactory((RedisStandaloneConfiguration) configuration, client);
		return this.opened.add(new TestNode(factory, name, LEASE, TestNode.TIMEOUT).start());
	}

}
