package dev.socketserver.autoconfigure.properties;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

import dev.socketserver.annotation.SocketClientHandler;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.actuate.SocketServersEndpointAutoConfiguration;
import dev.socketserver.autoconfigure.metrics.SocketClientMetricsAutoConfiguration;
import dev.socketserver.autoconfigure.metrics.SocketServerMetricsAutoConfiguration;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every key of every block with the values at the edges of what it can have: the
 * application starts, or what it says names the property. What it says to numbers,
 * durations and sizes is recorded in {@code property-values.txt}. Run the test with
 * {@code -Dproperty-values=<file to rewrite>} to record it anew.
 */
@Tag("long")
class EveryPropertyTests {

	private static final List<String> NUMBERS = List.of("0", "-1", "1", "2147483647", "2147483648", "", "${NOPE}");

	private static final Map<Class<?>, List<String>> VALUES = Map.of(Integer.class, NUMBERS, int.class, NUMBERS,
			Double.class, List.of("0", "-1", "1", "1e308", "NaN", "", "${NOPE}"), Percentage.class,
			List.of("0%", "-1%", "1%", "100%", "101%", "", "${NOPE}"), Duration.class,
			List.of("0s", "-1s", "1ns", "1ms", "365d", "999999999d", "9223372036854775807d", "", "${NOPE}"),
			DataSize.class, List.of("0B", "-1B", "1B", "2147483647B", "2GB", "8388607TB", "8388608TB", "", "${NOPE}"));

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(SocketServerAutoConfiguration.class, SocketServersEndpointAutoConfiguration.class,
						SocketServerMetricsAutoConfiguration.class, SocketClientMetricsAutoConfiguration.class))
		.withBean(SimpleMeterRegistry.class)
		.withUserConfiguration(Handlers.class)
		.withPropertyValues("socket.servers.upper.port=0", "socket.clients.plant.port=1",
				"management.endpoints.jmx.exposure.include=*");

	@Test
	void noValueIsBlank() {
		List<String> accepted = new ArrayList<>();
		keys().keySet().forEach((key) -> {
			for (String value : List.of(" ", "${NOPE: }")) {
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
	void noTextIsAPlaceholder() {
		List<String> accepted = new ArrayList<>();
		keys().forEach((key, type) -> {
			String said = said(key, "a ${NOPE}");
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
			for (String value : VALUES.getOrDefault(type, List.of())) {
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
		this.runner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("tested", Map.of(key, value))))
			.run((context) -> {
				Throwable failure = context.getStartupFailure();
				if (failure == null) {
					said.add("starts");
					return;
				}
				FailureAnalysis analysis = new InvalidSocketPropertyFailureAnalyzer(new MockEnvironment())
					.analyze(failure);
				said.add((analysis != null)
						? (analysis.getDescription() + " " + analysis.getAction()).replaceAll("\\s+", " ")
						: String.valueOf(failure));
			});
		return said.get(0);
	}

	/** Returns the types of all keys but those of framings. */
	private static Map<String, Class<?>> keys() {
		Map<String, Class<?>> keys = new LinkedHashMap<>();
		collect("socket.servers.upper.", ServerProperties.class, keys);
		collect("socket.server-defaults.", ServerDefaults.class, keys);
		collect("socket.clients.plant.", ClientProperties.class, keys);
		collect("socket.", SocketProperties.class, keys);
		return keys;
	}

	private static void collect(String prefix, Class<?> type, Map<String, Class<?>> keys) {
		for (Field field : type.getDeclaredFields()) {
			String name = field.getName().equals("await") ? "wait" : field.getName();
			String key = prefix + DataObjectPropertyName.toDashedForm(name);
			if (Modifier.isStatic(field.getModifiers())
					|| Set.of("framing", "servers", "clients", "serverDefaults").contains(name)) {
				continue;
			}
			if (field.getType().isRecord() && field.getType() != Percentage.class) {
				collect(key + ".", field.getType(), keys);
			}
			else {
				keys.put(key, field.getType());
			}
		}
		if (type.getSuperclass() != Object.class && type.getSuperclass() != Record.class) {
			collect(prefix, type.getSuperclass(), keys);
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		@Bean
		@SocketHandler("upper")
		UnaryOperator<String> upper() {
			return String::toUpperCase;
		}

		@Bean
		@SocketClientHandler("plant")
		UnaryOperator<String> plant() {
			return String::toLowerCase;
		}

	}

}
