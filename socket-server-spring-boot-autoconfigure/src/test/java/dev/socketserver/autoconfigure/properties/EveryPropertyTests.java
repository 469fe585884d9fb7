package dev.socketserver.autoconfigure.properties;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

import dev.socketserver.annotation.SocketClientHandler;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.UpperHandler;
import dev.socketserver.autoconfigure.actuate.SocketServersEndpointAutoConfiguration;
import dev.socketserver.autoconfigure.actuate.SocketUiProperties;
import dev.socketserver.autoconfigure.metrics.SocketClientMetricsAutoConfiguration;
import dev.socketserver.autoconfigure.metrics.SocketServerMetricsAutoConfiguration;
import dev.socketserver.autoconfigure.settings.refresh.SocketSettingsProperties;
import dev.socketserver.fixtures.EdgeValues;
import dev.socketserver.fixtures.spring.UntrimmedProperties;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every key of every block with the values at the edges of what it can have: the
 * application starts, or what it says names the property. What it says to numbers,
 * durations and sizes is recorded in {@code property-values.txt}. Run the test with
 * {@code -Dproperty-values=<file to rewrite>} to record it anew.
 */
@Tag("long")
class EveryPropertyTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(SocketServerAutoConfiguration.class, SocketServersEndpointAutoConfiguration.class,
						SocketServerMetricsAutoConfiguration.class, SocketClientMetricsAutoConfiguration.class))
		.withBean(SimpleMeterRegistry.class)
		.withUserConfiguration(UpperHandler.class, Handlers.class, OfOtherParts.class)
		.withPropertyValues("socket.servers.upper.port=0", "socket.clients.plant.port=1",
				"management.endpoints.jmx.exposure.include=*");

	@Test
	void noValueIsBlank() {
		List<String> accepted = new ArrayList<>();
		keys().keySet().forEach((key) -> {
			for (String value : EdgeValues.BLANK) {
				String said = said(key, value);
				if (!said.startsWith("Property " + key + " is ' '")
						&& !said.startsWith("Property " + key + "[0] is ' '")) {
					accepted.add(key + "=" + value + ": " + said);
				}
			}
		});
		assertThat(accepted).isEmpty();
	}

	@Test
	void anEmptyValueIsAsIfItWereNotThere() {
		Set<String> refused = new TreeSet<>();
		keys().keySet().forEach((key) -> {
			if (!said(key, "").equals("starts")) {
				refused.add(key);
			}
		});
		assertThat(refused).containsExactly("socket.clients.plant.port", "socket.servers.upper.port");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a ${NOPE}", "${local.nope}" })
	void noTextIsAPlaceholder(String value) {
		List<String> accepted = new ArrayList<>();
		keys().forEach((key, type) -> {
			String said = said(key, value);
			if (!said.startsWith("Property " + key)) {
				accepted.add(key + ": " + said);
			}
		});
		assertThat(accepted).isEmpty();
	}

	@Test
	void numbersDurationsAndSizesHaveTextsThatNameThem() throws IOException {
		String rewritten = System.getProperty("property-values");
		List<String> said = new ArrayList<>();
		List<String> unexplained = new ArrayList<>();
		keys().forEach((key, type) -> {
			for (String value : EdgeValues.of(type)) {
				String line = key + "=" + value + ": " + said(key, value);
				said.add(line);
				if (!line.endsWith(": starts") && !line.contains(": Property " + key)) {
					unexplained.add(line);
				}
			}
		});
		if (rewritten != null) {
			Files.write(Path.of(rewritten), said);
		}
		assertThat(unexplained).isEmpty();
		if (rewritten == null) {
			assertThat(String.join("\n", said)).isEqualTo(
					new ClassPathResource("property-values.txt").getContentAsString(StandardCharsets.UTF_8).strip());
		}
	}

	private String said(String key, String value) {
		List<String> said = new ArrayList<>();
		this.runner.withInitializer(UntrimmedProperties.of(Map.of(key, value))).run((context) -> {
			List<String> lines = FailedStart.said(context);
			said.add(lines.isEmpty() ? String.valueOf(context.getStartupFailure()) : String.join(" ", lines));
		});
		return said.get(0);
	}

	/** Returns the types of all keys but those of framings. */
	private static Map<String, Class<?>> keys() {
		Set<String> without = Set.of("framing", "servers", "clients", "serverDefaults", "inherited", "blocks", "absent",
				"bound", "written");
		Map<String, Class<?>> keys = EdgeValues.keys("socket.servers.upper.", ServerProperties.class, without);
		keys.putAll(EdgeValues.keys("socket.server-defaults.", ServerDefaults.class, without));
		keys.putAll(EdgeValues.keys("socket.clients.plant.", ClientProperties.class, without));
		keys.putAll(EdgeValues.keys("socket.", SocketProperties.class, without));
		keys.putAll(EdgeValues.keys("socket.settings.", SocketSettingsProperties.class, without));
		keys.putAll(EdgeValues.keys("socket.ui.", SocketUiProperties.class, without));
		return keys;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties({ SocketSettingsProperties.class, SocketUiProperties.class })
	static class OfOtherParts {

	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		@Bean
		@SocketClientHandler("plant")
		UnaryOperator<String> plant() {
			return String::toLowerCase;
		}

	}

}
