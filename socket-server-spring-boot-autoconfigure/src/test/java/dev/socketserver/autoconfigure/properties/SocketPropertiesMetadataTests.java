package dev.socketserver.autoconfigure.properties;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import dev.socketserver.autoconfigure.framing.FramingType;
import dev.socketserver.client.Correlator;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingPreset;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

class SocketPropertiesMetadataTests {

	@Test
	void everyPropertyIsDescribed() throws IOException {
		Map<String, JsonNode> properties = properties();

		assertThat(properties).containsKeys("socket.enabled", "socket.servers", "socket.server-defaults.enabled",
				"socket.server-defaults.address", "socket.server-defaults.framing",
				"socket.server-defaults.limits.sessions", "socket.server-defaults.limits.frame",
				"socket.server-defaults.timeouts.idle", "socket.server-defaults.execution.mode",
				"socket.server-defaults.transport", "socket.server-defaults.start.wait",
				"socket.server-defaults.options.keep-alive-idle", "socket.server-defaults.threads.server-daemon");
		assertThat(properties.values())
			.allSatisfy((property) -> assertThat(property.path("description").asString("")).isNotBlank()
				.endsWith(".")
				.doesNotContain("{@"));
	}

	@Test
	void entriesAreOfTheTypesThatHaveTheirKeys() throws IOException {
		assertThat(properties().get("socket.servers").path("type").asString())
			.isEqualTo("java.util.Map<java.lang.String,%s>".formatted(ServerProperties.class.getName()));
		assertThat(properties().get("socket.clients").path("type").asString())
			.isEqualTo("java.util.Map<java.lang.String,%s>".formatted(ClientProperties.class.getName()));
	}

	@Test
	void defaultsAreLiteral() throws IOException {
		Map<String, JsonNode> properties = properties();

		assertThat(properties.get("socket.enabled").path("defaultValue").asBoolean()).isTrue();
		assertThat(properties.get("socket.server-defaults.limits.frame").path("defaultValue").asString())
			.isEqualTo("64KB");
		assertThat(properties.get("socket.server-defaults.limits.sessions").path("defaultValue").asInt())
			.isEqualTo(10_000);
	}

	@Test
	void drainsHaveTheirDefaults() throws IOException {
		Map<String, JsonNode> properties = properties();
		String prefix = "socket.server-defaults.drain.";

		assertThat(List.of("delay", "over", "order"))
			.extracting((key) -> properties.get(prefix + key).path("defaultValue").asString(""))
			.containsExactly("0s", "0s", "idle-first");
	}

	/** Of entries, a hint can tell no more: their keys are those of their type. */
	@Test
	void entriesMayHaveAnyName() {
		assertThat(List.of("socket.servers.keys", "socket.clients.keys")).extracting((entries) -> providers(entries))
			.containsOnly(List.of("any "));
	}

	@Test
	void everyFramingIsOffered() throws IOException {
		List<String> words = Stream
			.concat(Stream.of(FramingType.values()).map(FramingType::word),
					Stream.of(FramingPreset.values()).map(FramingPreset::word))
			.toList();

		assertThat(hints("socket.server-defaults.framing.type")).containsExactlyInAnyOrderElementsOf(words);
		// It says nothing without its cases.
		assertThat(hints("socket.server-defaults.framing"))
			.containsExactlyInAnyOrderElementsOf(words.stream().filter((word) -> !word.equals("switch")).toList());
	}

	@Test
	void namesOfBeansAreOffered() throws IOException {
		Map<String, Class<?>> targets = Map.of("socket.server-defaults.framing", Framing.class,
				"socket.server-defaults.framing.type", Framing.class, "socket.server-defaults.correlator",
				Correlator.class, "socket.server-defaults.execution.executor", Executor.class,
				"socket.server-defaults.requests-reply", Predicate.class);
		Map<String, JsonNode> properties = properties();
		for (JsonNode hint : metadata().path("hints").values()) {
			assertThat(properties).containsKey(hint.path("name").asString().replaceFirst("\\.keys$", ""));
		}
		targets.forEach((property, target) -> assertThat(providers(property))
			.contains("spring-bean-reference " + target.getName()));
	}

	/**
	 * From Java 18 on, to call a constructor by reflection makes a method handle that
	 * converts each of its arguments.
	 */
	@Test
	void blocksOfManyKeysHaveSetters() {
		assertThat(SocketProperties.class.isRecord()).isFalse();
		assertThat(SocketProperties.class.getDeclaredClasses()).filteredOn(Class::isRecord)
			.isNotEmpty()
			.allSatisfy((block) -> assertThat(block.getRecordComponents()).hasSizeLessThanOrEqualTo(10));
	}

	private static List<String> providers(String property) {
		try {
			return metadata().path("hints")
				.valueStream()
				.filter((hint) -> hint.path("name").asString().equals(property))
				.flatMap((hint) -> hint.path("providers").valueStream())
				.map((provider) -> provider.path("name").asString() + " "
						+ provider.path("parameters").path("target").asString(""))
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static List<String> hints(String property) throws IOException {
		return metadata().path("hints")
			.valueStream()
			.filter((hint) -> hint.path("name").asString().equals(property))
			.flatMap((hint) -> hint.path("values").valueStream())
			.map((value) -> value.path("value").asString())
			.toList();
	}

	private static Map<String, JsonNode> properties() throws IOException {
		JsonNode properties = metadata().path("properties");
		return StreamSupport.stream(properties.spliterator(), false)
			.filter((property) -> property.path("name").asString().startsWith("socket."))
			.collect(Collectors.toMap((property) -> property.path("name").asString(), (property) -> property));
	}

	private static JsonNode metadata() throws IOException {
		try (InputStream file = SocketPropertiesMetadataTests.class
			.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
			return JsonMapper.shared().readTree(file);
		}
	}

}
