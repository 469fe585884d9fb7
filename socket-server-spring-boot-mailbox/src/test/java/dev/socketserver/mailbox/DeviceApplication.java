package dev.socketserver.mailbox;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.socketserver.BindPolicy;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.settings.SocketSettingsAutoConfiguration;
import dev.socketserver.mailbox.autoconfigure.SocketMailboxAutoConfiguration;
import dev.socketserver.redis.autoconfigure.SocketRedisAutoConfiguration;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceInitializationAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.liquibase.autoconfigure.LiquibaseAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;

/**
 * A server of devices, which log in with their names, and get their letters. It has the
 * auto-configurations that it needs, with which it starts in half of the time of a whole
 * application.
 */
public final class DeviceApplication {

	private DeviceApplication() {
	}

	/** Runs one without a database, unless the properties say otherwise. */
	public static ConfigurableApplicationContext run(String... properties) {
		return run(List.of(), properties);
	}

	public static ConfigurableApplicationContext run(List<Class<?>> more, String... properties) {
		return start(WithoutRedis.class, more, properties);
	}

	/** Runs one with a connection to Redis. */
	public static ConfigurableApplicationContext runWithRedis(String... properties) {
		return start(WithRedis.class, List.of(), properties);
	}

	/** Runs a whole application, with the web or the actuator. */
	public static ConfigurableApplicationContext runWhole(String... properties) {
		return runWhole(List.of(), properties);
	}

	public static ConfigurableApplicationContext runWhole(List<Class<?>> more, String... properties) {
		return start(Whole.class, more, properties);
	}

	private static ConfigurableApplicationContext start(Class<?> application, List<Class<?>> more,
			String... properties) {
		Map<String, String> all = new LinkedHashMap<>();
		all.put("socket.servers.devices.port", "0");
		all.put("socket.servers.devices.mailbox.identity", "device");
		all.put("socket.cluster.enabled", "false");
		all.put("server.port", "0");
		all.put("spring.main.web-application-type", "none");
		boolean database = String.join(" ", properties).contains("spring.datasource");
		all.put("socket.mailbox.store", database ? "jdbc" : "memory");
		if (!database) {
			all.put("spring.autoconfigure.exclude",
					"org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration");
		}
		for (String property : properties) {
			int equals = property.indexOf('=');
			all.put(property.substring(0, equals), property.substring(equals + 1));
		}
		Class<?>[] sources = new Class<?>[more.size() + 1];
		more.toArray(sources);
		sources[more.size()] = application;
		return new SpringApplicationBuilder(sources).run(all.entrySet()
			.stream()
			.map((property) -> "--" + property.getKey() + "=" + property.getValue())
			.toArray(String[]::new));
	}

	/** Returns why a start has failed: the property that is wrong, or the last cause. */
	public static Throwable reason(Throwable failure) {
		return (failure.getCause() == null || failure instanceof InvalidSocketPropertyException) ? failure
				: reason(failure.getCause());
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ DataSourceAutoConfiguration.class, DataSourceInitializationAutoConfiguration.class,
			DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class,
			FlywayAutoConfiguration.class, LiquibaseAutoConfiguration.class, SocketServerAutoConfiguration.class,
			SocketSettingsAutoConfiguration.class, SocketMailboxAutoConfiguration.class })
	@Import({ Devices.class, Ended.class })
	static class WithoutRedis {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ DataSourceAutoConfiguration.class, DataRedisAutoConfiguration.class,
			SocketRedisAutoConfiguration.class, SocketServerAutoConfiguration.class,
			SocketSettingsAutoConfiguration.class, SocketMailboxAutoConfiguration.class })
	@Import({ Devices.class, Ended.class })
	static class WithRedis {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Devices.class, Ended.class })
	static class Whole {

	}

	@SocketHandler("devices")
	static class Devices {

		@OnMessage
		@Nullable String received(String line, SocketSession session) {
			String[] words = line.split(" ");
			if (words[0].equals("login")) {
				session.bind("device", words[1]);
				return "welcome " + words[1];
			}
			if (words[0].equals("join")) {
				session.bind("device", words[1], BindPolicy.ALLOW);
				return "joined " + words[1];
			}
			return words[0].equals("quiet") ? null : "echo " + line;
		}

	}

	/** The letters that were published as final. */
	public static class Ended {

		public final List<Letter> letters = new CopyOnWriteArrayList<>();

		@EventListener
		void ended(SocketLetterEvent event) {
			this.letters.add(event.letter());
		}

	}

}
