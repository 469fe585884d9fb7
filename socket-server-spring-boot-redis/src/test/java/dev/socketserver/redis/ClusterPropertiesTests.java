package dev.socketserver.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.socketserver.actuate.health.SocketClusterHealthIndicator;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.health.SocketClusterHealthContributorAutoConfiguration;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.SocketProperties;
import dev.socketserver.fixtures.EdgeValues;
import dev.socketserver.fixtures.RedisServer;
import dev.socketserver.fixtures.spring.UntrimmedProperties;
import dev.socketserver.redis.autoconfigure.SocketRedisAutoConfiguration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisClusterConnection;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisSentinelConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Values that cannot work, in an application that has Redis.
 */
class ClusterPropertiesTests {

	private static RedisServer redis;

	@BeforeAll
	static void start() {
		redis = RedisServer.open();
	}

	@AfterAll
	static void stop() {
		// There is none where the tests are skipped.
		if (redis != null) {
			redis.close();
		}
	}

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(AutoConfigurations
		.of(DataRedisAutoConfiguration.class, SocketRedisAutoConfiguration.class, SocketServerAutoConfiguration.class));

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					lease           | 0s         | Property socket.cluster.lease is '0': it must be at least 10 ms. Change socket.cluster.lease.
					lease           | -1s        | Property socket.cluster.lease is '-1s': it must be at least 10 ms. Change socket.cluster.lease.
					lease           | 999999999d | Property socket.cluster.lease is '999999999d': it must not be longer than a day. Change socket.cluster.lease.
					request-timeout | 0s         | Property socket.cluster.request-timeout is '0': it must be at least 10 ms. Change socket.cluster.request-timeout.
					request-timeout | -1s        | Property socket.cluster.request-timeout is '-1s': it must be at least 10 ms. Change socket.cluster.request-timeout.
					request-timeout | 999999999d | Property socket.cluster.request-timeout is '999999999d': it must not be longer than a day. Change socket.cluster.request-timeout.
					name            | 'a b'      | Property socket.cluster.name is 'a b': it must be of letters, digits, dots, dashes and underscores. Change socket.cluster.name.
					node            | ' '        | Property socket.cluster.node is ' ': it must not be blank. Change socket.cluster.node, or remove it.
					secret          | ' '        | Property socket.cluster.secret is ' ': it must not be blank. Change socket.cluster.secret, or remove it.
					""")
	void fails(String key, String value, String message) {
		with(key, value).run((context) -> assertThat(context).getFailure()
			.rootCause()
			.isInstanceOf(InvalidSocketPropertyException.class)
			.hasMessage(message));
	}

	@ParameterizedTest
	@ValueSource(strings = { "name", "node" })
	void aNameIsNotLongerThanTheDirectoryTakes(String key) {
		String name = "a".repeat(201);
		fails(key, name,
				"Property socket.cluster.%s is '%s': it must not be longer than 200 characters. ".formatted(key, name)
						+ "Change socket.cluster.%s.".formatted(key));
	}

	@ParameterizedTest
	@CsvSource({ "lease, 10ms", "lease, 1d", "request-timeout, 10ms", "request-timeout, 1d", "lease, ''",
			"request-timeout, ''", "name, ''", "node, ''", "secret, ''", "when-unavailable, ''" })
	void starts(String key, String value) {
		with(key, value).run((context) -> assertThat(context).hasNotFailed().hasSingleBean(RedisClusterEngine.class));
	}

	@Test
	void healthTakesAnEmptyLeaseAsAbsent() {
		with("lease", "")
			.withConfiguration(AutoConfigurations.of(SocketClusterHealthContributorAutoConfiguration.class))
			.run((context) -> assertThat(context.getBean(SocketClusterHealthIndicator.class).health().getStatus())
				.isEqualTo(Status.UP));
	}

	@Test
	void aConnectionFactoryMayBeDeclaredAsWhatItIsOrAsAnyOne() {
		this.runner
			.withBean("redisConnectionFactory", LettuceConnectionFactory.class, () -> TestNode.factory(redis.port()))
			.run((context) -> assertThat(context).hasSingleBean(RedisClusterEngine.class));
		this.runner
			.withBean("redisConnectionFactory", RedisConnectionFactory.class, () -> TestNode.factory(redis.port()))
			.run((context) -> assertThat(context).hasSingleBean(RedisClusterEngine.class));
	}

	@Test
	void aConnectionFactoryThatIsNotOfLettuceFailsTheStart() {
		ApplicationContextRunner other = this.runner.withBean("redisConnectionFactory", RedisConnectionFactory.class,
				OtherConnections::new);
		other.run((context) -> assertThat(context).getFailure()
			.rootCause()
			.isInstanceOf(InvalidSocketPropertyException.class)
			.hasMessage("Property socket.cluster.enabled is not set: nodes reach Redis by a LettuceConnectionFactory, "
					+ "and the application has " + OtherConnections.class.getName()
					+ ". Give it a LettuceConnectionFactory, or set socket.cluster.enabled to false for an application "
					+ "that is alone."));
		other.withPropertyValues("socket.cluster.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(RedisClusterEngine.class));
	}

	@Test
	void ofSeveralConnectionFactoriesTheOnlyOneOfLettuceIsUsedOrThePrimaryOne() {
		ApplicationContextRunner one = this.runner
			.withBean("lettuce", RedisConnectionFactory.class, () -> TestNode.factory(redis.port()))
			.withBean("other", RedisConnectionFactory.class, OtherConnections::new,
					(definition) -> definition.setPrimary(true));
		one.run((context) -> assertThat(context).hasSingleBean(RedisClusterEngine.class));
		one.withBean("second", LettuceConnectionFactory.class, () -> TestNode.factory(redis.port()))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessage("Property socket.cluster.enabled is not set: the application has several "
						+ "LettuceConnectionFactory beans, and none is primary. Mark one as @Primary, or set "
						+ "socket.cluster.enabled to false for an application that is alone."));
		this.runner.withBean("first", RedisConnectionFactory.class, () -> TestNode.factory(redis.port()))
			.withBean("second", RedisConnectionFactory.class, () -> TestNode.factory(redis.port()),
					(definition) -> definition.setPrimary(true))
			.run((context) -> assertThat(context).hasSingleBean(RedisClusterEngine.class));
	}

	@Test
	void aMasterThatIsOneOfSeveralServersFailsTheStart() {
		ApplicationContextRunner several = this.runner
			.withPropertyValues("spring.data.redis.masterreplica.nodes=127.0.0.1:1,127.0.0.1:2");
		several.run((context) -> assertThat(context).getFailure()
			.rootCause()
			.isInstanceOf(InvalidSocketPropertyException.class)
			.hasMessage("Property spring.data.redis.masterreplica.nodes is '127.0.0.1:1,127.0.0.1:2': the nodes of a "
					+ "cluster must know which one is the master. Use spring.data.redis.sentinel or spring.data.redis.host, "
					+ "or set socket.cluster.enabled to false for an application that is alone."));
		several.withPropertyValues("socket.cluster.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(RedisClusterEngine.class));
	}

	@Test
	void everyValueStartsOrIsExplained() {
		List<String> unexplained = new ArrayList<>();
		Map<String, Class<?>> keys = EdgeValues.keys("socket.cluster.", SocketProperties.Cluster.class, Set.of());
		keys.forEach((property, type) -> {
			String key = property.substring("socket.cluster.".length());
			for (String value : EdgeValues.of(type)) {
				String said = said(key, value);
				if (!said.equals("starts") && !said.matches("Property " + property + " is .*: .*\\. .*\\.")) {
					unexplained.add(property + "=" + value + ": " + said);
				}
			}
			for (String value : EdgeValues.BLANK) {
				String said = said(key, value);
				if (!said.startsWith("Property " + property + " is ' ': ")) {
					unexplained.add(property + "=" + value + ": " + said);
				}
			}
			String unresolved = said(key, "a ${NOPE}");
			if (!unresolved.startsWith("Property " + property + " is 'a ${NOPE}': ")) {
				unexplained.add(property + "=a ${NOPE}: " + unresolved);
			}
			if (!said(key, "").equals("starts")) {
				unexplained.add(property + " that is empty");
			}
		});
		assertThat(keys).hasSizeGreaterThanOrEqualTo(7);
		assertThat(unexplained).isEmpty();
	}

	/** Returns what the failure says, unless the application starts. */
	private String said(String key, String value) {
		List<String> said = new ArrayList<>();
		with(key, value).run((context) -> {
			Throwable failure = context.getStartupFailure();
			while (failure != null && failure.getCause() != null
					&& !(failure instanceof InvalidSocketPropertyException)) {
				failure = failure.getCause();
			}
			said.add((failure != null) ? String.valueOf(failure.getMessage()) : "starts");
		});
		return said.get(0);
	}

	private ApplicationContextRunner with(String key, String value) {
		return this.runner.withPropertyValues("spring.data.redis.port=" + redis.port())
			.withInitializer(UntrimmedProperties.of(Map.of("socket.cluster." + key, value)));
	}

	/** Stands for those of Jedis or Redisson. */
	private static final class OtherConnections implements RedisConnectionFactory {

		@Override
		public RedisConnection getConnection() {
			throw new UnsupportedOperationException();
		}

		@Override
		public RedisClusterConnection getClusterConnection() {
			throw new UnsupportedOperationException();
		}

		@Override
		public RedisSentinelConnection getSentinelConnection() {
			throw new UnsupportedOperationException();
		}

		@Override
		public boolean getConvertPipelineAndTxResults() {
			return true;
		}

		@Override
		public @Nullable DataAccessException translateExceptionIfPossible(RuntimeException ex) {
			return null;
		}

	}

}
