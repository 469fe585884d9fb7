package dev.socketserver.autoconfigure.settings;

import java.util.Map;

import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.UpperHandler;
import dev.socketserver.settings.SettingsChange;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.settings.Verdict;
import org.assertj.core.api.AbstractListAssert;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Environment variables, which have no dashes, in front of a file that has.
 */
class ChangedVariablesTests {

	private static final String SERVER = "socket.servers.my-server.";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(SocketServerAutoConfiguration.class, SocketSettingsAutoConfiguration.class))
		.withUserConfiguration(UpperHandler.class);

	private static void file(ConfigurableApplicationContext context, String idle) {
		Environments.set(context, SERVER + "port=0", SERVER + "handler=upper", SERVER + "limits.accept-rate=5",
				SERVER + "timeouts.idle=" + idle, "socket.server-defaults.timeouts.write=20s");
	}

	private static void variables(ConfigurableApplicationContext context, Map<String, Object> variables) {
		MutablePropertySources sources = context.getEnvironment().getPropertySources();
		sources.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
				new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
						variables));
	}

	private static AbstractListAssert<?, ?, Tuple, ?> applied(ConfigurableApplicationContext context) {
		SocketSettings settings = context.getBean(SocketSettings.class);
		return assertThat(settings.apply(settings.plan(), Verdict.REMOVE).applied()).extracting(SettingsChange::entry,
				SettingsChange::key, SettingsChange::from, SettingsChange::to);
	}

	private static Tuple change(String key, String from, String to) {
		return Tuple.tuple("servers.my-server", key, from, to);
	}

	@Test
	void keysOfVariablesAreThoseOfTheFile() {
		this.runner.withInitializer((context) -> {
			variables(context, Map.of());
			file(context, "30s");
		}).run((context) -> {
			variables(context, Map.of("SOCKET_SERVERS_MYSERVER_LIMITS_ACCEPTRATE", "7"));
			applied(context).containsExactly(change("limits.accept-rate", "5", "7"));

			file(context, "40s");
			applied(context).containsExactly(change("timeouts.idle", "30s", "40s"));

			variables(context, Map.of("SOCKET_SERVERS_MYSERVER_LIMITS_ACCEPTRATE", "8",
					"SOCKET_SERVERDEFAULTS_TIMEOUTS_WRITE", "9s"));
			applied(context).containsExactly(change("limits.accept-rate", "7", "8"),
					change("timeouts.write", "20s", "9s"));

			variables(context, Map.of("SOCKET_SERVER_DEFAULTS_TIMEOUTS_WRITE", "11s"));
			applied(context).containsExactly(change("limits.accept-rate", "8", "5"),
					change("timeouts.write", "9s", "11s"));

			file(context, "50s");
			applied(context).containsExactly(change("timeouts.idle", "40s", "50s"));

			variables(context, Map.of());
			applied(context).containsExactly(change("timeouts.write", "11s", "20s"));
		});
	}

}
