package dev.socketserver.redis;

import java.util.Map;

import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.redis.autoconfigure.SocketRedisAutoConfiguration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.MapPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Values that cannot work, in an application that has Redis.
 */
class ClusterPropertiesTests {

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
	@CsvSource({ "lease, 10ms", "lease, 1d", "request-timeout, 10ms", "request-timeout, 1d", "lease, ''",
			"request-timeout, ''", "name, ''", "node, ''", "secret, ''", "when-unavailable, ''" })
	void starts(String key, String value) {
		with(key, value).run((context) -> assertThat(context).hasNotFailed().hasSingleBean(RedisClusterEngine.class));
	}

	private ApplicationContextRunner with(String key, String value) {
		return this.runner.withPropertyValues("spring.data.redis.port=1")
			// As in YAML: the runner would trim the value.
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("test", Map.of("socket.cluster." + key, value))));
	}

}
