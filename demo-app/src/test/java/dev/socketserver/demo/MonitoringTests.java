package dev.socketserver.demo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The dashboard and the alerts of {@code docs/operations} ask for metrics and labels that
 * Prometheus finds in the demo.
 */
@DemoTest
class MonitoringTests {

	private static final String DASHBOARD = "docs/operations/grafana-dashboard.json";

	private static final String ALERTS = "docs/operations/alerts.yml";

	private static final String MANUAL = "docs/operations/README.md";

	/** Those that Prometheus adds. */
	private static final Set<String> LABELS_OF_TARGETS = Set.of("job", "instance");

	private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][\\w:]*)(?:\\{(.*)})? \\S+");

	private static final Pattern LABEL = Pattern.compile("([a-zA-Z_]\\w*)=\"((?:[^\"\\\\]|\\\\.)*)\"");

	@Autowired
	private RestTestClient http;

	/** Values by label, by metric. */
	private final Map<String, Map<String, Set<String>>> scraped = new LinkedHashMap<>();

	@BeforeEach
	void scrape() {
		String text = this.http.get()
			.uri("/actuator/prometheus")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(String.class)
			.returnResult()
			.getResponseBody();
		assertThat(text).isNotNull();
		for (String line : text.split("\n")) {
			Matcher sample = SAMPLE.matcher(line);
			if (!line.startsWith("#") && sample.matches()) {
				Map<String, Set<String>> labels = this.scraped.computeIfAbsent(sample.group(1),
						(name) -> new LinkedHashMap<>());
				Matcher label = LABEL.matcher((sample.group(2) != null) ? sample.group(2) : "");
				while (label.find()) {
					labels.computeIfAbsent(label.group(1), (name) -> new TreeSet<>()).add(label.group(2));
				}
			}
		}
		assertThat(this.scraped.get("socket_server_sessions_active")).containsKey("server");
	}

	@ParameterizedTest
	@MethodSource("queries")
	void asksForWhatExists(Query query) {
		check(query);
	}

	@Test
	void theDashboardAsksForMuch() {
		assertThat(panels()).hasSizeGreaterThan(10);
		assertThat(alerts()).hasSizeGreaterThan(10);
	}

	@ParameterizedTest
	@MethodSource("mistakes")
	void aMistakeIsFound(String expression) {
		assertThatThrownBy(() -> check(new Query("mistake", expression, "{{server}}")))
			.isInstanceOf(AssertionError.class);
	}

	static Stream<String> mistakes() {
		return Stream.of("sum by (server) (rate(socket_server_sessions_accepted[5m]))",
				"sum by (server) (socket_server_sessions_active) / sum by (server) (socket_server_seats)",
				"sum by (server, reason) (socket_server_sessions_active)",
				"sum by (server) (socket_server_sessions_active{peer=\"x\"})",
				"sum by (server) (socket_server_sessions_seconds_count{reason=~\"IO_ERROR|TIRED\"})",
				"sum by (reason) (rate(socket_server_sessions_seconds_count[5m]))", "sum by (server) (1)");
	}

	@Test
	void theDashboardCanBeImported() {
		JsonNode dashboard = dashboard();
		List<String> datasources = dashboard.findValues("datasource")
			.stream()
			.map((datasource) -> datasource.path("type").asString("") + " " + datasource.path("uid").asString(""))
			.distinct()
			.toList();

		assertThat(datasources).containsExactly("prometheus ${datasource}");
		assertThat(dashboard.has("id")).isFalse();
		assertThat(dashboard.at("/templating/list")).extracting((variable) -> variable.get("name").asString())
			.containsExactly("datasource", "server");
		assertThat(dashboard.at("/templating/list/0/type").asString()).isEqualTo("datasource");
		assertThat(dashboard.at("/templating/list/0/query").asString()).isEqualTo("prometheus");
		assertThat(dashboard.at("/templating/list/1/multi").asBoolean()).isTrue();
		assertThat(dashboard.get("panels")).extracting((panel) -> panel.get("id").asInt()).doesNotHaveDuplicates();
	}

	@Test
	void theVariableListsServers() {
		String variable = dashboard().at("/templating/list/1/query/query").asString();
		Matcher matcher = Pattern.compile("label_values\\((\\w+), (\\w+)\\)").matcher(variable);
		assertThat(matcher.matches()).isTrue();

		assertThat(this.scraped.get(matcher.group(1)).get(matcher.group(2))).contains("upper", "talk", "chat", "frames",
				"console");
	}

	@Test
	void eachAlertIsExplained() {
		List<String> headings = Documentation.lines(MANUAL)
			.stream()
			.filter((line) -> line.startsWith("### "))
			.map((line) -> line.substring("### ".length()))
			.toList();

		assertThat(headings).isEqualTo(alerts().stream().map(Query::where).toList());
		for (Map<String, Object> rule : rules()) {
			String name = (String) rule.get("alert");
			assertThat(annotations(rule)).containsEntry("runbook", MANUAL + "#" + name.toLowerCase(Locale.ROOT))
				.containsKey("summary");
			assertThat(rule.get("labels").toString()).isIn("{severity=critical}", "{severity=warning}");
		}
	}

	private void check(Query query) {
		PromQl expression = PromQl.of(query.expression());
		assertThat(expression.metrics()).as(query.where()).isNotEmpty();
		assertThat(this.scraped).as(query.where()).containsKeys(expression.metrics().toArray(String[]::new));
		expression.matchers().forEach((metric, labels) -> {
			for (PromQl.Label label : labels) {
				Set<String> values = this.scraped.get(metric).get(label.name());
				assertThat(values).as("%s: %s of %s", query.where(), label.name(), metric).isNotNull();
				if (!label.values().equals(List.of("$server"))) {
					assertThat(values).as(query.where()).containsAll(label.values());
				}
			}
		});
		for (String metric : expression.metrics()) {
			Set<String> labels = new TreeSet<>(this.scraped.get(metric).keySet());
			labels.addAll(LABELS_OF_TARGETS);
			assertThat(labels).as(query.where()).containsAll(expression.groups());
		}
		Matcher shown = Pattern.compile("\\{\\{\\s*(?:\\$labels\\.)?(\\w+)\\s*}}").matcher(query.text());
		while (shown.find()) {
			assertThat(expression.groups()).as(query.where()).contains(shown.group(1));
		}
	}

	static Stream<Query> queries() {
		return Stream.concat(panels().stream(), alerts().stream());
	}

	private static JsonNode dashboard() {
		return JsonMapper.shared().readTree(Documentation.text(DASHBOARD));
	}

	private static List<Query> panels() {
		List<Query> queries = new ArrayList<>();
		for (JsonNode panel : dashboard().get("panels")) {
			for (JsonNode target : panel.path("targets")) {
				queries.add(new Query("panel " + panel.get("title").asString(), target.get("expr").asString(),
						target.get("legendFormat").asString()));
			}
		}
		return queries;
	}

	private static List<Query> alerts() {
		return rules().stream()
			.map((rule) -> new Query((String) rule.get("alert"), (String) rule.get("expr"),
					annotations(rule).get("summary")))
			.toList();
	}

	@SuppressWarnings("unchecked")
	private static Map<String, String> annotations(Map<String, Object> rule) {
		return (Map<String, String>) rule.get("annotations");
	}

	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> rules() {
		Map<String, Object> file = new Yaml(new SafeConstructor(new LoaderOptions())).load(Documentation.text(ALERTS));
		Set<Map<String, Object>> rules = new LinkedHashSet<>();
		for (Map<String, Object> group : (List<Map<String, Object>>) file.get("groups")) {
			rules.addAll((List<Map<String, Object>>) group.get("rules"));
		}
		return List.copyOf(rules);
	}

	/**
	 * What a panel or an alert asks.
	 *
	 * @param where its name
	 * @param expression the PromQL
	 * @param text what it shows, with labels
	 */
	record Query(String where, String expression, String text) {

	}

}
