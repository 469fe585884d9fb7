package dev.socketserver.demo;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

import dev.socketserver.autoconfigure.properties.ClientProperties;
import dev.socketserver.autoconfigure.properties.Section;
import dev.socketserver.autoconfigure.properties.SessionProperties;
import dev.socketserver.autoconfigure.settings.table.SettingsTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the tables of keys in {@code docs/configuration.md}, and those of framings
 * in {@code docs/framing.md}, are what the configuration metadata says, and what a change
 * of each key does.
 */
class ConfigurationReferenceTests {

	/** Keys of a single server, for which there is no metadata. */
	private static final List<String> OF_ONE_SERVER = List.of("port", "handler", "args", "inherit",
			"domain-socket.path", "domain-socket.mode", "domain-socket.group", "domain-socket.allow-users",
			"domain-socket.allow-groups");

	private static final String PREFIX = "socket.server-defaults.";

	private static final String FRAMING = "framing.";

	private static final String HEALTH = "management.health.";

	private static final String CLIENTS = "## For clients";

	/** Defaults that are others for clients. */
	private static final Map<String, String> OF_CLIENTS = Map.of("outbound.overflow", "block", "threads.name",
			"{name} client");

	private final Map<String, String> documented = Documentation.table("docs/configuration.md", "# Configuration",
			CLIENTS);

	private final Map<String, String> ofClients = Documentation.table("docs/configuration.md", CLIENTS, "## Threads");

	/** Keys of all servers together, by their full names. */
	private final Map<String, String> overall = new TreeMap<>();

	ConfigurationReferenceTests() {
		Documentation.table("docs/framing.md", "### Keys of all types", "## Presets")
			.forEach((key, value) -> this.documented.put(FRAMING + key, value));
		this.documented.entrySet().removeIf((entry) -> {
			boolean full = entry.getKey().startsWith("socket.");
			if (full) {
				this.overall.put(entry.getKey(), entry.getValue());
			}
			return full;
		});
		this.overall.putAll(Documentation.table("docs/repl.md", "## Properties", "## More"));
	}

	@Test
	void everyKeyIsDocumented() throws IOException {
		Set<String> expected = new TreeSet<>(OF_ONE_SERVER);
		properties().forEach((property) -> expected.add(key(property)));

		assertThat(this.documented.keySet()).containsExactlyInAnyOrderElementsOf(expected);
	}

	@Test
	void everyKeyOfAllServersIsDocumented() throws IOException {
		List<JsonNode> properties = properties((name) -> name.startsWith("socket.") && !name.startsWith(PREFIX)
				&& !name.startsWith("socket.servers") && !name.startsWith("socket.clients"));

		assertThat(properties).extracting((property) -> property.get("name").asString())
			.containsExactlyInAnyOrderElementsOf(this.overall.keySet());
		assertThat(properties).filteredOn((property) -> property.has("defaultValue"))
			.allSatisfy((property) -> assertThat(this.overall.get(property.get("name").asString()))
				.isEqualTo("`" + property.get("defaultValue").asString() + "`"));
	}

	@Test
	void everyDefaultIsDocumented() throws IOException {
		assertThat(properties()).filteredOn((property) -> property.has("defaultValue"))
			.isNotEmpty()
			.allSatisfy((property) -> assertThat(this.documented.get(key(property))).as(key(property))
				.isEqualTo("`" + property.get("defaultValue").asString() + "`"));
	}

	@Test
	void everyKeyHasADescription() throws IOException {
		assertThat(properties()).isNotEmpty()
			.allSatisfy(
					(property) -> assertThat(property.path("description").asString("")).as(key(property)).isNotBlank());
	}

	/** Spring Boot derives these keys from the names of health contributors. */
	@Test
	void everyHealthContributorHasItsKeyInTheMetadataAndOnThePage() throws IOException, ClassNotFoundException {
		Set<String> expected = new TreeSet<>();
		for (String name : ImportCandidates.load(AutoConfiguration.class, getClass().getClassLoader())) {
			ConditionalOnEnabledHealthIndicator condition = name.startsWith("dev.socketserver.")
					? Class.forName(name).getAnnotation(ConditionalOnEnabledHealthIndicator.class) : null;
			if (condition != null) {
				expected.add(HEALTH + condition.value() + ".enabled");
			}
		}

		assertThat(properties((name) -> name.startsWith(HEALTH + "socket")))
			.allSatisfy((property) -> assertThat(property.path("description").asString("")).isNotBlank())
			.extracting((property) -> property.get("name").asString())
			.containsExactlyInAnyOrderElementsOf(expected);
		assertThat(String.join("\n", Documentation.lines("docs/operations.md"))).contains(expected);
	}

	@Test
	void everyKeyOfAClientIsDocumented() {
		List<String> expected = new ArrayList<>();
		collect(ClientProperties.class, "", expected);

		assertThat(this.ofClients.keySet()).containsExactlyInAnyOrderElementsOf(expected);
	}

	@Test
	void clientsHaveTheDefaultsOfServersOrTheirOwn() throws IOException {
		Map<String, String> defaults = new TreeMap<>();
		properties().stream()
			.filter((property) -> property.has("defaultValue") && this.ofClients.containsKey(key(property)))
			.forEach((property) -> defaults.put(key(property), property.get("defaultValue").asString()));
		defaults.putAll(OF_CLIENTS);

		assertThat(defaults).hasSizeGreaterThan(20)
			.allSatisfy((key, value) -> assertThat(this.ofClients.get(key)).as(key).isEqualTo("`" + value + "`"));
	}

	@ParameterizedTest
	@CsvSource({ "SERVERS, ## For servers, ## For all servers and clients together",
			"CLIENTS, ## For clients, ## Threads" })
	void thePageSaysWhatAChangeOfEachKeyDoes(Section section, String from, String to) {
		Map<String, String> documented = changes(from, to);
		Map<String, String> rows = new TreeMap<>();
		new SettingsTable().rows(section).forEach((key, row) -> rows.put(key, row.verdict() + ", " + row.builtIn()));

		assertThat(rows).isEqualTo(documented);
	}

	@Test
	void thePageSaysThatAChangeOfAllServersNeedsAnotherStart() {
		Map<String, String> documented = changes("## For all servers and clients together", CLIENTS);

		assertThat(documented).hasSizeGreaterThan(20)
			.allSatisfy((key, change) -> assertThat(change).as(key).startsWith("REFUSED, "));
	}

	/** Returns what a change of each key does, and its default. */
	private static Map<String, String> changes(String from, String to) {
		List<String> lines = Documentation.lines("docs/configuration.md");
		Map<String, String> documented = new TreeMap<>();
		for (String line : lines.subList(lines.indexOf(from), lines.indexOf(to))) {
			if (line.startsWith("| `")) {
				String[] cells = line.split(" ?\\| ?");
				documented.put(cells[1].replace("`", ""), cells[3] + ", " + plain(cells[2]));
			}
		}
		return documented;
	}

	private static String plain(String cell) {
		return cell.replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1").replace("`", "");
	}

	private static void collect(Class<?> type, String prefix, List<String> keys) {
		for (Field field : type.getDeclaredFields()) {
			String key = prefix + field.getName().replaceAll("[A-Z]", "-$0").toLowerCase(Locale.ROOT);
			if (field.getType().isRecord()) {
				collect(field.getType(), key + ".", keys);
			}
			else {
				keys.add(key);
			}
		}
		if (type.getSuperclass() == SessionProperties.class) {
			collect(SessionProperties.class, prefix, keys);
		}
	}

	private static String key(JsonNode property) {
		return property.get("name").asString().substring(PREFIX.length());
	}

	private static List<JsonNode> properties() throws IOException {
		return properties((name) -> name.startsWith(PREFIX));
	}

	private static List<JsonNode> properties(Predicate<String> which) throws IOException {
		List<JsonNode> all = new ArrayList<>();
		for (URL url : Collections.list(ConfigurationReferenceTests.class.getClassLoader()
			.getResources("META-INF/spring-configuration-metadata.json"))) {
			try (InputStream in = url.openStream()) {
				List<JsonNode> properties = JsonMapper.shared()
					.readTree(in)
					.get("properties")
					.valueStream()
					.filter((property) -> which.test(property.get("name").asString()))
					.toList();
				all.addAll(properties);
			}
		}
		assertThat(all).isNotEmpty();
		return all;
	}

}
