package dev.socketserver.autoconfigure.actuate;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.socketserver.ServerState;
import dev.socketserver.SocketServer;
import dev.socketserver.actuate.RunningServers;
import dev.socketserver.fixtures.network.HttpPeer;
import dev.socketserver.netty.NettySocketServers;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The page for operators over HTTP, under both web stacks, on a port of its own, under
 * other paths and after Spring Security.
 */
@Tag("long")
class SocketUiWebTests {

	private static final Pattern REFERENCE = Pattern.compile("(?:href|src)=\"([^\"#]+\\.(?:css|js|svg))\"");

	private static final Pattern IMPORT = Pattern.compile("from '\\./([a-z-]+\\.js)'");

	private final JsonMapper json = new JsonMapper();

	@ParameterizedTest
	@CsvSource({ "SERVLET, local.server.port, /actuator/socketui, ''",
			"REACTIVE, local.server.port, /actuator/socketui, ''",
			"SERVLET, local.management.port, /actuator/socketui, management.server.port=0",
			"REACTIVE, local.management.port, /actuator/socketui, management.server.port=0",
			"SERVLET, local.server.port, /app/ops/look, server.servlet.context-path=/app "
					+ "management.endpoints.web.base-path=/ops management.endpoints.web.path-mapping.socketui=look",
			"REACTIVE, local.management.port, /base/in/side/socketui, management.server.port=0 "
					+ "management.server.base-path=/base management.endpoints.web.base-path=/in/side",
			"SERVLET, local.management.port, /socketui, management.server.port=0 management.endpoints.web.base-path=/" })
	void servesThePageAndAllThatItLoadsAndNothingElse(WebApplicationType stack, String port, String path,
			String properties) throws Exception {
		try (ConfigurableApplicationContext application = start(stack, properties.split(" "))) {
			URI page = URI.create("http://127.0.0.1:" + application.getEnvironment().getProperty(port) + path);
			HttpResponse<String> html = get(page);

			assertThat(html.statusCode()).isEqualTo(200);
			assertThat(html.headers().firstValue("Content-Type"))
				.hasValueSatisfying((type) -> assertThat(type).isEqualToIgnoringCase("text/html;charset=UTF-8"));
			assertThat(html.body()).contains("<title>Socket servers</title>").doesNotContain("{folder}", "{path}");
			assertPolicy(html);
			Set<String> loaded = new LinkedHashSet<>();
			for (Matcher matcher = REFERENCE.matcher(html.body()); matcher.find();) {
				assertServed(page.resolve(matcher.group(1)), loaded);
			}
			JsonNode settings = this.json.readTree(get(URI.create(page + "/page.json")).body());
			for (JsonNode table : settings.get("tables")) {
				assertServed(page.resolve(folder(html.body()) + table.stringValue()), loaded);
			}
			assertThat(loaded)
				.contains("main.js", "page.css", "icon.svg", "uplot.js", "uplot.css", "table-servers.js",
						"table-taps.js")
				.hasSizeGreaterThan(20);
			assertThat(settings.get("csrf").isNull()).isTrue();
			assertThat(settings.get("evaluation").booleanValue()).isFalse();
			assertThat(settings.get("cluster").booleanValue()).isFalse();
			assertThat(settings.get("application").stringValue()).isEqualTo("ward");
			assertThat(Instant.parse(settings.get("startedAt").stringValue())).isBefore(Instant.now());
			assertServesNothingElse(page);
		}
	}

	private static void assertServesNothingElse(URI page) throws Exception {
		for (String name : List.of("none.js", "index.html", "UiFiles.class", "..%2fui%2fmain.js", "a/main.js",
				"%2e%2e/main.js", "main.js%00.js")) {
			assertThat(get(URI.create(page + "/" + name)).statusCode()).as(name)
				.isGreaterThanOrEqualTo(400)
				.isLessThan(500);
		}
		HttpResponse<String> posted = send(HttpRequest.newBuilder(page)
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString("{}")));
		assertThat(posted.statusCode()).isEqualTo(405);
	}

	@ParameterizedTest
	@ValueSource(strings = { "SERVLET", "REACTIVE" })
	void reportsWhatServersWereLikeInTheLastMinutes(WebApplicationType stack) throws Exception {
		try (ConfigurableApplicationContext application = start(stack)) {
			String page = "http://127.0.0.1:" + application.getEnvironment().getProperty("local.server.port")
					+ "/actuator/socketui/";
			RunningServers.started(application.getBean(NettySocketServers.class),
					RunningServers.upperSpec("upper")
						.address("127.0.0.1")
						.limits((limits) -> limits.sessions(10))
						.build());
			await().until(() -> history(page, "").get("servers").size() == 1);
			JsonNode history = history(page, "");
			JsonNode upper = history.get("servers").get(0);
			assertThat(upper.get("name").stringValue()).isEqualTo("upper");
			assertThat(upper.get("figures").get("sessions").get(0).intValue()).isZero();
			assertThat(upper.get("alarms").isEmpty()).isTrue();
			assertThat(upper.get("configured").toString())
				.isEqualTo("{\"sessions\":10,\"drainTimeout\":27000,\"delay\":0,\"over\":0,\"order\":\"idle-first\"}");
			assertThat(history.get("memory").get("used").longValue()).isZero();
			assertThat(history.get("memory").get("limit").longValue()).isPositive();
			assertThat(history.get("files").get("used").longValue()).isBetween(1L,
					history.get("files").get("limit").longValue());
			assertThat(history.get("interval").intValue()).isEqualTo(5000);
			// Another sample may be taken meanwhile.
			long later = history.get("now").longValue() + TimeUnit.DAYS.toMillis(1);
			assertThat(history(page, "?since=" + later).get("times").isEmpty()).isTrue();
			assertThat(get(URI.create(page + "history.json?since=noon")).statusCode()).isEqualTo(400);
			assertThat(get(URI.create(page + "history.json")).headers().firstValue("Cache-Control"))
				.hasValueSatisfying((caching) -> assertThat(caching).contains("no-store"));
		}
	}

	private JsonNode history(String page, String query) throws Exception {
		return this.json.readTree(get(URI.create(page + "history.json" + query)).body());
	}

	@ParameterizedTest
	@ValueSource(strings = { "SERVLET", "REACTIVE" })
	void isThereOnlyIfAskedForByName(WebApplicationType stack) throws Exception {
		try (ConfigurableApplicationContext application = start(stack,
				"management.endpoints.web.exposure.include=health,socketservers")) {
			String base = "http://127.0.0.1:" + application.getEnvironment().getProperty("local.server.port");
			assertThat(get(URI.create(base + "/actuator/socketui")).statusCode()).isEqualTo(404);
			assertThat(application.containsBean("socketUiEndpoint")).isFalse();
			assertThat(application.containsBean("socketHistory")).isFalse();
			assertThat(application.containsBean("socketUiExchangeFilter")).isFalse();
		}
	}

	@ParameterizedTest
	@CsvSource({ "SERVLET, local.server.port, ''", "SERVLET, local.management.port, management.server.port=0",
			"REACTIVE, local.server.port, ''", "REACTIVE, local.management.port, management.server.port=0" })
	void reportsThePageWhichTokenToSendBack(WebApplicationType stack, String port, String properties) throws Exception {
		try (ConfigurableApplicationContext application = start(stack, "spring.autoconfigure.exclude=",
				"spring.security.user.name=ann", "spring.security.user.password=secret", properties)) {
			String base = "http://127.0.0.1:" + application.getEnvironment().getProperty(port) + "/actuator/";
			SocketServer upper = RunningServers.started(application.getBean(NettySocketServers.class),
					RunningServers.upperSpec("upper").address("127.0.0.1").build());
			assertThat(get(URI.create(base + "socketui")).statusCode()).isEqualTo(401);

			HttpResponse<String> page = send(request(base + "socketui/page.json"));
			assertThat(page.headers().firstValue("Cache-Control"))
				.hasValueSatisfying((caching) -> assertThat(caching).contains("no-store"));
			JsonNode csrf = this.json.readTree(page.body()).get("csrf");
			String cookie = page.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];

			assertThat(pause(request(base + "socketservers/upper").header("Cookie", cookie))).isIn(401, 403);
			assertThat(upper.state()).isEqualTo(ServerState.RUNNING);
			assertThat(pause(request(base + "socketservers/upper").header("Cookie", cookie)
				.header(csrf.get("header").stringValue(), csrf.get("token").stringValue()))).isEqualTo(200);
			assertThat(upper.state()).isEqualTo(ServerState.PAUSED);
		}
	}

	private static int pause(HttpRequest.Builder request) throws Exception {
		return send(request.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString("{\"action\":\"pause\"}"))).statusCode();
	}

	private static HttpRequest.Builder request(String uri) {
		return HttpRequest.newBuilder(URI.create(uri))
			.header("Authorization",
					"Basic " + Base64.getEncoder().encodeToString("ann:secret".getBytes(StandardCharsets.US_ASCII)));
	}

	/** The folder of the files, relative to the page. */
	private static String folder(String html) {
		Matcher matcher = REFERENCE.matcher(html);
		assertThat(matcher.find()).isTrue();
		return matcher.group(1).substring(0, matcher.group(1).lastIndexOf('/') + 1);
	}

	/** What it imports is loaded relative to it. */
	private void assertServed(URI file, Set<String> loaded) throws Exception {
		String name = file.getPath().substring(file.getPath().lastIndexOf('/') + 1);
		if (!loaded.add(name)) {
			return;
		}
		HttpResponse<String> response = get(file);
		assertThat(response.statusCode()).as(file.toString()).isEqualTo(200);
		String type = Map.of("js", "text/javascript", "css", "text/css", "svg", "image/svg+xml")
			.get(name.substring(name.indexOf('.') + 1));
		assertThat(response.headers().firstValue("Content-Type"))
			.hasValueSatisfying((actual) -> assertThat(actual).isEqualToIgnoringCase(type + ";charset=UTF-8"));
		assertThat(response.body()
			.replace("http://www.w3.org/2000/svg", "")
			.replace("https://github.com/leeoniya/uPlot", "")).as(name)
			.doesNotContain("http:", "https:", "@import", "innerHTML =", "eval(");
		assertThat(response.body().lines().count()).as(name).isLessThanOrEqualTo(500);
		assertPolicy(response);
		List<String> imports = new ArrayList<>();
		for (Matcher matcher = IMPORT.matcher(response.body()); matcher.find();) {
			imports.add(matcher.group(1));
		}
		for (String each : imports) {
			assertServed(file.resolve(each), loaded);
		}
	}

	private static void assertPolicy(HttpResponse<String> response) {
		assertThat(response.headers().allValues("Content-Security-Policy")).singleElement()
			.satisfies((policy) -> assertThat(policy.split("; ")).contains("default-src 'none'", "script-src 'self'",
					"style-src 'self'", "connect-src 'self'", "form-action 'none'", "frame-ancestors 'none'",
					"base-uri 'none'", "require-trusted-types-for 'script'"));
		assertThat(response.headers().allValues("X-Content-Type-Options")).containsExactly("nosniff");
		assertThat(response.headers().allValues("Referrer-Policy")).containsExactly("no-referrer");
	}

	private static HttpResponse<String> get(URI uri) throws Exception {
		return send(HttpRequest.newBuilder(uri).header("Accept", "*/*"));
	}

	private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
		return HttpPeer.client().send(request.build(), BodyHandlers.ofString());
	}

	private static ConfigurableApplicationContext start(WebApplicationType stack, String... properties) {
		return new SpringApplicationBuilder(ActuatorApplication.class, OneReactiveServer.class,
				Users.PlainPasswords.class)
			.web(stack)
			.properties("server.port=0", "server.address=127.0.0.1", "spring.application.name=ward",
					"management.endpoints.web.exposure.include=socketui,socketservers")
			.run(Stream.of(properties)
				.filter((property) -> !property.isEmpty())
				.map((property) -> "--" + property)
				.toArray(String[]::new));
	}

	/** Two servers are on the class path, each with a port for the endpoints. */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(excludeName = "org.springframework.boot.tomcat.autoconfigure.actuate.web.server."
			+ "TomcatReactiveManagementContextAutoConfiguration")
	static class OneReactiveServer {

	}

}
